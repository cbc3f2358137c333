import { findParam } from '../params.ts';
import { isToken, trimBlanks } from '../text.ts';
import { parseParamValue } from './value.ts';

/** A media type (RFC 3261 §20.15). */
export interface MediaType {
  /** `application/sdp`: type and subtype in lower case. */
  readonly name: string;
  readonly type: string;
  readonly subtype: string;
  /** Beginning with `;`, or ''. */
  readonly paramsText: string;
}

/** Parses a Content-Type value or one element of Accept; undefined when it is no `type/subtype`. */
export function parseMediaType(text: string): MediaType | undefined {
  const parts = parseParamValue(text);
  if (!parts) return undefined;
  const [type = '', subtype = '', ...rest] = parts.value.toLowerCase().split('/').map(trimBlanks);
  if (rest.length > 0 || !isToken(type) || !isToken(subtype)) return undefined;
  return { name: `${type}/${subtype}`, type, subtype, paramsText: parts.paramsText };
}

export function printMediaType(media: Pick<MediaType, 'name' | 'paramsText'>): string {
  return `${media.name}${media.paramsText}`;
}

/** What a body is for (RFC 3261 §20.11). */
export interface ContentDisposition {
  /** `session`, `render`, `early-session`, `icon`, `alert` or another token, in lower case. */
  readonly type: string;
  /** False with `handling=optional`: a body that is not understood may be ignored. */
  readonly isRequired: boolean;
  readonly paramsText: string;
}

/** Parses Content-Disposition; undefined when it is no token with parameters. */
export function parseContentDisposition(text: string): ContentDisposition | undefined {
  const parts = parseParamValue(text);
  if (!parts || !isToken(parts.value)) return undefined;
  const isRequired = findParam(parts.paramsText, 'handling')?.toLowerCase() !== 'optional';
  return { type: parts.value.toLowerCase(), isRequired, paramsText: parts.paramsText };
}

export function printContentDisposition(disposition: ContentDisposition): string {
  return `${disposition.type}${disposition.paramsText}`;
}
