import type { DownBody, EventBody } from '@unisono/contract';
import { sql } from 'kysely';
import { type AuditFact, writeAudit } from './audit/audit.ts';
import type { Context } from './context.ts';
import { isInTheWay } from './database/failures.ts';
import type { Writing } from './database/tables.ts';
import { writeEvents } from './events/write.ts';
import { newId } from './secrets/secrets.ts';

/** Topics of signals. */
export const linkTopic = (tenantId: string, system: string): string => `link ${tenantId} ${system}`;
export const userTopic = (tenantId: string, userId: string): string => `user ${tenantId} ${userId}`;
export const tenantTopic = (tenantId: string): string => `tenant ${tenantId}`;
export const presenceTopic = (tenantId: string, userId: string): string => `presence ${tenantId} ${userId}`;
export const PUSH_TOPIC = 'push';
export const ACCESS_TOPIC = 'access';
/** Signals may have been lost: whoever waits for one looks. */
export const EVERYTHING_TOPIC = 'everything';

/**
 * One change of the stored state: a transaction with everything that belongs to it. Audit entries, messages to phone systems and events
 * for clients are written with it or not at all; whoever waits for them is called after it.
 */
export class Change {
  readonly writing: Writing;
  readonly nowMs: number;
  readonly #context: Context;
  readonly #facts: AuditFact[] = [];
  readonly #topics = new Set<string>();
  readonly #changedDirectories = new Set<string>();
  readonly #events = new Map<string, Map<string, EventBody[]>>();
  readonly #atEnd: (() => Promise<void>)[] = [];

  constructor(context: Context, writing: Writing) {
    this.#context = context;
    this.writing = writing;
    this.nowMs = context.clock.nowMs();
  }

  get context(): Context {
    return this.#context;
  }

  newId(kind: string): string {
    return newId(this.#context.random, kind);
  }

  /** An entry of the audit log. */
  audit(fact: Omit<AuditFact, 'atMs'>): void {
    this.#facts.push({ ...fact, atMs: this.nowMs });
  }

  signal(topic: string): void {
    this.#topics.add(topic);
  }

  /** The numbers for so many changes of people; the highest one is given. Holds up other changes of people of the tenant. */
  async nextRevision(tenantId: string, count = 1): Promise<number> {
    this.#changedDirectories.add(tenantId);
    const { user_revision } = await this.writing
      .updateTable('tenants')
      .set((update) => ({ user_revision: update('user_revision', '+', count) }))
      .where('id', '=', tenantId)
      .returning('user_revision')
      .executeTakeFirstOrThrow();
    return user_revision;
  }

  /** Puts a message to a phone system into its outbox, and gives its number there. */
  async tell(tenantId: string, system: string, body: DownBody, replaces?: string): Promise<number> {
    if (replaces !== undefined) await this.#forget(tenantId, system, replaces);
    const { last_seq: seq } = await this.writing
      .updateTable('systems')
      .set((update) => ({ last_seq: update('last_seq', '+', 1) }))
      .where('tenant_id', '=', tenantId)
      .where('system', '=', system)
      .returning('last_seq')
      .executeTakeFirstOrThrow();
    const id = this.newId('m');
    const row = { tenant_id: tenantId, system, seq, id, at_ms: this.nowMs, replaces: replaces ?? null };
    await this.writing
      .insertInto('outbox')
      .values({ ...row, body: JSON.stringify(body) })
      .execute();
    this.signal(linkTopic(tenantId, system));
    return seq;
  }

  /** Tells a person's clients; written at the end, together with all others. */
  async event(tenantId: string, userId: string, body: EventBody): Promise<void> {
    const told = this.#events.get(tenantId) ?? new Map<string, EventBody[]>();
    this.#events.set(tenantId, told);
    told.set(userId, [...(told.get(userId) ?? []), body]);
    this.signal(userTopic(tenantId, userId));
  }

  /**
   * Done after everything else. What a phone system's row is changed for belongs here: changes of people hold those first and it then,
   * and who holds them the other way round is in the way.
   */
  atEnd(work: () => Promise<void>): void {
    this.#atEnd.push(work);
  }

  /** Writes what was gathered. */
  async finish(): Promise<void> {
    for (const [tenantId, told] of this.#events) await writeEvents(this.writing, tenantId, told, this.nowMs);
    for (const work of this.#atEnd) await work();
    for (const tenantId of this.#changedDirectories) await this.#tellDirectoryChanged(tenantId);
    for (const facts of Map.groupBy(this.#facts, (fact) => fact.tenantId).values())
      await writeAudit(this.writing, facts);
  }

  publish(): void {
    for (const topic of this.#topics) this.#context.signals.publish(topic);
  }

  async #tellDirectoryChanged(tenantId: string): Promise<void> {
    const { user_revision: revision } = await this.writing
      .selectFrom('tenants')
      .select('user_revision')
      .where('id', '=', tenantId)
      .executeTakeFirstOrThrow();
    const systems = this.writing.selectFrom('systems').select('system').where('tenant_id', '=', tenantId);
    for (const { system } of await systems.execute())
      await this.tell(tenantId, system, { kind: 'usersChanged', revision }, 'usersChanged');
  }

  async #forget(tenantId: string, system: string, replaces: string): Promise<void> {
    await this.writing
      .deleteFrom('outbox')
      .where('tenant_id', '=', tenantId)
      .where('system', '=', system)
      .where('replaces', '=', replaces)
      .execute();
  }
}

/** How often work is done over that was in the way of other work. */
const MOST_TRIES = 5;

/**
 * Does the work in one transaction: all of it is on the disk when this resolves, or nothing has happened. On PostgreSQL two changes may
 * each hold what the other one wants; the one that the database sends away is done over, so work must have no effect beside its writes.
 */
export async function change<Result>(context: Context, work: (change: Change) => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      const [result, done] = await context.store.transaction().execute(async (writing) => {
        const one = new Change(context, writing);
        const value = await work(one);
        await one.finish();
        return [value, one] as const;
      });
      done.publish();
      return result;
    } catch (error) {
      if (tries === MOST_TRIES || !isInTheWay(error)) throw error;
    }
  }
}

/** The entry for a phone system, made when it is first heard of. */
export async function knowSystem(change: Change, tenantId: string, system: string): Promise<void> {
  await change.writing
    .insertInto('systems')
    .values({
      tenant_id: tenantId,
      system,
      outbox: change.newId('o'),
      last_seq: 0,
      their_outbox: null,
      their_seq: 0,
      session: null,
      since_ms: change.nowMs,
      heard_at_ms: change.nowMs,
    })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'system']).doNothing())
    .execute();
}

/** The row is held until the end of the transaction. On SQLite every transaction that writes is alone anyway. */
export async function holdTenant(change: Change, tenantId: string): Promise<void> {
  await change.writing
    .updateTable('tenants')
    .set({ id: sql.ref('id') })
    .where('id', '=', tenantId)
    .execute();
}
