/** Datagrams that come back as they went. */
import type { Link } from './link.ts';
import type { Meter } from './meter.ts';

/** Sends a datagram for each one started, counts those that come back. */
export class Echoes {
  readonly #link: Link;
  readonly #meter: Meter;
  readonly #payload: string;
  readonly #onFinished: () => void;

  constructor(link: Link, meter: Meter, octets: number, onFinished: () => void) {
    this.#link = link;
    this.#meter = meter;
    this.#payload = 'x'.repeat(octets);
    this.#onFinished = onFinished;
  }

  start(): void {
    this.#link.send(this.#payload);
  }

  receive(): void {
    this.#meter.complete();
    this.#onFinished();
  }
}
