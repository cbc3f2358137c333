import type { SeededRandom } from './seeded-random.ts';

/** A few random damages to octets: flips, cuts, doublings, swaps, numbers at the edge. */
export function mutate(octets: Buffer, random: SeededRandom): Buffer {
  let mutant = Buffer.from(octets);
  for (let damage = 1 + random.int(4); damage > 0; damage--)
    mutant = DAMAGES[random.int(DAMAGES.length)]!(mutant, random);
  return mutant;
}

type Damage = (octets: Buffer, random: SeededRandom) => Buffer<ArrayBuffer>;

const DAMAGES: readonly Damage[] = [
  (octets, random) => {
    const mutant = Buffer.from(octets);
    if (mutant.length > 0) mutant[random.int(mutant.length)] = random.int(256);
    return mutant;
  },
  (octets, random) => Buffer.from(octets.subarray(0, random.int(octets.length + 1))),
  (octets, random) => {
    const at = random.int(octets.length + 1);
    const end = Math.min(octets.length, at + random.int(40));
    return Buffer.concat([octets.subarray(0, at), octets.subarray(end)]);
  },
  (octets, random) => {
    const at = random.int(octets.length + 1);
    const piece = octets.subarray(at, at + random.int(60));
    return Buffer.concat([octets.subarray(0, at), piece, octets.subarray(at)]);
  },
  (octets, random) => {
    const at = random.int(octets.length + 1);
    return Buffer.concat([octets.subarray(0, at), EDGES[random.int(EDGES.length)]!, octets.subarray(at)]);
  },
];

const EDGES: readonly Buffer[] = [
  '\r\n',
  '\n',
  '\0',
  '-1',
  '65536',
  '99999999999999999999',
  '\r\na=',
  ' ',
  'm=',
  '\xff',
  ':',
].map((text) => Buffer.from(text, 'latin1'));
