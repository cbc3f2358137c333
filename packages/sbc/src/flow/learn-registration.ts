import {
  contactParams,
  expiresSec,
  type Flow,
  type NameAddr,
  parseContacts,
  type SipRequest,
  type SipResponse,
} from '@unisono/sip';
import type { FlowBook } from './flow-book.ts';
import { registrationKey } from './registration-key.ts';

/** What counts when the registrar does not say how long it keeps a contact. */
const UNTOLD_SEC = 3_600;

/** Learns from an accepted REGISTER where the client is from now. True when something was learned. */
export function learnRegistration(flows: FlowBook, request: SipRequest, response: SipResponse, flow: Flow): boolean {
  if (request.method !== 'REGISTER' || response.status < 200 || response.status >= 300) return false;
  const registration = registrationKey(request);
  if (!registration) return false;
  flows.registered(flow, registration.key, registration.aor, grantedSec(request, response));
  return true;
}

function grantedSec(request: SipRequest, response: SipResponse): number {
  const asked = contactsOf(request)[0];
  if (!asked) return 0;
  const { instance, regId, expiresSec: askedSec } = contactParams(asked);
  const granted = contactsOf(response).find((contact) => {
    if (contact.uriText === asked.uriText) return true;
    const shown = contactParams(contact);
    return instance !== undefined && shown.instance === instance && shown.regId === regId;
  });
  if (granted) return contactParams(granted).expiresSec ?? expiresSec(response.headers) ?? UNTOLD_SEC;
  // Not in the list: it was taken back.
  return (askedSec ?? expiresSec(request.headers)) === 0 ? 0 : UNTOLD_SEC;
}

function contactsOf({ headers }: SipRequest | SipResponse): readonly NameAddr[] {
  const contacts = parseContacts(headers);
  return contacts === undefined || contacts === '*' ? [] : contacts;
}
