/** As much of ASN.1's Distinguished Encoding Rules as a certificate needs (ITU-T X.690 §8, §10). */

function element(tag: number, content: Buffer): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const octets = length < 0x100 ? [0x81, length] : [0x82, length >>> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...octets]), content]);
}

export function derSequence(...members: readonly Buffer[]): Buffer {
  return element(0x30, Buffer.concat(members));
}

export function derSet(...members: readonly Buffer[]): Buffer {
  return element(0x31, Buffer.concat(members));
}

/** A positive number, most significant octet first. */
export function derInteger(octets: Buffer): Buffer {
  let at = 0;
  while (at < octets.length - 1 && octets[at] === 0) at++;
  const digits = octets.subarray(at);
  const isNegative = ((digits[0] ?? 0) & 0x80) !== 0;
  return element(0x02, isNegative ? Buffer.concat([Buffer.alloc(1), digits]) : digits);
}

/** An object identifier in dotted decimals. */
export function derObjectIdentifier(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  return element(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

export function derUtf8String(text: string): Buffer {
  return element(0x0c, Buffer.from(text, 'utf8'));
}

/** Years 1950 to 2049. */
export function derUtcTime(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/[-:T]/g, '').slice(2, 14);
  return element(0x17, Buffer.from(`${digits}Z`, 'latin1'));
}

export function derBitString(octets: Buffer): Buffer {
  return element(0x03, Buffer.concat([Buffer.alloc(1), octets]));
}

/** `[0] EXPLICIT` and its sisters. */
export function derExplicit(number: number, content: Buffer): Buffer {
  return element(0xa0 | number, content);
}

function base128(value: number): number[] {
  const digits = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) digits.unshift(0x80 | (rest & 0x7f));
  return digits;
}
