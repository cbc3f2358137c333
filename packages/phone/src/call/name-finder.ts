import type { Call } from '../state.ts';

export interface NameFinderPorts {
  readonly nameOf: (number: string) => Promise<string | undefined>;
  readonly onName: (callId: string, number: string, name: string) => void;
}

/** Asks the directory for the name of whoever is at the other side, once for each number that a call shows. */
export class NameFinder {
  readonly #ports: NameFinderPorts;
  /** The number that was asked for last, by call. */
  readonly #asked = new Map<string, string>();

  constructor(ports: NameFinderPorts) {
    this.#ports = ports;
  }

  look(calls: readonly Call[]): void {
    const ids = new Set(calls.map(({ id }) => id));
    for (const id of this.#asked.keys()) if (!ids.has(id)) this.#asked.delete(id);
    for (const call of calls) {
      const { number, name } = call.party;
      // An emergency call has nothing to wait for, and a code is nobody.
      if (number === undefined || name !== undefined || call.isEmergency) continue;
      if (call.phase === 'ended' || /[*#]/.test(number) || this.#asked.get(call.id) === number) continue;
      this.#asked.set(call.id, number);
      void this.#find(call.id, number);
    }
  }

  async #find(callId: string, number: string): Promise<void> {
    const name = await this.#ports.nameOf(number);
    if (name !== undefined) this.#ports.onName(callId, number, name);
  }
}
