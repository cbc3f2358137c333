import { type CallEvent, type FrameOf, readUp } from '@unisono/contract';
import { change } from '../change.ts';
import type { Context } from '../context.ts';
import type { SystemKey } from '../link/outbox.ts';
import { connectionOf } from '../sync/connections.ts';
import { nameEntry } from './history.ts';
import type { LdapSearch } from './ldap.ts';
import { numberKey } from './numbers.ts';

type Party = CallEvent['party'];
type Whose = { readonly tenantId: string; readonly userId: string };

/**
 * Names from LDAP directories for calls whose number nobody here knows. What a phone system says is written without waiting for a network:
 * a directory is asked as soon as a call is heard of, and the history gets the name when it has answered.
 */
export class LateNames {
  readonly #context: Context;
  readonly #ldap: LdapSearch;
  readonly #running = new Set<Promise<void>>();

  constructor(context: Context, ldap: LdapSearch) {
    this.#context = context;
    this.#ldap = ldap;
  }

  /** These messages of a phone system were taken. */
  taken({ tenantId }: SystemKey, messages: readonly FrameOf<'message'>[]): void {
    for (const { body } of messages) {
      const read = readUp(body);
      if (read.kind !== 'known') continue;
      const up = read.value;
      if (up.kind === 'callEvent') this.#run(this.#nameOf({ tenantId, userId: up.userId }, up.event.party));
      if (up.kind === 'historyEntry') this.#run(this.#write({ tenantId, userId: up.userId }, up.entry));
    }
  }

  /** The party with its name, when that is known within the time. */
  async named(whose: Whose, party: Party, withinMs: number): Promise<Party> {
    if (!isUnnamed(party)) return party;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const late = this.#context.clock.after(withinMs, () => resolve(undefined));
    const name = await Promise.race([this.#nameOf(whose, party).catch(() => undefined), promise]);
    late.cancel();
    return name === undefined ? party : { ...party, name };
  }

  /** Resolves when nobody is looked for any more. */
  async close(): Promise<void> {
    await Promise.all(this.#running);
  }

  async #write(whose: Whose, entry: { readonly entryId: string; readonly party: Party }): Promise<void> {
    const name = await this.#nameOf(whose, entry.party);
    if (name !== undefined) await change(this.#context, (one) => nameEntry(one, whose, entry.entryId, name));
  }

  async #nameOf({ tenantId, userId }: Whose, party: Party): Promise<string | undefined> {
    if (!isUnnamed(party)) return undefined;
    const { number = '' } = party;
    const dialling = number.startsWith('+')
      ? undefined
      : (await connectionOf(this.#context, tenantId, userId))?.data.dialling;
    return (await this.#ldap.ownerOf(tenantId, numberKey(number, dialling)))?.name;
  }

  #run(work: Promise<unknown>): void {
    const running: Promise<void> = work
      .then(
        () => {},
        (err: unknown) => this.#context.log.warn({ err }, 'a name was not looked up'),
      )
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }
}

function isUnnamed({ number, name }: Party): boolean {
  return number !== undefined && name === undefined;
}
