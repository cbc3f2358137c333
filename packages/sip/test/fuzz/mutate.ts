import type { Random } from '../../src/index.ts';

/** Octets that mean something to a parser of SIP, and such that only look so. */
const MORSELS = [
  '\r\n',
  '\r\n ',
  '\r',
  '\n',
  '\0',
  '\\\0',
  '"',
  '\\"',
  '\\',
  '<',
  '>',
  ';',
  ';;',
  ',',
  ':',
  '::',
  '[',
  ']',
  '@',
  '%',
  '%00',
  '%0d%0a',
  '=',
  '?',
  '/',
  ' ',
  '\t',
  '*',
  '-1',
  '4294967296',
  '99999999999999999999',
  'SIP/2.0',
  'sip:',
  'sips:',
  'tel:',
  'z9hG4bK',
  'Content-Length: 5\r\n',
  'Via: SIP/2.0/UDP x\r\n',
  'Content-Type: multipart/mixed;boundary=a\r\n',
  '--a\r\n\r\n',
  ';tag=',
  '\xc3\xa0',
  '\xff',
  '\xa0',
  '\x7f',
  'a'.repeat(300),
  ' '.repeat(300),
  ','.repeat(200),
];

type Mutation = (bytes: Buffer, other: Buffer, random: Random) => Buffer;

const at = (bytes: Buffer, random: Random) => random.int(bytes.length + 1);

/** A stretch of up to 40 octets. */
function stretch(bytes: Buffer, random: Random): [from: number, to: number] {
  const from = at(bytes, random);
  return [from, Math.min(bytes.length, from + random.int(40))];
}

const replaced = (bytes: Buffer, from: number, to: number, by: Buffer) =>
  Buffer.concat([bytes.subarray(0, from), by, bytes.subarray(to)]);

/** Puts a morsel into one line, most often behind its colon: what passes the parser goes on to the decoders. */
const changeLine: Mutation = (bytes, _other, random) => {
  const lines = bytes.toString('latin1').split('\r\n');
  const i = random.int(lines.length);
  const line = lines[i] as string;
  const from = Math.min(line.length, line.indexOf(':') + 1 + random.int(line.length + 1));
  const to = Math.min(line.length, from + random.int(6));
  lines[i] = line.slice(0, from) + MORSELS[random.int(MORSELS.length)] + line.slice(to);
  return Buffer.from(lines.join('\r\n'), 'latin1');
};

const MUTATIONS: readonly Mutation[] = [
  ...Array.from({ length: 12 }, () => changeLine),
  function changeOctet(bytes, _other, random) {
    const copy = Buffer.from(bytes);
    if (copy.length > 0) copy[random.int(copy.length)] = random.int(256);
    return copy;
  },
  function flipBit(bytes, _other, random) {
    const copy = Buffer.from(bytes);
    const i = random.int(copy.length || 1);
    if (copy.length > 0) copy[i] = (copy[i] as number) ^ (1 << random.int(8));
    return copy;
  },
  function insertMorsel(bytes, _other, random) {
    const i = at(bytes, random);
    return replaced(bytes, i, i, Buffer.from(MORSELS[random.int(MORSELS.length)] as string, 'latin1'));
  },
  function overwriteByMorsel(bytes, _other, random) {
    const [from, to] = stretch(bytes, random);
    return replaced(bytes, from, to, Buffer.from(MORSELS[random.int(MORSELS.length)] as string, 'latin1'));
  },
  function remove(bytes, _other, random) {
    const [from, to] = stretch(bytes, random);
    return replaced(bytes, from, to, Buffer.alloc(0));
  },
  function repeat(bytes, _other, random) {
    const [from, to] = stretch(bytes, random);
    return replaced(bytes, to, to, bytes.subarray(from, to));
  },
  function move(bytes, _other, random) {
    const [from, to] = stretch(bytes, random);
    const rest = replaced(bytes, from, to, Buffer.alloc(0));
    const i = at(rest, random);
    return replaced(rest, i, i, bytes.subarray(from, to));
  },
  function swapLines(bytes, _other, random) {
    const lines = bytes.toString('latin1').split('\r\n');
    const i = random.int(lines.length);
    const j = random.int(lines.length);
    [lines[i], lines[j]] = [lines[j] as string, lines[i] as string];
    return Buffer.from(lines.join('\r\n'), 'latin1');
  },
  function borrowLine(bytes, other, random) {
    const lines = bytes.toString('latin1').split('\r\n');
    const lent = other.toString('latin1').split('\r\n');
    lines.splice(random.int(lines.length + 1), random.int(2), lent[random.int(lent.length)] as string);
    return Buffer.from(lines.join('\r\n'), 'latin1');
  },
  function splice(bytes, other, random) {
    return Buffer.concat([bytes.subarray(0, at(bytes, random)), other.subarray(at(other, random))]);
  },
  function cutOff(bytes, _other, random) {
    return bytes.subarray(0, at(bytes, random));
  },
];

/** One to four mutations of `bytes`, with `other` to borrow from; the same for the same random numbers. */
export function mutate(bytes: Buffer, other: Buffer, random: Random): Buffer {
  let mutated = bytes;
  for (let i = random.int(4); i >= 0; i--) {
    mutated = (MUTATIONS[random.int(MUTATIONS.length)] as Mutation)(mutated, other, random);
  }
  return mutated;
}
