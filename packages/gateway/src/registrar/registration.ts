import { type NameAddr, parseNameAddr, parseUri, type SipRequest, sameSipUri } from '@unisono/sip';

/** How long a registration lasts, in seconds (RFC 3261 §10.2.1.1, §10.3). */
export interface ExpiryPolicy {
  readonly defaultSec: number;
  readonly minSec: number;
  readonly maxSec: number;
}

export const DEFAULT_EXPIRY: ExpiryPolicy = { defaultSec: 3_600, minSec: 60, maxSec: 7_200 };

export interface RequestedContact {
  readonly contact: NameAddr;
  /** 0 removes it. */
  readonly expiresSec: number;
  readonly instance: string | undefined;
  readonly regId: number | undefined;
}

/** What a REGISTER asks for. */
export type RegisterCommand =
  | { readonly kind: 'query' }
  | { readonly kind: 'remove-all' }
  | { readonly kind: 'update'; readonly contacts: readonly RequestedContact[] }
  | { readonly kind: 'refuse'; readonly status: number; readonly reason: string; readonly minSec?: number };

/** Contacts in one REGISTER at most. */
export const MAX_CONTACTS_PER_REQUEST = 16;

/** Reads a REGISTER (RFC 3261 §10.3 steps 6 and 7, RFC 5626 §6). */
export function readRegister(request: SipRequest, policy: ExpiryPolicy): RegisterCommand {
  const elements = request.headers.list('Contact');
  const expires = request.headers.get('Expires');
  if (elements.length === 0) return { kind: 'query' };
  if (elements.includes('*')) {
    const isAlone = elements.length === 1 && expires === '0';
    return isAlone ? { kind: 'remove-all' } : refuse(400, 'Contact * Needs Expires 0 And Nothing Else');
  }
  if (elements.length > MAX_CONTACTS_PER_REQUEST) return refuse(400, 'Too Many Contacts');
  const contacts: RequestedContact[] = [];
  for (const element of elements) {
    const contact = readContact(element, expires, policy);
    if (typeof contact === 'string') return refuse(400, contact);
    if (contact.expiresSec > 0 && contact.expiresSec < policy.minSec) {
      return { kind: 'refuse', status: 423, reason: 'Interval Too Brief', minSec: policy.minSec };
    }
    contacts.push(contact);
  }
  return { kind: 'update', contacts };
}

function readContact(element: string, expires: string | undefined, policy: ExpiryPolicy): RequestedContact | string {
  const contact = parseNameAddr(element);
  const uri = contact && parseUri(contact.uriText);
  if (!contact || !uri || (uri.scheme !== 'sip' && uri.scheme !== 'sips')) return 'Malformed Contact';
  const regId = contact.param('reg-id');
  const instance = contact.param('+sip.instance');
  return {
    contact,
    expiresSec: grantedSec(contact.param('expires') ?? expires, policy),
    instance: instance === undefined || instance === '' ? undefined : instance,
    regId: regId !== undefined && /^[1-9]\d{0,8}$/.test(regId) ? Number(regId) : undefined,
  };
}

/** A malformed expiry counts as the default (RFC 3261 §20.19, §10.2.1.1). */
function grantedSec(asked: string | undefined, policy: ExpiryPolicy): number {
  if (asked === undefined || !/^\d{1,10}$/.test(asked)) return policy.defaultSec;
  return Math.min(Number(asked), policy.maxSec);
}

function refuse(status: number, reason: string): RegisterCommand {
  return { kind: 'refuse', status, reason };
}

/**
 * What names a contact within its device: instance and flow number where the phone has them (RFC 5626 §6), so that a
 * phone that restarts replaces itself; otherwise its URI.
 */
export function bindingKey(requested: RequestedContact): string {
  const { instance, regId, contact } = requested;
  return instance !== undefined && regId !== undefined ? `${instance} ${regId}` : contact.uriText;
}

/** True when two contact URIs are the same by RFC 3261 §19.1.4. */
export function sameContact(a: string, b: string): boolean {
  if (a === b) return true;
  const first = parseUri(a);
  const second = parseUri(b);
  if (!first || !second || first.scheme === 'tel' || second.scheme === 'tel') return false;
  return first.scheme !== 'other' && second.scheme !== 'other' && sameSipUri(first, second);
}
