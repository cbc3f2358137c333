/** Netstrings (`12:Hello world!,`), the framing of baresip's control connection. */

const MAX_NETSTRING_OCTETS = 1_000_000;

export function encodeNetstring(text: string): Buffer {
  const body = Buffer.from(text, 'utf8');
  return Buffer.concat([Buffer.from(`${body.length}:`), body, Buffer.from(',')]);
}

/** Takes octets in any split and gives whole strings. Throws on bad framing. */
export class NetstringDecoder {
  #pending: Buffer = Buffer.alloc(0);

  push(octets: Buffer): string[] {
    this.#pending = Buffer.concat([this.#pending, octets]);
    const strings: string[] = [];
    for (let next = this.#take(); next !== undefined; next = this.#take()) strings.push(next);
    return strings;
  }

  #take(): string | undefined {
    const colon = this.#pending.indexOf(':');
    if (colon < 0) return undefined;
    const length = Number(this.#pending.toString('latin1', 0, colon));
    if (!Number.isInteger(length) || length < 0 || length > MAX_NETSTRING_OCTETS)
      throw new Error('Bad netstring length');
    const end = colon + 1 + length;
    if (this.#pending.length <= end) return undefined;
    if (this.#pending[end] !== 0x2c) throw new Error('Netstring does not end with a comma');
    const text = this.#pending.toString('utf8', colon + 1, end);
    this.#pending = this.#pending.subarray(end + 1);
    return text;
  }
}
