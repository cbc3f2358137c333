/** What bencode can say: texts, whole numbers, lists, dictionaries. */
export type Bencoded = string | number | readonly Bencoded[] | BencodedDictionary;

export interface BencodedDictionary {
  readonly [key: string]: Bencoded | undefined;
}

/** Deeper than any reply of rtpengine; deeper input is refused. */
export const MAX_BENCODE_DEPTH = 32;

/** The octets of a value; members that are undefined are left out, keys are sorted (BEP 3). */
export function encodeBencode(value: Bencoded): Buffer {
  const parts: string[] = [];
  write(value, parts);
  return Buffer.from(parts.join(''), 'utf8');
}

function write(value: Bencoded, parts: string[]): void {
  if (typeof value === 'string') parts.push(text(value));
  else if (typeof value === 'number') parts.push(`i${Math.trunc(value)}e`);
  else if (isList(value)) {
    parts.push('l');
    for (const item of value) write(item, parts);
    parts.push('e');
  } else {
    parts.push('d');
    for (const key of Object.keys(value).sort()) {
      const member = value[key];
      if (member === undefined) continue;
      parts.push(text(key));
      write(member, parts);
    }
    parts.push('e');
  }
}

function text(value: string): string {
  return `${Buffer.byteLength(value)}:${value}`;
}

function isList(value: Bencoded): value is readonly Bencoded[] {
  return Array.isArray(value);
}

/** The value in these octets, undefined when they are none; never throws. Texts are read as UTF-8. */
export function decodeBencode(octets: Buffer): Bencoded | undefined {
  const reader = new Reader(octets);
  const value = reader.value(0);
  return reader.isAtEnd ? value : undefined;
}

const [I, L, D, E, COLON, MINUS] = [0x69, 0x6c, 0x64, 0x65, 0x3a, 0x2d];

class Reader {
  readonly #octets: Buffer;
  #at = 0;

  constructor(octets: Buffer) {
    this.#octets = octets;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#octets.length;
  }

  value(depth: number): Bencoded | undefined {
    if (depth > MAX_BENCODE_DEPTH) return undefined;
    switch (this.#octets[this.#at]) {
      case I:
        this.#at++;
        return this.#integer(E);
      case L:
        this.#at++;
        return this.#list(depth);
      case D:
        this.#at++;
        return this.#dictionary(depth);
      default:
        return this.#text();
    }
  }

  /** Digits up to `end`, which is read too. */
  #integer(end: number): number | undefined {
    const start = this.#at;
    if (this.#octets[this.#at] === MINUS) this.#at++;
    while (isDigit(this.#octets[this.#at])) this.#at++;
    const digits = this.#octets.toString('latin1', start, this.#at);
    if (this.#octets[this.#at] !== end || !/^-?[0-9]{1,20}$/.test(digits)) return undefined;
    this.#at++;
    return Number(digits);
  }

  #text(): string | undefined {
    const length = this.#integer(COLON);
    if (length === undefined || length < 0 || this.#at + length > this.#octets.length) return undefined;
    const start = this.#at;
    this.#at += length;
    return this.#octets.toString('utf8', start, this.#at);
  }

  #list(depth: number): Bencoded[] | undefined {
    const items: Bencoded[] = [];
    while (!this.#end()) {
      const item = this.value(depth + 1);
      if (item === undefined) return undefined;
      items.push(item);
    }
    return items;
  }

  #dictionary(depth: number): BencodedDictionary | undefined {
    const members: Record<string, Bencoded> = Object.create(null);
    while (!this.#end()) {
      const key = this.#text();
      const member = key === undefined ? undefined : this.value(depth + 1);
      if (key === undefined || member === undefined) return undefined;
      members[key] = member;
    }
    return members;
  }

  #end(): boolean {
    if (this.#octets[this.#at] !== E) return false;
    this.#at++;
    return true;
  }
}

function isDigit(octet: number | undefined): boolean {
  return octet !== undefined && octet >= 0x30 && octet <= 0x39;
}

/** A member that is a dictionary; an empty one when it is not. */
export function dictionaryIn(value: Bencoded | undefined, key: string): BencodedDictionary {
  return asDictionary(asDictionary(value)[key]);
}

export function asDictionary(value: Bencoded | undefined): BencodedDictionary {
  return typeof value === 'object' && !isList(value) ? value : {};
}

/** A member that is a list; an empty one when it is not. */
export function listIn(value: Bencoded | undefined, key: string): readonly Bencoded[] {
  const member = asDictionary(value)[key];
  return typeof member === 'object' && isList(member) ? member : [];
}

export function textIn(value: Bencoded | undefined, key: string): string | undefined {
  const member = asDictionary(value)[key];
  return typeof member === 'string' ? member : undefined;
}

export function numberIn(value: Bencoded | undefined, key: string): number | undefined {
  const member = asDictionary(value)[key];
  return typeof member === 'number' ? member : undefined;
}
