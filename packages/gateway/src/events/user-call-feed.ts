import type { StationCalls, UserCall } from '@unisono/pbx';
import type { Call } from '../call/call.ts';
import type { DeviceDialog } from '../call/device-dialog.ts';
import type { CallServices } from '../call/services.ts';
import { isConferenceUser } from '../conference/focus.ts';

/** How long a change is kept for somebody who asks with an older mark. */
const TOLD_FOR_MS = 30_000;

/** What changes about the calls of stations, for somebody who asks now and then or wants to hear of it; nothing is kept until somebody has asked. */
export class UserCallFeed {
  readonly #services: () => CallServices;
  /** Station → when its calls changed last: a number that grows, and the time. */
  readonly #changes = new Map<string, { readonly mark: number; readonly atMs: number }>();
  #mark = 0;
  #isFollowed = false;
  readonly #listeners = new Set<() => void>();

  constructor(services: () => CallServices) {
    this.#services = services;
  }

  onStationChanged(station: string): void {
    if (!this.#isFollowed) return;
    this.#changes.delete(station);
    this.#changes.set(station, { mark: ++this.#mark, atMs: this.#services().clock.nowMs() });
    for (const listener of this.#listeners) listener();
  }

  /** Calls back when there is something new to ask for, within the work on the call: it must be short. Gives the function that ends it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Stations whose calls have changed after that mark, each with all its calls, and the mark to ask with next. 0: from now on. */
  changedAfter(mark: number): { readonly mark: number; readonly stations: readonly StationCalls[] } {
    this.#isFollowed = true;
    const limitMs = this.#services().clock.nowMs() - TOLD_FOR_MS;
    const stations: StationCalls[] = [];
    for (const [station, change] of this.#changes) {
      if (change.mark > mark) stations.push({ station, calls: this.#callsOf(station) });
      else if (change.atMs < limitMs) this.#changes.delete(station);
    }
    return { mark: this.#mark, stations };
  }

  #callsOf(station: string): UserCall[] {
    return this.#services()
      .userCalls.of(station)
      .flatMap((call) => {
        const dialogs = call.dialogsOf(station);
        const running = dialogs.find(({ state }) => state === 'confirmed');
        const shown = running ?? dialogs[0] ?? ringingOf(call, station);
        if (!shown) return [];
        return {
          id: call.id,
          direction: shown.direction === 'initiator' ? 'outgoing' : 'incoming',
          state: running ? (running.isHolding ? 'held' : 'connected') : 'alerting',
          party: { number: numberOf(shown.remote?.number), name: shown.remote?.name },
          device: running?.device?.kind,
          startedAtMs: call.records.startedAtMs,
        } as const;
      });
  }
}

/** The address of a conference is no number that anybody could call. */
function numberOf(user: string | undefined): string | undefined {
  return isConferenceUser(user) ? undefined : user;
}

/** A call that rings for somebody none of whose devices is there: they may be woken. */
function ringingOf(call: Call, station: string): Pick<DeviceDialog, 'direction' | 'remote'> | undefined {
  const ringing = call.ringingFor(station);
  return ringing && { direction: 'recipient', remote: ringing.remote };
}
