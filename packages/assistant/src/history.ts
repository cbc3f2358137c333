import type { HistoryEntry, UpBody } from '@unisono/contract';
import type { AssistantClock, AssistantLog, EndedCallsPort } from './ports.ts';
import type { AssistantDatabase, Statement } from './store/index.ts';
import { putValue } from './sync/sync-store.ts';

const LOOK_MS = 250;
const NAME = 'history';
const MISSED_PUSH_MS = 86_400_000;

/** What the histories of users say who have just ended calls. */
export type ToldHistory = NonNullable<ReturnType<EndedCallsPort['after']>>['told'];

export interface HistoryParts {
  readonly calls: EndedCallsPort;
  readonly database: AssistantDatabase;
  readonly clock: AssistantClock;
  readonly log: AssistantLog;
  /** Tells what the histories say, together with the statements or not at all. */
  tell(told: ToldHistory, also: readonly Statement[]): Promise<void>;
}

/**
 * Tells the cloud of calls that have ended. How far it is stands beside what was told, so a call is told once, also when the process
 * was killed between the end of the call and this.
 */
export class HistoryTeller {
  readonly #parts: HistoryParts;
  #position: number;
  #stop: () => void = () => {};
  #isClosed = false;

  constructor(parts: HistoryParts) {
    this.#parts = parts;
    const { query, read, writeNow } = parts.database;
    const stored = read(query.selectFrom('assistant_values').select('value').where('name', '=', NAME))[0]?.value;
    const latest = parts.calls.latest();
    // What was before the cloud stays here; and positions begin anew when every record has had its time.
    this.#position = stored === undefined ? latest : Math.min(Number(stored), latest);
    if (stored === undefined) writeNow([putValue(parts.database, NAME, String(latest))]);
    this.#lookLater();
  }

  close(): void {
    this.#isClosed = true;
    this.#stop();
  }

  #lookLater(): void {
    if (!this.#isClosed) this.#stop = this.#parts.clock.after(LOOK_MS, () => void this.#look());
  }

  async #look(): Promise<void> {
    const { calls, database, log } = this.#parts;
    try {
      const ended = calls.after(this.#position);
      if (ended !== undefined) {
        await this.#parts.tell(ended.told, [putValue(database, NAME, String(ended.position))]);
        this.#position = ended.position;
      }
    } catch (err) {
      log.error({ err }, 'the history of calls could not be told; it is tried again');
    }
    this.#lookLater();
  }
}

/** What goes up the link of it, for those who are matched. */
export function historyBodies(told: ToldHistory, personOf: (user: string) => string | undefined): UpBody[] {
  return told.flatMap(({ user, entry }): UpBody[] => {
    const userId = personOf(user);
    return userId === undefined ? [] : [{ kind: 'historyEntry', userId, entry }, ...missedCall(userId, entry)];
  });
}

/** A call that nobody of the user's answered wakes clients that were not there. */
function missedCall(userId: string, { entryId, callId, direction, party, result, endedAtMs }: HistoryEntry): UpBody[] {
  if (direction !== 'incoming' || (result !== 'noAnswer' && result !== 'cancelled')) return [];
  const push = {
    pushId: `missed-${entryId}`,
    kind: 'missedCall',
    callId,
    party,
    expiresAtMs: endedAtMs + MISSED_PUSH_MS,
  };
  return [{ kind: 'pushRequest', userId, push }];
}
