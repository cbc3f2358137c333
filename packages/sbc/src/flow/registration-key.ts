import { createHash } from 'node:crypto';
import { contactParams, type NameAddr, parseContacts, type SipRequest } from '@unisono/sip';

/** One registration as the border tells it from others. */
export interface RegistrationKey {
  /** Digest of address of record and contact; says nothing of either. */
  readonly key: string;
  /** The address of record, as in From of its calls. */
  readonly aor: string;
}

/**
 * Names the registration that a REGISTER is about: address of record with instance and reg-id (RFC 5626 §6), else with the
 * contact's URI. The address of record belongs to it: whoever proves another one cannot take it over. Undefined without
 * exactly one contact.
 */
export function registrationKey(request: SipRequest): RegistrationKey | undefined {
  const contacts = parseContacts(request.headers);
  const contact = contacts !== '*' && contacts?.length === 1 ? contacts[0] : undefined;
  if (!contact) return undefined;
  const { instance, regId } = contactParams(contact);
  const device = instance !== undefined && regId !== undefined ? `${instance} ${regId}` : contact.uriText;
  const aor = aorOf(request.to);
  const key = createHash('sha256').update(`${aor}\0${device}`, 'latin1').digest('base64url').slice(0, 16);
  return { key, aor };
}

/** User and host of an address, as an address of record is compared. */
export function aorOf({ uri, uriText }: NameAddr): string {
  return uri && (uri.scheme === 'sip' || uri.scheme === 'sips') ? `${uri.user ?? ''}@${uri.host}` : uriText;
}
