import { type NameAddr, parseNameAddr } from '../name-addr.ts';
import type { SipUri } from '../uri.ts';
import { parseUriHeaders } from '../uri-headers.ts';
import { parseReplaces, type Replaces } from './replaces.ts';

/** Where a REFER sends its receiver (RFC 3515 §2.1). */
export interface ReferTo {
  readonly address: NameAddr;
  /** The URI; parameters and headers are still in it. */
  readonly uri: SipUri | undefined;
  /** INVITE unless the URI names another. */
  readonly method: string;
  /** The dialog to take over, out of the URI's headers: attended transfer (RFC 3891 §4). */
  readonly replaces: Replaces | undefined;
}

/** Parses Refer-To; undefined when the address or an embedded header is malformed. Other schemes than sip have no `uri`. */
export function parseReferTo(text: string): ReferTo | undefined {
  const address = parseNameAddr(text);
  const uri = address?.uri;
  if (!address || !uri) return undefined;
  if (uri.scheme !== 'sip' && uri.scheme !== 'sips')
    return { address, uri: undefined, method: 'INVITE', replaces: undefined };
  const headers = parseUriHeaders(uri.headers);
  if (!headers) return undefined;
  const field = headers.get('Replaces');
  const replaces = field === undefined ? undefined : parseReplaces(field);
  if (field !== undefined && !replaces) return undefined;
  return { address, uri, method: (uri.params.get('method') ?? 'INVITE').toUpperCase(), replaces };
}
