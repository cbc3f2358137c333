import { randomUUID } from 'node:crypto';
import type { UpBody } from '@unisono/contract';
import { type AssistantDatabase, type Statement, statementOf, written } from '../store/index.ts';
import { putValue } from '../sync/sync-store.ts';

export interface OutboxMessage {
  readonly seq: number;
  readonly id: string;
  readonly atMs: number;
  readonly body: UpBody;
}

/** Positions of the two directions, as they survive a restart. */
export interface Received {
  readonly outbox: string;
  readonly seq: number;
}

/** What goes up the link, kept until the Connector has it; and how far down has come. */
export interface Outbox {
  readonly id: string;
  /** Statements that add the messages, to be written together with what they tell. */
  add(bodies: readonly UpBody[], nowMs: number, sentSeq: number): Statement[];
  after(seq: number, limit: number): OutboxMessage[];
  /** Everything up to this number is safe at the other side; resolves when it is forgotten here. */
  acknowledged(seq: number): Promise<void>;
  count(): number;
  received(): Received | undefined;
  setReceived(received: Received): Statement;
}

/** Kinds of which only the newest of each person or number is worth telling. */
const OVERTAKEN_KINDS: ReadonlySet<string> = new Set(['settingsState', 'userState', 'messageWaiting', 'stationState']);
/** More than this is kept only of what must not be lost. */
const MANY = 50_000;
/** Of use for the moment alone: the first to go when too much is waiting. */
const PASSING_KINDS = ['callEvent', 'pushRequest', 'userState', 'stationState'];

export function createOutbox(database: AssistantDatabase): Outbox {
  const { query, read, writeNow } = database;
  const value = (name: string): string | undefined =>
    read(query.selectFrom('assistant_values').select('value').where('name', '=', name))[0]?.value;
  let id = value('outbox');
  if (id === undefined) {
    id = randomUUID();
    writeNow([putValue(database, 'outbox', id)]);
  }
  const count = (): number =>
    Number(read(query.selectFrom('assistant_outbox').select((of) => of.fn.countAll().as('count')))[0]?.count ?? 0);
  return {
    id,
    count,
    add: (bodies, nowMs, sentSeq) => [
      ...bodies.flatMap((body) => (OVERTAKEN_KINDS.has(body.kind) ? [overtaken(database, body, sentSeq)] : [])),
      ...bodies.map((body) =>
        statementOf(
          query.insertInto('assistant_outbox').values({
            id: randomUUID(),
            kind: body.kind,
            subject: subjectOf(body),
            body: JSON.stringify(body),
            at_ms: nowMs,
          } as never),
        ),
      ),
      ...(count() > MANY ? [statementOf(query.deleteFrom('assistant_outbox').where('kind', 'in', PASSING_KINDS))] : []),
    ],
    after: (seq, limit) =>
      read(
        query.selectFrom('assistant_outbox').selectAll().where('sequence', '>', seq).orderBy('sequence').limit(limit),
      ).map(({ sequence, id: messageId, body, at_ms }) => ({
        seq: sequence,
        id: messageId,
        atMs: at_ms,
        body: JSON.parse(body) as UpBody,
      })),
    acknowledged: (seq) =>
      written(database, [statementOf(query.deleteFrom('assistant_outbox').where('sequence', '<=', seq))]),
    received: () => {
      const stored = value('received');
      return stored === undefined ? undefined : (JSON.parse(stored) as Received);
    },
    setReceived: (received) => putValue(database, 'received', JSON.stringify(received)),
  };
}

function subjectOf(body: UpBody): string {
  return 'userId' in body ? body.userId : body.stationId;
}

/** An older message of the same kind about the same person or number, when it has not gone out yet. */
function overtaken({ query }: AssistantDatabase, body: UpBody, sentSeq: number): Statement {
  return statementOf(
    query
      .deleteFrom('assistant_outbox')
      .where('kind', '=', body.kind)
      .where('subject', '=', subjectOf(body))
      .where('sequence', '>', sentSeq),
  );
}
