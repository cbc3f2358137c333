import { type NameAddr, parseContacts, type SipRequest, type SipResponse, sameSipUri } from '@unisono/sip';
import type { AddressHider } from '../hiding/address-hider.ts';
import { hideCallIds } from './call-ids.ts';
import { decreaseMaxForwards, forwarded, returned } from './common.ts';

export interface OutsideContext {
  readonly hider: AddressHider;
  /** Our name or address towards this client, as it stands in a URI. */
  readonly host: string;
  /** Makes what stands for a Contact of the inside: the URI of a token. */
  readonly hideContact: (contact: NameAddr) => string;
  /** What stands for a Call-ID of the inside. */
  readonly hideCallId: (callId: string) => string;
  /** Value of User-Agent and Server. */
  readonly product: string;
}

/** Left as they are: what a client must give back or count on to the letter, and what holds a token by now. */
const UNTOUCHED = new Set([
  ...['Via', 'Call-ID', 'CSeq', 'Contact', 'Max-Forwards', 'Content-Type', 'Content-Length', 'RSeq', 'RAck'],
  ...['WWW-Authenticate', 'Proxy-Authenticate', 'Authentication-Info', 'Proxy-Authentication-Info'],
]);

/** The request as a client gets it. */
export function requestToOutside(request: SipRequest, context: OutsideContext): SipRequest {
  const outside = forwarded(request);
  decreaseMaxForwards(outside);
  hideContacts(outside, context);
  nameProduct(outside, context);
  hideCallIds(outside, context.hideCallId);
  hideAddresses(outside, context);
  hideInBody(outside, context);
  return outside;
}

/** The response as a client gets it. */
export function responseToOutside(response: SipResponse, original: SipRequest, context: OutsideContext): SipResponse {
  const outside = returned(response, original);
  if (original.method === 'REGISTER') ownContactsOnly(outside, original);
  else hideContacts(outside, context);
  nameProduct(outside, context);
  hideAddresses(outside, context, RETURNED);
  hideInBody(outside, context);
  return outside;
}

/** In a response these are the client's own words. */
const RETURNED = new Set(['From', 'To']);

/** A token instead of each Contact; parameters of the header (`expires`, features) stay. */
export function hideContacts({ headers }: SipRequest | SipResponse, { hideContact }: OutsideContext): void {
  if (!headers.has('Contact')) return;
  const contacts = parseContacts(headers);
  headers.remove('Contact');
  if (contacts === undefined || contacts === '*') return;
  for (const contact of contacts) headers.append('Contact', `<${hideContact(contact)}>${contact.paramsText}`);
}

/** Of what is registered for an account, a client is told of the contact that it registered: where others are is theirs. */
export function ownContactsOnly({ headers }: SipResponse, { headers: asked }: SipRequest): void {
  if (!headers.has('Contact')) return;
  const own = contactsIn(asked);
  const shown = contactsIn(headers).filter((contact) => own.some((one) => isSame(one, contact)));
  headers.remove('Contact');
  for (const contact of shown) headers.append('Contact', contact.toString());
}

function contactsIn(headers: SipRequest['headers']): readonly NameAddr[] {
  const contacts = parseContacts(headers);
  return contacts === undefined || contacts === '*' ? [] : contacts;
}

function isSame(a: NameAddr, b: NameAddr): boolean {
  if (a.uriText === b.uriText) return true;
  const [first, second] = [a.uri, b.uri];
  return (
    first !== undefined && second !== undefined && 'user' in first && 'user' in second && sameSipUri(first, second)
  );
}

/** Which software stands behind, and in which version, helps attackers alone. */
export function nameProduct({ headers }: SipRequest | SipResponse, { product }: OutsideContext): void {
  for (const name of ['Server', 'User-Agent'] as const) if (headers.has(name)) headers.set(name, product);
}

/** No address of the inside in any header: PAI, Refer-To, Diversion, History-Info, Warning, whatever there is. */
export function hideAddresses(
  { headers }: SipRequest | SipResponse,
  { hider, host }: OutsideContext,
  except: ReadonlySet<string> = new Set(),
): void {
  const changed = new Map<string, string[]>();
  for (let i = 0; i < headers.length; i++) {
    const name = headers.nameAt(i);
    if (UNTOUCHED.has(name) || except.has(name)) continue;
    const value = headers.valueAt(i);
    if (hider.hide(value, host) !== value) changed.set(name, []);
  }
  for (const name of changed.keys()) {
    const values = headers.all(name);
    headers.remove(name);
    for (const value of values) headers.append(name, hider.hide(value, host));
  }
}

const SDP = 'application/sdp';
const SIPFRAG = 'message/sipfrag';

/**
 * Bodies other than session descriptions, which the media engine writes: of a sipfrag the status line is kept, in all others
 * addresses of the inside are replaced.
 */
export function hideInBody(message: SipRequest | SipResponse, { hider, host }: OutsideContext): void {
  if (message.body.length === 0) return;
  const type = (message.headers.get('Content-Type') ?? '').split(';')[0]?.trim().toLowerCase();
  if (type === SDP) return;
  const text = message.body.toString('latin1');
  const kept = type === SIPFRAG ? `${text.split(/\r?\n/, 1)[0]}\r\n` : hider.hide(text, host);
  if (kept !== text) message.body = Buffer.from(kept, 'latin1');
}
