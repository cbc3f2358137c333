import type { AnyHeaderName, HeaderList } from '../headers.ts';
import { MAX_LIST_ELEMENTS } from '../limits.ts';
import { type NameAddr, parseNameAddr } from '../name-addr.ts';
import { parseDecimal } from '../octets.ts';
import { areParams, findParam } from '../params.ts';
import { trimBlanks } from '../text.ts';

/** A value followed by `;name=value` parameters, as many headers are built. */
export interface ParamValue {
  /** What stands before the first `;`, trimmed, not empty. */
  readonly value: string;
  /** Beginning with `;`, or ''. */
  readonly paramsText: string;
}

/** Parts a value from its parameters; undefined when there is no value or the parameters are none. */
export function parseParamValue(text: string): ParamValue | undefined {
  const semicolon = text.indexOf(';');
  const value = trimBlanks(semicolon < 0 ? text : text.slice(0, semicolon));
  const paramsText = semicolon < 0 ? '' : trimBlanks(text.slice(semicolon));
  return value === '' || !areParams(paramsText) ? undefined : { value, paramsText };
}

/** Largest number of seconds that a header can say (RFC 3261 §20.19). */
export const MAX_DELTA_SECONDS = 0xffff_ffff;

/** `delta-seconds`: digits only; numbers beyond the largest count as the largest, undefined for anything else. */
export function parseDeltaSeconds(text: string): number | undefined {
  const seconds = parseDecimal(text, Number.POSITIVE_INFINITY);
  return seconds === undefined ? undefined : Math.min(seconds, MAX_DELTA_SECONDS);
}

/** A parameter holding seconds; undefined when absent or malformed. */
export function secondsParam(paramsText: string, name: string): number | undefined {
  const text = findParam(paramsText, name);
  return text === undefined ? undefined : parseDeltaSeconds(text);
}

/** Elements of a comma-separated header, each parsed; undefined when one is malformed or there are too many. */
export function parseElements<T>(
  headers: HeaderList,
  name: AnyHeaderName,
  parse: (element: string) => T | undefined,
): T[] | undefined {
  if (!headers.has(name)) return [];
  const elements = headers.list(name);
  if (elements.length > MAX_LIST_ELEMENTS) return undefined;
  const parsed: T[] = [];
  for (const element of elements) {
    const value = parse(element);
    if (value === undefined) return undefined;
    parsed.push(value);
  }
  return parsed;
}

/** The addresses in Route, Record-Route, Path, P-Asserted-Identity …; undefined when one is malformed, empty when absent. */
export function parseAddresses(headers: HeaderList, name: AnyHeaderName): NameAddr[] | undefined {
  return parseElements(headers, name, parseNameAddr);
}
