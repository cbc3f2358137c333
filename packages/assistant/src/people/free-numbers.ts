import type { System } from '@unisono/pbx';

/**
 * The first number that nothing has yet: beside the numbers of the same kind, or, when there are none, in the first of the
 * internal ranges for stations and in the last one for UFIP devices. Undefined: everything is given away.
 */
export function freeNumber(system: System, kind: 'station' | 'ufipDevice'): string | undefined {
  const { numbering, stations, ufipDevices, applications } = system.data;
  const own = kind === 'station' ? stations : ufipDevices;
  const taken = new Set([...stations, ...ufipDevices, ...applications].map(({ number }) => number));
  const ranges = kind === 'station' ? numbering.internalRanges : numbering.internalRanges.toReversed();
  const isOfRange = (number: string, { from, to }: { from: string; to: string }): boolean =>
    number.length === from.length && number >= from && number <= to;
  const used = ranges.filter((range) => own.some(({ number }) => isOfRange(number, range)));
  for (const range of [...used, ...ranges.filter((one) => !used.includes(one))]) {
    const last = own
      .filter(({ number }) => isOfRange(number, range))
      .map(({ number }) => number)
      .sort()
      .at(-1);
    const found = firstFree(range, last, (number) => {
      const isReserved = numbering.reservedRanges.some((reserved) => isOfRange(number, reserved));
      const isSpecial = numbering.emergencyNumbers.includes(number);
      return !taken.has(number) && !isReserved && !isSpecial;
    });
    if (found !== undefined) return found;
  }
  return undefined;
}

/** After the last one of its kind first, then from the beginning. Bounded: a range can have a million numbers. */
const MAX_TRIES = 200_000;

function firstFree(
  { from, to }: { from: string; to: string },
  last: string | undefined,
  isFree: (number: string) => boolean,
): string | undefined {
  const written = (value: bigint): string => String(value).padStart(from.length, '0');
  const end = BigInt(to);
  let tries = 0;
  for (const start of last === undefined ? [BigInt(from)] : [BigInt(last) + 1n, BigInt(from)]) {
    for (let value = start; value <= end && tries < MAX_TRIES; value++, tries++) {
      if (isFree(written(value))) return written(value);
    }
  }
  return undefined;
}
