import type { PayloadFormat } from '../../sdp/formats.ts';

/** Encodings that carry no speech by themselves. */
const HELPERS: ReadonlySet<string> = new Set(['TELEPHONE-EVENT', 'TONE', 'CN', 'RED', 'ULPFEC', 'FLEXFEC', 'RTX']);

/** RFC 3551 §3: dynamic numbers; then the unassigned ones that RTCP on the same port does not forbid (RFC 5761 §4). */
const FREE_NUMBERS: readonly number[] = [...range(96, 127), ...range(35, 63)];

/** True when people can be heard in it: no events, no comfort noise, no redundancy. */
export function isSpeech(format: Pick<PayloadFormat, 'encoding'>): boolean {
  return !HELPERS.has(format.encoding.toUpperCase());
}

/** True for the same encoding at the same clock rate with as many channels (RFC 8866 §6.6). */
export function isSameFormat(a: PayloadFormat, b: PayloadFormat): boolean {
  return (
    a.encoding.toUpperCase() === b.encoding.toUpperCase() &&
    a.clockRateHz === b.clockRateHz &&
    a.channels === b.channels
  );
}

/** A format with the number that each party listed for it. Nothing is transcoded: both mean the same octets. */
export interface AgreedFormat {
  /** The offerer's: in what it sends, and in what it is sent. */
  readonly offerer: number;
  /** What the answerer was offered: in what it sends. */
  readonly offered: number;
  /** What the answerer listed: in what it is sent. */
  readonly answerer: number;
  readonly encoding: string;
  readonly clockRateHz: number;
  readonly channels: number;
}

/** A format of an offer with the number it has towards the other party. */
export interface OfferedFormat {
  readonly offerer: number;
  readonly format: PayloadFormat;
}

/**
 * Numbers the formats of an offer for a leg. RFC 3264 §8.3.2: a number that has meant a format on this leg keeps meaning
 * it; so `known` formats get the number they had there, new ones keep the offerer's when it is free, else a free one.
 */
export function numberFormats(formats: readonly PayloadFormat[], known: readonly PayloadFormat[]): OfferedFormat[] {
  const taken = new Set<number>();
  const bound = new Set(known.map((format) => format.payloadType));
  const chosen = formats.map((format) => {
    const candidates = known.filter((other) => isSameFormat(format, other) && !taken.has(other.payloadType));
    const same = candidates.find((other) => other.payloadType === format.payloadType) ?? bestOf(candidates, format);
    if (same) taken.add(same.payloadType);
    return same?.payloadType;
  });
  const numbered: OfferedFormat[] = [];
  for (const [index, format] of formats.entries()) {
    const number = chosen[index] ?? freeNumber(format.payloadType, taken, bound);
    if (number === undefined) continue;
    taken.add(number);
    numbered.push({ offerer: format.payloadType, format: { ...format, payloadType: number } });
  }
  return withReadableRedundancy(numbered);
}

function bestOf(candidates: readonly PayloadFormat[], format: PayloadFormat): PayloadFormat | undefined {
  return candidates.find((other) => other.parameters === format.parameters) ?? candidates[0];
}

function freeNumber(wished: number, taken: ReadonlySet<number>, bound: ReadonlySet<number>): number | undefined {
  return [wished, ...FREE_NUMBERS].find((number) => !taken.has(number) && !bound.has(number));
}

/** RFC 2198 §5: blocks of `red` carry payload numbers inside, which no relay changes. It goes where one was changed. */
function withReadableRedundancy(numbered: readonly OfferedFormat[]): OfferedFormat[] {
  if (numbered.every(({ offerer, format }) => offerer === format.payloadType)) return [...numbered];
  return numbered.filter(({ format }) => format.encoding.toUpperCase() !== 'RED');
}

/** Formats of an answer that were offered, in the answer's order; those that nobody offered are left out. */
export function agreeFormats(offered: readonly OfferedFormat[], answered: readonly PayloadFormat[]): AgreedFormat[] {
  const agreed: AgreedFormat[] = [];
  const used = new Set<OfferedFormat>();
  for (const theirs of answered) {
    const same = offered.filter((candidate) => !used.has(candidate) && isSameFormat(candidate.format, theirs));
    const match = same.find(({ format }) => format.payloadType === theirs.payloadType) ?? same[0];
    if (!match) continue;
    used.add(match);
    const { encoding, clockRateHz, channels } = match.format;
    const numbers = { offerer: match.offerer, offered: match.format.payloadType, answerer: theirs.payloadType };
    agreed.push({ ...numbers, encoding, clockRateHz, channels });
  }
  const isSteady = agreed.every(({ offerer, answerer }) => offerer === answerer);
  return isSteady ? agreed : agreed.filter(({ encoding }) => encoding.toUpperCase() !== 'RED');
}

/** Payload numbers to write into packets that are passed on, as pairs of what comes in and what goes out. */
export interface PayloadNumbers {
  readonly towardsAnswerer: readonly (readonly [number, number])[];
  readonly towardsOfferer: readonly (readonly [number, number])[];
}

/**
 * What a relay does to payload numbers: every number that may come in, also those that stay as they are. An answerer that
 * sends with its own number instead of the offered one is understood too, where that number means nothing else.
 */
export function payloadNumbers(agreed: readonly AgreedFormat[], offered: readonly OfferedFormat[]): PayloadNumbers {
  const towardsOfferer = new Map(agreed.map((format) => [format.offered, format.offerer]));
  const meant = new Set(offered.map(({ format }) => format.payloadType));
  for (const { answerer, offerer } of agreed) if (!meant.has(answerer)) towardsOfferer.set(answerer, offerer);
  return {
    towardsAnswerer: agreed.map(({ offerer, answerer }) => [offerer, answerer] as const),
    towardsOfferer: [...towardsOfferer],
  };
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
