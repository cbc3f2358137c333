import { createHash } from 'node:crypto';
import type { PushRequest, PushSubscription } from '@unisono/contract';
import type { Selectable } from 'kysely';
import type { LateNames } from '../book/late-names.ts';
import { change, EVERYTHING_TOPIC, PUSH_TOPIC } from '../change.ts';
import { type Context, SEC_MS } from '../context.ts';
import type { Tables } from '../database/tables.ts';
import type { PushSender } from './sender.ts';
import { subscriptionPlace } from './subscriptions.ts';
import { tellWakeable } from './wakeable.ts';

type PushRow = Selectable<Tables['pushes']>;

const LOOK_MS = 5 * SEC_MS;
const BATCH = 100;
const MAX_TRIES = 5;
/** A ringing waits so long for the name of the caller. */
const NAME_MS = 200;
/** One process has a push for so long before another may take it. */
const LEASE_MS = 30 * SEC_MS;

/** Who finds the name of a party. */
type Names = Pick<LateNames, 'named'>;

/** Hands pushes to the services that wake clients: each until it is taken, of no use any more, or given up. */
export class PushRunner {
  readonly #context: Context;
  readonly #senders: ReadonlyMap<string, PushSender>;
  readonly #names: Names;
  readonly #unsubscribe: () => void;
  #timer: { cancel(): void };
  #running: Promise<void> | undefined;
  #isStale = false;
  #isClosed = false;

  constructor(context: Context, senders: readonly PushSender[], names: Names) {
    this.#names = names;
    this.#context = context;
    this.#senders = new Map(senders.map((sender) => [sender.kind, sender]));
    this.#unsubscribe = context.signals.subscribe((topic) => {
      if (topic === PUSH_TOPIC || topic === EVERYTHING_TOPIC) void this.run();
    });
    this.#timer = this.#look();
  }

  /** Hands over what is due. Resolves when that is done. */
  async run(): Promise<void> {
    this.#isStale = true;
    this.#running ??= this.#runAll().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer.cancel();
    this.#unsubscribe();
    await this.#running;
  }

  #look(): { cancel(): void } {
    return this.#context.clock.after(LOOK_MS, () => {
      void this.run();
      this.#timer = this.#look();
    });
  }

  async #runAll(): Promise<void> {
    while (this.#isStale && !this.#isClosed) {
      this.#isStale = false;
      try {
        const due = await this.#take();
        await Promise.all(due.map((row) => this.#one(row)));
        if (due.length === BATCH) this.#isStale = true;
      } catch (err) {
        this.#context.log.warn({ err }, 'pushes could not be read');
      }
    }
  }

  /** Takes what is due, so that no other process does the same. */
  async #take(): Promise<PushRow[]> {
    const nowMs = this.#context.clock.nowMs();
    return this.#context.store.transaction().execute(async (writing) => {
      const rows = await writing
        .selectFrom('pushes')
        .selectAll()
        .where('next_at_ms', '<=', nowMs)
        .orderBy('next_at_ms')
        .limit(BATCH)
        .execute();
      const mine: PushRow[] = [];
      for (const row of rows) {
        const taken = writing
          .updateTable('pushes')
          .set({ next_at_ms: nowMs + LEASE_MS, tries: row.tries + 1 })
          .where('tenant_id', '=', row.tenant_id)
          .where('id', '=', row.id)
          .where('next_at_ms', '=', row.next_at_ms);
        if ((await taken.returning('id').executeTakeFirst()) !== undefined) mine.push({ ...row, tries: row.tries + 1 });
      }
      return mine;
    });
  }

  async #one(row: PushRow): Promise<void> {
    const { store, clock } = this.#context;
    const devices = await store
      .selectFrom('installations')
      .select(['id', 'push_sealed'])
      .where('tenant_id', '=', row.tenant_id)
      .where('user_id', '=', row.user_id)
      .where('push_sealed', 'is not', null)
      .execute();
    const push = await this.#named(row, JSON.parse(row.body) as PushRequest);
    const isLate = row.expires_at_ms <= clock.nowMs();
    const outcomes = isLate ? [] : await Promise.all(devices.map((device) => this.#wake(row, device, push)));
    const isDone = !outcomes.includes('later') || row.tries >= MAX_TRIES;
    const one = { tenant_id: row.tenant_id, id: row.id };
    if (isDone) {
      await store.deleteFrom('pushes').where('tenant_id', '=', one.tenant_id).where('id', '=', one.id).execute();
      return;
    }
    const next_at_ms = clock.nowMs() + SEC_MS * 2 ** row.tries;
    const again = store.updateTable('pushes').set({ next_at_ms }).where('tenant_id', '=', one.tenant_id);
    await again.where('id', '=', one.id).execute();
  }

  /** The end of a call takes a notification away: it waits for no name. */
  async #named(row: PushRow, push: PushRequest): Promise<PushRequest> {
    if (push.party === undefined || push.kind === 'callEnded') return push;
    const whose = { tenantId: row.tenant_id, userId: row.user_id };
    return { ...push, party: await this.#names.named(whose, push.party, NAME_MS) };
  }

  async #wake(
    row: Pick<PushRow, 'tenant_id' | 'user_id' | 'expires_at_ms'>,
    device: { readonly id: string; readonly push_sealed: string | null },
    push: PushRequest,
  ) {
    const { seal, clock, log } = this.#context;
    const sealed = device.push_sealed ?? '';
    const to = JSON.parse(seal.open(sealed, subscriptionPlace(row.tenant_id, device.id))) as PushSubscription;
    const sender = this.#senders.get(to.kind);
    if (sender === undefined) return 'gone';
    const { expiresAtMs: _, ...payload } = push;
    const outcome = await sender.send(to, {
      payload: JSON.stringify(payload),
      ttlSec: Math.max(0, Math.ceil((row.expires_at_ms - clock.nowMs()) / SEC_MS)),
      urgency: push.kind === 'incomingCall' || push.kind === 'callEnded' ? 'high' : 'normal',
      topic: topicOf(push),
    });
    if (outcome === 'gone') {
      log.info({ kind: to.kind }, 'a push subscription has ended');
      await change(this.#context, async (one) => {
        const { tenant_id, user_id } = row;
        const gone = one.writing.updateTable('installations').set({ push_sealed: null });
        const ours = gone.where('tenant_id', '=', tenant_id).where('id', '=', device.id);
        await ours.where('push_sealed', '=', sealed).execute();
        await tellWakeable(one, tenant_id, user_id);
      });
    }
    return outcome;
  }
}

/** The end of a call takes the place of its ringing when that was not delivered yet. 32 signs of base64url at most. */
function topicOf({ callId, pushId }: PushRequest): string {
  return createHash('sha256')
    .update(callId ?? pushId)
    .digest('base64url')
    .slice(0, 32);
}
