import { type AssistantDatabase, type AssistantTables, type Statement, statementOf } from '../store/index.ts';
import type { Role } from './roles.ts';

export interface Administrator {
  readonly id: string;
  readonly username: string;
  readonly role: Role;
  readonly createdAtMs: number;
}

export interface Session {
  readonly administrator: Administrator;
  readonly csrf: string;
  readonly createdAtMs: number;
  readonly seenAtMs: number;
}

export interface ApiToken {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly createdBy: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number | undefined;
}

export interface Invitation {
  readonly role: Role;
  readonly expiresAtMs: number;
}

/** Who may sign in. What changes it is a statement, so that it is written together with its audit entry. */
export interface AccessStore {
  administrators(): readonly Administrator[];
  administrator(id: string): Administrator | undefined;
  byUsername(username: string): { readonly administrator: Administrator; readonly password: string } | undefined;
  session(hash: string): Session | undefined;
  token(hash: string): ApiToken | undefined;
  tokens(): readonly ApiToken[];
  invitation(hash: string): Invitation | undefined;
}

/** User names are compared without regard to case. */
export function usernameKey(username: string): string {
  return username.trim().normalize('NFKC').toLowerCase();
}

export function createAccessStore({ query, read }: AssistantDatabase): AccessStore {
  const administrators = () => query.selectFrom('assistant_administrators').selectAll();
  const one = (id: string): Administrator | undefined => {
    const [row] = read(administrators().where('id', '=', id));
    return row && administratorOf(row);
  };
  return {
    administrators: () => read(administrators().orderBy('username_key')).map(administratorOf),
    administrator: one,
    byUsername: (username) => {
      const [row] = read(administrators().where('username_key', '=', usernameKey(username)));
      return row && { administrator: administratorOf(row), password: row.password };
    },
    session: (hash) => {
      const [row] = read(query.selectFrom('assistant_sessions').selectAll().where('hash', '=', hash));
      const administrator = row && one(row.administrator);
      return row && administrator
        ? { administrator, csrf: row.csrf, createdAtMs: row.created_at_ms, seenAtMs: row.seen_at_ms }
        : undefined;
    },
    token: (hash) => {
      const [row] = read(query.selectFrom('assistant_tokens').selectAll().where('hash', '=', hash));
      return row && tokenOf(row);
    },
    tokens: () => read(query.selectFrom('assistant_tokens').selectAll().orderBy('created_at_ms')).map(tokenOf),
    invitation: (hash) => {
      const [row] = read(query.selectFrom('assistant_invitations').selectAll().where('hash', '=', hash));
      return row && { role: row.role as Role, expiresAtMs: row.expires_at_ms };
    },
  };
}

function administratorOf(row: AssistantTables['assistant_administrators']): Administrator {
  return { id: row.id, username: row.username, role: row.role as Role, createdAtMs: row.created_at_ms };
}

function tokenOf(row: AssistantTables['assistant_tokens']): ApiToken {
  const { id, name, created_by: createdBy, created_at_ms: createdAtMs } = row;
  return { id, name, role: row.role as Role, createdBy, createdAtMs, expiresAtMs: row.expires_at_ms ?? undefined };
}

/** What changes who may sign in, as statements. */
export function accessWrites({ query }: AssistantDatabase) {
  return {
    addAdministrator: (one: Administrator & { readonly password: string }): Statement =>
      statementOf(
        query.insertInto('assistant_administrators').values({
          id: one.id,
          username: one.username,
          username_key: usernameKey(one.username),
          role: one.role,
          password: one.password,
          created_at_ms: one.createdAtMs,
        }),
      ),
    updateAdministrator: (id: string, set: { role?: Role; password?: string }): Statement =>
      statementOf(query.updateTable('assistant_administrators').set(set).where('id', '=', id)),
    removeAdministrator: (id: string): Statement[] => [
      statementOf(query.deleteFrom('assistant_sessions').where('administrator', '=', id)),
      statementOf(query.deleteFrom('assistant_second_factors').where('administrator', '=', id)),
      statementOf(query.deleteFrom('assistant_administrators').where('id', '=', id)),
    ],
    addSession: (hash: string, administrator: string, csrf: string, nowMs: number): Statement =>
      statementOf(
        query
          .insertInto('assistant_sessions')
          .values({ hash, administrator, csrf, created_at_ms: nowMs, seen_at_ms: nowMs }),
      ),
    seeSession: (hash: string, nowMs: number): Statement =>
      statementOf(query.updateTable('assistant_sessions').set({ seen_at_ms: nowMs }).where('hash', '=', hash)),
    endSession: (hash: string): Statement =>
      statementOf(query.deleteFrom('assistant_sessions').where('hash', '=', hash)),
    endSessionsOf: (administrator: string, exceptHash = ''): Statement =>
      statementOf(
        query
          .deleteFrom('assistant_sessions')
          .where('administrator', '=', administrator)
          .where('hash', '!=', exceptHash),
      ),
    endOldSessions: (createdBeforeMs: number, seenBeforeMs: number): Statement =>
      statementOf(
        query
          .deleteFrom('assistant_sessions')
          .where((where) =>
            where.or([where('created_at_ms', '<', createdBeforeMs), where('seen_at_ms', '<', seenBeforeMs)]),
          ),
      ),
    addToken: (token: ApiToken, hash: string): Statement =>
      statementOf(
        query.insertInto('assistant_tokens').values({
          id: token.id,
          name: token.name,
          hash,
          role: token.role,
          created_by: token.createdBy,
          created_at_ms: token.createdAtMs,
          expires_at_ms: token.expiresAtMs ?? null,
        }),
      ),
    removeToken: (id: string): Statement => statementOf(query.deleteFrom('assistant_tokens').where('id', '=', id)),
    addInvitation: (hash: string, role: Role, createdBy: string, expiresAtMs: number): Statement =>
      statementOf(
        query
          .insertInto('assistant_invitations')
          .values({ hash, role, created_by: createdBy, expires_at_ms: expiresAtMs }),
      ),
    removeInvitation: (hash: string): Statement =>
      statementOf(query.deleteFrom('assistant_invitations').where('hash', '=', hash)),
    removeInvitationsOf: (createdBy: string): Statement =>
      statementOf(query.deleteFrom('assistant_invitations').where('created_by', '=', createdBy)),
  };
}
