import { DIGIT, endOf, parseDecimal } from '../octets.ts';
import { isToken, skipBlanks } from '../text.ts';

/** Which provisional response a PRACK acknowledges (RFC 3262 §7.2). */
export interface RAck {
  readonly responseNumber: number;
  readonly sequence: number;
  readonly method: string;
}

const MAX_NUMBER = 0xffff_ffff;

/** RSeq: 1 to 2^32-1 (RFC 3262 §7.1); undefined when malformed. */
export function parseRSeq(text: string): number | undefined {
  const number = parseDecimal(text, MAX_NUMBER);
  return number === 0 ? undefined : number;
}

/** Parses `776656 1 INVITE`. */
export function parseRAck(text: string): RAck | undefined {
  const firstEnd = endOf(DIGIT, text, 0);
  const second = skipBlanks(text, firstEnd);
  const secondEnd = endOf(DIGIT, text, second);
  const third = skipBlanks(text, secondEnd);
  const responseNumber = parseRSeq(text.slice(0, firstEnd));
  const sequence = parseDecimal(text, 0x7fff_ffff, second, secondEnd);
  const method = text.slice(third);
  if (responseNumber === undefined || sequence === undefined || third === secondEnd || !isToken(method)) {
    return undefined;
  }
  return { responseNumber, sequence, method };
}

export function printRAck(rack: RAck): string {
  return `${rack.responseNumber} ${rack.sequence} ${rack.method}`;
}
