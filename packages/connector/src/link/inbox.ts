import { type FrameOf, readUp, type UpBody } from '@unisono/contract';
import { type Change, change } from '../change.ts';
import type { Context } from '../context.ts';
import { InTheWay } from '../database/failures.ts';
import { ProblemError } from '../http/problem-error.ts';
import type { SystemKey } from './outbox.ts';

/** Handles one message of a phone system in the transaction given. Throws a `ProblemError` for what can never be handled. */
export type UpHandler = (one: Change, from: SystemKey, body: UpBody) => Promise<void>;

type Refusal = FrameOf<'refused'>;

/**
 * Takes messages of the other side's outbox: each number once, in one transaction with the note up to where they are safe. Gives that
 * number and what was refused. A message that is refused must not take the good ones with it: then each gets a transaction of its own.
 */
export async function takeMessages(
  context: Context,
  from: SystemKey,
  outbox: string,
  messages: readonly FrameOf<'message'>[],
  handle: UpHandler,
): Promise<{ readonly seq: number; readonly refused: readonly Refusal[] }> {
  try {
    return { seq: await change(context, (one) => takeAll(one, from, outbox, messages, handle)), refused: [] };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
  }
  const refused: Refusal[] = [];
  let seq = 0;
  for (const message of messages) {
    try {
      seq = await change(context, (one) => takeAll(one, from, outbox, [message], handle));
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      const { code, detail } = error.problem;
      refused.push({ type: 'refused', outbox, seq: message.seq, code, message: detail });
      context.log.warn(
        { system: from.system, seq: message.seq, code, detail },
        'a message of a phone system was refused',
      );
      seq = await change(context, (one) => takeAll(one, from, outbox, [message], undefined));
    }
  }
  return { seq, refused };
}

/** Without `handle` what they say is passed over, and they count as taken. */
async function takeAll(
  one: Change,
  from: SystemKey,
  outbox: string,
  messages: readonly FrameOf<'message'>[],
  handle: UpHandler | undefined,
): Promise<number> {
  const { their_outbox, their_seq } = await one.writing
    .selectFrom('systems')
    .select(['their_outbox', 'their_seq'])
    .where('tenant_id', '=', from.tenantId)
    .where('system', '=', from.system)
    .executeTakeFirstOrThrow();
  let seq = their_outbox === outbox ? their_seq : 0;
  const fresh = messages.filter((message) => {
    const isFresh = message.seq > seq;
    if (isFresh) seq = message.seq;
    return isFresh;
  });
  if (handle !== undefined) await doAll(one, from, fresh, handle);
  const reached = seq;
  one.atEnd(async () => {
    // Two sessions of a system, of which one takes over, must not both take a message: who comes second does it over.
    const mine = one.writing
      .updateTable('systems')
      .set({ their_outbox: outbox, their_seq: reached, heard_at_ms: one.nowMs });
    const taken = await mine
      .where('tenant_id', '=', from.tenantId)
      .where('system', '=', from.system)
      .where('their_seq', '=', their_seq)
      .where('their_outbox', their_outbox === null ? 'is' : '=', their_outbox)
      .returning('system')
      .executeTakeFirst();
    if (taken === undefined) throw new InTheWay();
  });
  return seq;
}

async function doAll(
  one: Change,
  from: SystemKey,
  messages: readonly FrameOf<'message'>[],
  handle: UpHandler,
): Promise<void> {
  const bodies = messages.flatMap(({ body }) => {
    const read = readUp(body);
    if (read.kind === 'invalid') throw new ProblemError('invalidRequest', read.message);
    // What a newer Assistant says and this side does not know is passed over.
    return read.kind === 'known' ? [read.value] : [];
  });
  const people = await peopleOf(
    one,
    from.tenantId,
    bodies.flatMap((body) => ('userId' in body ? [body.userId] : [])),
  );
  for (const body of bodies) {
    if ('userId' in body && !people.has(body.userId))
      throw new ProblemError('notFound', `There is no person ${body.userId}.`);
    await handle(one, from, body);
  }
}

/** Those of these people who are of the tenant. */
async function peopleOf(
  { writing }: Change,
  tenantId: string,
  userIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (userIds.length === 0) return new Set();
  const rows = writing.selectFrom('users').select('id').where('tenant_id', '=', tenantId);
  return new Set((await rows.where('id', 'in', [...new Set(userIds)]).execute()).map(({ id }) => id));
}
