import type { AssistantClock, AssistantLog, EndedCallsPort } from './ports.ts';
import type { AssistantDatabase, Statement } from './store/index.ts';
import { putValue } from './sync/sync-store.ts';

const LOOK_MS = 250;
const NAME = 'history';

export interface HistoryParts {
  readonly calls: EndedCallsPort;
  readonly database: AssistantDatabase;
  readonly clock: AssistantClock;
  readonly log: AssistantLog;
  /** Tells what the histories say, together with the statements or not at all. */
  tell(told: NonNullable<ReturnType<EndedCallsPort['after']>>['told'], also: readonly Statement[]): Promise<void>;
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
