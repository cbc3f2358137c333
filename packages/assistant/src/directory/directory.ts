import {
  type DirectoryUser,
  directoryUser,
  ENDPOINTS,
  type InvitationSent,
  invitationSent,
  pathOf,
  type ReplyOf,
  userPage,
} from '@unisono/contract';
import { emailKey, type Language } from '@unisono/pbx';
import type { z } from 'zod';
import type { HttpConnectorClient } from '../link/connector-client.ts';
import { LinkError } from '../link/link-error.ts';
import type { AssistantLog } from '../ports.ts';
import type { AssistantDatabase, Statement } from '../store/index.ts';
import { type Departure, Departures } from './departures.ts';

export type PersonDevice = ReplyOf<typeof ENDPOINTS.userDevices>['devices'][number];

/** Whom to invite. */
export interface Invitee {
  readonly name: string;
  readonly email: string;
  readonly language?: Language | undefined;
}

/**
 * How far somebody is in the tenant's directory: `absent`: not in it; `uninvited`: in it, and no invitation can be used; `invited`;
 * `accepted`: has signed in; `off`: disabled, or Unisono Phone is off for them.
 */
export type DirectoryState = 'absent' | 'uninvited' | 'invited' | 'accepted' | 'off';

export interface Standing {
  readonly state: DirectoryState;
  /** Signing in needs a code beside the password; absent also where the Connector does not tell. */
  readonly hasSecondFactor?: boolean | undefined;
  readonly sentAtMs?: number | undefined;
  readonly expiresAtMs?: number | undefined;
}

export interface DirectoryParts {
  readonly client: HttpConnectorClient;
  readonly database: AssistantDatabase;
  readonly log: AssistantLog;
  readonly epochMs: () => number;
}

/** Writes to the tenant's directory at the Connector: invites people and takes them out. What goes wrong is a `LinkError`. */
export class Directory {
  readonly #parts: DirectoryParts;
  readonly #departures: Departures;
  readonly #leaving = new Map<string, Promise<'removed' | 'absent'>>();
  #retrying: Promise<void> | undefined;

  constructor(parts: DirectoryParts) {
    this.#parts = parts;
    this.#departures = new Departures(parts.database);
  }

  async standing(email: string): Promise<Standing> {
    const user = await this.#find(email);
    return user === undefined ? { state: 'absent' } : standingOf(user);
  }

  /** Puts the person into the directory if they are not in it, switches Unisono Phone on, and sends the invitation (again). */
  async invite(who: Invitee): Promise<Standing & { readonly sent?: InvitationSent }> {
    // Who comes back before they were taken out stays.
    this.#parts.database.writeNow([this.#departures.without(who.email)]);
    const found = (await this.#find(who.email)) ?? (await this.#create(who));
    const user = standingOf(found).state === 'off' ? await this.#switchOn(found) : found;
    if (user.status === 'active') return standingOf(user);
    const sent = await this.#ask(ENDPOINTS.inviteUser, { userId: user.id }, undefined, invitationSent);
    return { state: 'invited', sentAtMs: sent.sentAtMs, expiresAtMs: sent.expiresAtMs, sent };
  }

  /** Where the person is signed in, the latest seen first; nowhere for who is not in the directory. */
  async devices(email: string): Promise<readonly PersonDevice[]> {
    const user = await this.#find(email);
    if (user === undefined) return [];
    const path = pathOf(ENDPOINTS.userDevices, { userId: user.id });
    return parsed(ENDPOINTS.userDevices.replies[200], (await this.#parts.client.ask({ method: 'GET', path })).value)
      .devices;
  }

  /** Signs one device out, or all. False when there is no such device. */
  async signOut(email: string, installationId?: string): Promise<boolean> {
    const user = await this.#find(email);
    if (user === undefined) return false;
    return this.#deleted(
      installationId === undefined
        ? pathOf(ENDPOINTS.signOutUser, { userId: user.id })
        : pathOf(ENDPOINTS.signOutUserDevice, { userId: user.id, installationId }),
    );
  }

  /** Mails a link for a new password; undefined when the person is not in the directory. */
  async resetPassword(email: string): Promise<InvitationSent | undefined> {
    const user = await this.#find(email);
    return user && this.#ask(ENDPOINTS.resetUserPassword, { userId: user.id }, undefined, invitationSent);
  }

  /** False when the person is not in the directory. */
  async resetSecondFactor(email: string): Promise<boolean> {
    const user = await this.#find(email);
    return user !== undefined && this.#deleted(pathOf(ENDPOINTS.resetTotp, { userId: user.id }));
  }

  /** Written with the change that removes a person, so that they are taken out of the directory whatever happens to this process. */
  departing(email: string, name: string): Statement {
    return this.#departures.with({ email, name, atMs: this.#parts.epochMs() });
  }

  /** People who are still to be taken out. */
  departures(): readonly Departure[] {
    return this.#departures.all();
  }

  /** Takes one out who is on the list. Rejects when the Connector cannot be asked; the person stays on the list then. */
  depart(email: string): Promise<'removed' | 'absent'> {
    const key = emailKey(email);
    const leaving = this.#leaving.get(key);
    if (leaving !== undefined) return leaving;
    // A synchronisation in between has taken them out.
    if (!this.departures().some((one) => emailKey(one.email) === key)) return Promise.resolve('removed');
    const now = this.#depart(email).finally(() => this.#leaving.delete(key));
    this.#leaving.set(key, now);
    return now;
  }

  async #depart(email: string): Promise<'removed' | 'absent'> {
    const user = await this.#find(email);
    const isGone = user === undefined || !(await this.#delete(user.id));
    this.#parts.database.writeNow([this.#departures.without(email)]);
    return isGone ? 'absent' : 'removed';
  }

  /** Takes out all who are on the list, as far as that is possible now. */
  retryDepartures(): Promise<void> {
    this.#retrying ??= this.#departAll().finally(() => {
      this.#retrying = undefined;
    });
    return this.#retrying;
  }

