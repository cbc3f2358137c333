import { type FrameOf, readUp, type UpBody } from '@unisono/contract';
import { type Change, change } from '../change.ts';
import type { Context } from '../context.ts';
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
      seq = await change(context, (one) => takeAll(one, from, outbox, [message], async () => {}));
    }
  }
  return { seq, refused };
}

async function takeAll(
  one: Change,
  from: SystemKey,
  outbox: string,
  messages: readonly FrameOf<'message'>[],
  handle: UpHandler,
): Promise<number> {
  // Written first: two sessions of a system, of which one takes over, must not both take a message.
  const { their_outbox, their_seq } = await one.writing
    .updateTable('systems')
    .set({ heard_at_ms: one.nowMs })
    .where('tenant_id', '=', from.tenantId)
    .where('system', '=', from.system)
    .returning(['their_outbox', 'their_seq'])
    .executeTakeFirstOrThrow();
  let seq = their_outbox === outbox ? their_seq : 0;
  for (const message of messages) {
    if (message.seq <= seq) continue;
    const read = readUp(message.body);
    if (read.kind === 'invalid') throw new ProblemError('invalidRequest', read.message);
    // What a newer Assistant says and this side does not know is passed over.
    if (read.kind === 'known') await handle(one, from, read.value);
    seq = message.seq;
  }
  await one.writing
    .updateTable('systems')
    .set({ their_outbox: outbox, their_seq: seq })
    .where('tenant_id', '=', from.tenantId)
    .where('system', '=', from.system)
    .execute();
  return seq;
}
