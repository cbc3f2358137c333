import type { FakeNetwork, Sent } from '@unisono/sip';
import type { Chance } from './chance.ts';

/** The longest a datagram may live in the network (RFC 3261 §17.1.2.2, T4). */
const LONGEST_LIFE_MS = 5_000;

/** Lets datagrams come a second time, long after the first: what a sleepy network or a stubborn phone repeats. */
export class Echoes {
  readonly #network: FakeNetwork;
  readonly #chance: Chance;
  readonly #percent: number;

  constructor(network: FakeNetwork, chance: Chance, percent: number) {
    this.#network = network;
    this.#chance = chance;
    this.#percent = percent;
    if (percent === 0) return;
    const before = network.tap;
    network.tap = (sent) => {
      before?.(sent);
      this.#onSent(sent);
    };
  }

  onTimer({ from, to, bytes }: Sent): void {
    this.#network.nodeAt('udp', to.address, to.port)?.hear(bytes, from.address, from.port);
  }

  #onSent(sent: Sent): void {
    if (sent.transport !== 'udp' || !this.#chance.of(this.#percent)) return;
    this.#network.clock.startTimer(this.#chance.between(1, LONGEST_LIFE_MS), this, sent);
  }
}
