import type { CallDesk } from '../call/call-desk.ts';
import type { Kept } from '../cloud/kept.ts';
import { failed, type Outcome } from '../outcome.ts';
import type { PhoneClock } from '../ports.ts';
import type { Store } from '../store.ts';
import { NO_DIALOGS, type OtherDialogs, otherCalls, takeDialogInfo } from './other-calls.ts';

export interface ElsewhereDeskPorts {
  readonly clock: PhoneClock;
  readonly store: Store;
  readonly kept: Kept;
  readonly calls: CallDesk;
  /** The number of the own line, once it is known, and the address of a number. */
  readonly ownNumber: () => string | undefined;
  readonly address: (number: string) => string;
}

/** Calls on this user's other devices; and those of this one that a page which is gone has left behind. */
export class ElsewhereDesk {
  readonly #ports: ElsewhereDeskPorts;
  #dialogs: OtherDialogs = NO_DIALOGS;
  /** Call-IDs that the page before was speaking in when it went; looked for in the first document. */
  #left: readonly string[];
  #kept = '';

  constructor(ports: ElsewhereDeskPorts) {
    this.#ports = ports;
    this.#left = ports.kept.takeSpokenCalls();
  }

  /** A document of the dialog event package (RFC 4235) came. */
  take(xml: string): void {
    this.#dialogs = takeDialogInfo(this.#dialogs, xml, this.#ports.clock.nowMs());
    this.show();
    this.#resumeLeft();
  }

  /** The own calls are others now: they are not shown as somebody else's, and those spoken in are kept in mind. */
  show(): void {
    const { store, calls, kept } = this.#ports;
    const { session } = store.getState();
    const installationId = session.phase === 'signedIn' ? session.installationId : undefined;
    const here = { sipCallIds: calls.sipCallIds(), calls: calls.calls, installationId };
    store.set({ elsewhere: otherCalls(this.#dialogs, here) });
    const spoken = calls.spokenSipCallIds();
    if (String(spoken) === this.#kept) return;
    this.#kept = String(spoken);
    kept.keepSpokenCalls(spoken);
  }

  /** Nothing is known any more. */
  forget(): void {
    this.#dialogs = NO_DIALOGS;
    this.#ports.store.set({ elsewhere: [] });
  }

  /** Since when the call of that device runs. */
  runningSinceMs(device: string): number | undefined {
    const all = [...this.#dialogs.dialogs.values()].map(({ call }) => call);
    return all.find((call) => (call.deviceId ?? call.device) === device && call.phase !== 'alerting')?.sinceMs;
  }

  /** Takes a call over, or answers it here when it rings (INVITE with Replaces, RFC 3891). */
  async pull(id: string): Promise<Outcome<{ readonly callId: string }>> {
    const { calls, ownNumber, address } = this.#ports;
    const other = this.#dialogs.dialogs.get(id);
    const number = ownNumber();
    if (other?.dialog === undefined || number === undefined)
      return failed('wrongCallState', 'This call is not there any more.');
    const { party, direction, isMuted, phase, sinceMs } = other.call;
    const dial = { party, direction, isMuted, number: party.number ?? number, target: address(number), digits: '' };
    // It has lasted since it was answered there.
    const since = phase === 'alerting' ? {} : { runningSinceMs: sinceMs };
    return calls.dial({ ...dial, ...since, isEmergency: false, isPulled: true }, other.dialog);
  }

  /** A page that was loaded anew, or another tab that leads now, goes on with the call of the one before. */
  #resumeLeft(): void {
    const left = this.#left;
    this.#left = [];
    for (const { call, callId } of this.#dialogs.dialogs.values())
      if (callId !== undefined && left.includes(callId) && call.phase === 'active' && call.canPull)
        void this.pull(call.id);
  }
}
