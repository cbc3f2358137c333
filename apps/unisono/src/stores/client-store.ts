import { statementOf } from '@unisono/platform';
import type { Store } from './open-store.ts';
import type { Tables } from './schema.ts';

/** One installation of a client that credentials were issued for. Its credentials themselves are stored nowhere. */
export interface ClientInstallation {
  /** 16 hexadecimal digits. */
  readonly id: string;
  /** Id of the user, and of the UFIP device that was theirs. */
  readonly user: string;
  readonly ufipDevice: string;
  /** What people call it: `Ben's browser`. */
  readonly label: string;
  readonly createdAtMs: number;
  /** When the credentials end that were issued last. */
  readonly expiresAtMs: number;
  readonly revokedAtMs: number | undefined;
}

type Row = Tables['client_installations'];

/** Stores a new installation durably. Throws a `DatabaseError`. */
export function insertInstallation({ query, writeNow }: Store, one: ClientInstallation): void {
  const row: Row = {
    id: one.id,
    user_id: one.user,
    ufip_device: one.ufipDevice,
    label: one.label,
    created_at_ms: one.createdAtMs,
    expires_at_ms: one.expiresAtMs,
    revoked_at_ms: one.revokedAtMs ?? null,
  };
  writeNow([statementOf(query.insertInto('client_installations').values(row))]);
}

/** Credentials were renewed. */
export function extendInstallation({ query, writeNow }: Store, id: string, expiresAtMs: number): void {
  const update = query.updateTable('client_installations').set({ expires_at_ms: expiresAtMs }).where('id', '=', id);
  writeNow([statementOf(update)]);
}

/** Revokes installations durably; those that were revoked before keep their time. */
export function revokeInstallations({ query, writeNow }: Store, ids: readonly string[], atMs: number): void {
  const statements = ids.map((id) =>
    statementOf(
      query
        .updateTable('client_installations')
        .set({ revoked_at_ms: atMs })
        .where('id', '=', id)
        .where('revoked_at_ms', 'is', null),
    ),
  );
  writeNow(statements);
}

export function readInstallation({ read, query }: Store, id: string): ClientInstallation | undefined {
  return read(query.selectFrom('client_installations').selectAll().where('id', '=', id)).map(toInstallation)[0];
}

/** Installations, the oldest first; of one user alone when `user` is given. */
export function readInstallations({ read, query }: Store, user?: string): ClientInstallation[] {
  const all = query.selectFrom('client_installations').selectAll().orderBy('created_at_ms').orderBy('id');
  return read(user === undefined ? all : all.where('user_id', '=', user)).map(toInstallation);
}

/** Revoked installations whose credentials would still count. */
export function readRevoked({ read, query }: Store, nowMs: number): string[] {
  const revoked = query
    .selectFrom('client_installations')
    .select('id')
    .where('revoked_at_ms', 'is not', null)
    .where('expires_at_ms', '>', nowMs);
  return read(revoked).map(({ id }) => id);
}

/** Forgets installations whose credentials ended before a time, some at a time. */
export function deleteInstallationsBefore({ query, writer }: Store, ms: number, done: (error?: Error) => void): void {
  writer.write([statementOf(query.deleteFrom('client_installations').where('expires_at_ms', '<', ms))], done);
}

function toInstallation(row: Row): ClientInstallation {
  return {
    id: row.id,
    user: row.user_id,
    ufipDevice: row.ufip_device,
    label: row.label,
    createdAtMs: Number(row.created_at_ms),
    expiresAtMs: Number(row.expires_at_ms),
    revokedAtMs: row.revoked_at_ms === null ? undefined : Number(row.revoked_at_ms),
  };
}