  async #departAll(): Promise<void> {
    for (const { email } of this.departures()) {
      try {
        await this.depart(email);
        this.#parts.log.info({}, 'a person who was removed was taken out of the directory');
      } catch (err) {
        this.#parts.log.warn({ err }, 'a person who was removed is still in the directory; it is tried again');
        return;
      }
    }
  }

  async #find(email: string): Promise<DirectoryUser | undefined> {
    const key = emailKey(email);
    let cursor: string | undefined;
    do {
      const path = pathOf(ENDPOINTS.listUsers, {}, { q: email.trim().slice(0, 100), cursor });
      const page = parsed(userPage, (await this.#parts.client.ask({ method: 'GET', path })).value);
      const found = page.users.find((one) => emailKey(one.email) === key);
      if (found !== undefined) return found;
      cursor = page.next;
    } while (cursor !== undefined);
    return undefined;
  }

  #create({ name, email, language }: Invitee): Promise<DirectoryUser> {
    const body = { ...namesOf(name), email, ...(language && { language }), phone: true, invite: false };
    return this.#ask(ENDPOINTS.createUser, {}, body, directoryUser);
  }

  #switchOn({ id }: DirectoryUser): Promise<DirectoryUser> {
    return this.#ask(ENDPOINTS.changeUser, { userId: id }, { phone: true, disabled: false }, directoryUser);
  }

  /** False when they were gone already. */
  #delete(userId: string): Promise<boolean> {
    return this.#deleted(pathOf(ENDPOINTS.deleteUser, { userId }));
  }

  async #deleted(path: string): Promise<boolean> {
    try {
      await this.#parts.client.ask({ method: 'DELETE', path });
      return true;
    } catch (error) {
      if (error instanceof LinkError && error.code === 'unknownRequest') return false;
      throw error;
    }
  }

  async #ask<Schema extends z.ZodType>(
    { method, path }: { readonly method: 'POST' | 'PATCH'; readonly path: string },
    params: Readonly<Record<string, string>>,
    body: unknown,
    schema: Schema,
  ): Promise<z.output<Schema>> {
    const asked = { method, path: pathOf({ path }, params), ...(body === undefined ? {} : { body }) };
    return parsed(schema, (await this.#parts.client.ask(asked)).value);
  }
}

function standingOf({ status, phone, invitation, secondFactor }: DirectoryUser): Standing {
  if (status === 'disabled' || !phone) return { state: 'off' };
  if (status === 'active') return { state: 'accepted', ...(secondFactor && { hasSecondFactor: true }) };
  return invitation === undefined ? { state: 'uninvited' } : { state: 'invited', ...invitation };
}

/** `Zoe van Kraft`: the first word and the rest. Who has one name has it twice, as the directory asks for both. */
function namesOf(name: string): { firstName: string; lastName: string } {
  const [firstName = name, ...rest] = name.trim().split(/\s+/);
  return { firstName, lastName: rest.join(' ') || firstName };
}

function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new LinkError(
    'protocol',
    `The Connector's answer is not understood (${issue?.path.join('.')}: ${issue?.message}). It may be older than this Assistant: update it.`,
  );
}
