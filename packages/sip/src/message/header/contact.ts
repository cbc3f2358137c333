import type { HeaderList } from '../headers.ts';
import { type NameAddr, parseNameAddr } from '../name-addr.ts';
import { parseDecimal } from '../octets.ts';
import { parseElements, secondsParam } from './value.ts';

/** What a Contact header says: addresses (none when it is absent), or `*`: every binding (RFC 3261 §10.2.2). */
export type Contacts = readonly NameAddr[] | '*';

/** All Contact fields together; undefined when one is malformed, too many, or `*` is not alone. */
export function parseContacts(headers: HeaderList): Contacts | undefined {
  const fields = headers.all('Contact');
  if (fields.length === 1 && fields[0] === '*') return '*';
  return parseElements(headers, 'Contact', parseNameAddr);
}

/** A `q` value as thousandths, 0–1000; undefined when malformed (RFC 3261 §25.1, qvalue). */
export function parseQValue(text: string): number | undefined {
  const match = /^([01])(?:\.(\d{0,3}))?$/.exec(text);
  if (!match) return undefined;
  const thousandths = Number(match[1]) * 1000 + Number((match[2] ?? '').padEnd(3, '0'));
  return thousandths <= 1000 ? thousandths : undefined;
}

/** Prints thousandths as a `q` value: 700 as `0.7`. */
export function printQValue(thousandths: number): string {
  const bounded = Math.max(0, Math.min(1000, Math.round(thousandths)));
  return bounded === 1000
    ? '1'
    : `0.${String(bounded)
        .padStart(3, '0')
        .replace(/0{1,2}$/, '')}`;
}

/** The header parameters of one Contact (RFC 3261 §20.10, RFC 5626 §4, RFC 5627 §4). */
export interface ContactParams {
  /** Undefined when absent or malformed: the header Expires, or a default, counts (RFC 3261 §10.2.1.1). */
  readonly expiresSec: number | undefined;
  /** Preference in thousandths; 1000 when absent or malformed. */
  readonly q: number;
  /** `+sip.instance` without its angle brackets: `urn:uuid:…` (RFC 5626 §4.1). */
  readonly instance: string | undefined;
  /** `reg-id`, 1 to 2^31-1 (RFC 5626 §4.2). */
  readonly regId: number | undefined;
  readonly publicGruu: string | undefined;
  readonly temporaryGruu: string | undefined;
}

export function contactParams(contact: NameAddr): ContactParams {
  const instance = contact.param('+sip.instance');
  const regId = parseDecimal(contact.param('reg-id') ?? '', 0x7fff_ffff);
  return {
    expiresSec: secondsParam(contact.paramsText, 'expires'),
    q: parseQValue(contact.param('q') ?? '') ?? 1000,
    instance: instance === undefined ? undefined : /^<([^<>]+)>$/.exec(instance)?.[1],
    regId: regId === 0 ? undefined : regId,
    publicGruu: contact.param('pub-gruu'),
    temporaryGruu: contact.param('temp-gruu'),
  };
}

/** The push parameters that a sleeping phone puts into its Contact URI (RFC 8599 §7), and `ob` (RFC 5626 §5.4). */
export interface ContactUriParams {
  readonly isOutbound: boolean;
  readonly push: { readonly provider: string; readonly param: string; readonly prid: string } | undefined;
}

/** Reads the parameters of a contact's SIP URI; push only when provider and identifier are both there. */
export function contactUriParams(contact: NameAddr): ContactUriParams {
  const { uri } = contact;
  const params = uri && 'params' in uri ? uri.params : new Map<string, string>();
  const provider = params.get('pn-provider');
  const prid = params.get('pn-prid');
  const push = provider && prid ? { provider, param: params.get('pn-param') ?? '', prid } : undefined;
  return { isOutbound: params.has('ob'), push };
}
