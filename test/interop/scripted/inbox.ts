/** One SIP message as it came over the wire. */
export interface Received {
  readonly octets: Buffer;
  readonly text: string;
  /** By `performance.now()`. */
  readonly atMs: number;
}

const WAIT_MS = 8_000;

/** Everything that came in, octet by octet, and waiting for what is still to come. */
export class Inbox {
  readonly received: Received[] = [];
  readonly #listeners = new Set<(message: Received) => void>();

  push(octets: Buffer): void {
    const message = { octets, text: octets.toString('utf8'), atMs: performance.now() };
    this.received.push(message);
    for (const listener of [...this.#listeners]) listener(message);
  }

  /** Calls back for every message from now on; gives the function that ends it. */
  onMessage(listener: (message: Received) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves with the first message, past ones from `fromIndex` on included, that is wanted. */
  waitFor(
    what: string,
    isWanted: (message: Received) => boolean,
    { fromIndex = 0, timeoutMs = WAIT_MS } = {},
  ): Promise<Received> {
    const known = this.received.slice(fromIndex).find(isWanted);
    if (known) return Promise.resolve(known);
    return new Promise((resolve, reject) => {
      const stop = this.onMessage((message) => {
        if (!isWanted(message)) return;
        clearTimeout(timer);
        stop();
        resolve(message);
      });
      const timer = setTimeout(() => {
        stop();
        reject(new Error(`waited ${timeoutMs} ms for ${what} in vain; received:\n${this.summary()}`));
      }, timeoutMs);
    });
  }

  /** Messages in which the octets occur. */
  containing(octets: string | Buffer): Received[] {
    return this.received.filter((message) => message.octets.includes(octets));
  }

  summary(): string {
    return this.received.map(({ text }) => text.split('\r\n\r\n', 1)[0]).join('\n\n');
  }
}
