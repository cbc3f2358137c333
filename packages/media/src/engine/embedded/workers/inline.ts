import type { ApplyResult, CallConfig, LegReport } from '../control.ts';
import { RelayRoom, type RelayRoomOptions } from '../relay/room.ts';
import type { RelayWorker } from './worker.ts';

/** A relay room in this thread: the same code, for tests and simulations. */
export class InlineWorker implements RelayWorker {
  readonly isAlive = true;
  readonly isReady = true;
  calls = 0;
  readonly #room: RelayRoom;

  constructor(options: RelayRoomOptions) {
    this.#room = new RelayRoom(options);
  }

  apply(callId: string, config: CallConfig): Promise<ApplyResult> {
    return this.#room.apply(callId, config);
  }

  remove(callId: string): Promise<void> {
    return this.#room.remove(callId);
  }

  report(callId: string): Promise<readonly LegReport[]> {
    return this.#room.report(callId);
  }

  close(): Promise<void> {
    return this.#room.close();
  }
}
