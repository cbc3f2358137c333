import type { SipAgent } from '../sip/sip-port.ts';
import type { Call, ConferenceMember } from '../state.ts';
import { readConferenceInfo } from './conference-info.ts';

export interface ConferenceWatchPorts {
  readonly agent: () => SipAgent | undefined;
  readonly ownNumber: () => string | undefined;
  readonly onMembers: (callId: string, members: readonly ConferenceMember[]) => void;
}

/** Follows who is in the conferences that calls of this device are in (RFC 4575). */
export class ConferenceWatch {
  readonly #ports: ConferenceWatchPorts;
  /** By call: the address that is followed, and what ends that. */
  readonly #followed = new Map<string, { readonly address: string; readonly stop: () => void }>();

  constructor(ports: ConferenceWatchPorts) {
    this.#ports = ports;
  }

  look(calls: readonly Call[]): void {
    const running = new Map(calls.filter(({ phase }) => phase === 'active').map((call) => [call.id, call.conference]));
    for (const [callId, { address, stop }] of [...this.#followed]) {
      if (running.get(callId)?.address === address) continue;
      this.#followed.delete(callId);
      stop();
    }
    for (const [callId, conference] of running) {
      if (conference !== undefined && !this.#followed.has(callId)) this.#follow(callId, conference.address);
    }
  }

  #follow(callId: string, address: string): void {
    const { agent, ownNumber, onMembers } = this.#ports;
    const stop = agent()?.follow(address, 'conference', 'application/conference-info+xml', (body) => {
      const members = readConferenceInfo(body, ownNumber());
      if (members !== undefined && this.#followed.get(callId)?.address === address) onMembers(callId, members);
    });
    if (stop !== undefined) this.#followed.set(callId, { address, stop });
  }
}
