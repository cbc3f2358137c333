import type { PhoneClock, PhoneRandom } from '../ports.ts';

const PING = '\r\n\r\n';
const PONG = '\r\n';
/** How long it may be quiet before one asks, with some chance (RFC 5626 §4.4.1). */
const QUIET_MS = { from: 24_000, to: 30_000 } as const;
/** "10 seconds" (RFC 5626 §4.4.1): a mobile network may be that slow. */
const PATIENCE_MS = 10_000;

export interface KeepAlivePorts {
  readonly clock: PhoneClock;
  readonly random: PhoneRandom;
  readonly send: (text: string) => void;
  /** It was quiet, and the question was not answered. */
  readonly onSilence: () => void;
}

/**
 * Whether anybody is at the other end of one connection: line breaks ask for some back, and whatever else is heard meanwhile is an
 * answer, too. A page does not see the border's pings, so a border that is gone without a word would be noticed with the next REGISTER only.
 */
export class KeepAlive {
  readonly #ports: KeepAlivePorts;
  readonly #asking = new Set<(isHeard: boolean) => void>();
  #cancel: () => void = () => {};

  constructor(ports: KeepAlivePorts) {
    this.#ports = ports;
    this.#wait();
  }

  /** Something came in. True when it was no more than an answer to the question. */
  heard(text: string): boolean {
    this.#settle(true);
    this.#wait();
    return text === PONG;
  }

  /** Asks now, and waits so long for anything to be heard. */
  ask(patienceMs: number): Promise<boolean> {
    const { clock, send } = this.#ports;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const settle = (isHeard: boolean): void => {
      this.#asking.delete(settle);
      cancel();
      resolve(isHeard);
    };
    const cancel = clock.after(patienceMs, () => settle(false));
    this.#asking.add(settle);
    send(PING);
    return promise;
  }

  stop(): void {
    this.#cancel();
    this.#settle(false);
  }

  #settle(isHeard: boolean): void {
    for (const settle of [...this.#asking]) settle(isHeard);
  }

  #wait(): void {
    const { clock, random, send, onSilence } = this.#ports;
    const { from, to } = QUIET_MS;
    this.#cancel();
    this.#cancel = clock.after(from + random.fraction() * (to - from), () => {
      this.#cancel = clock.after(PATIENCE_MS, onSilence);
      send(PING);
    });
  }
}
