import type { AnyHeaderName, HeaderList } from '../headers.ts';
import type { NameAddr } from '../name-addr.ts';
import { parseAddresses } from './value.ts';

/** Who the network says (or the phone would like to say) is calling: a SIP address, a number, or both (RFC 3325 §9). */
export interface AssertedIdentity {
  readonly sip: NameAddr | undefined;
  readonly tel: NameAddr | undefined;
}

/** P-Asserted-Identity, or P-Preferred-Identity; undefined when malformed, more than two, or two of one kind. */
export function parseIdentity(
  headers: HeaderList,
  name: AnyHeaderName = 'P-Asserted-Identity',
): AssertedIdentity | undefined {
  const addresses = parseAddresses(headers, name);
  if (!addresses || addresses.length > 2) return undefined;
  let sip: NameAddr | undefined;
  let tel: NameAddr | undefined;
  for (const address of addresses) {
    const scheme = address.uri?.scheme;
    if ((scheme === 'sip' || scheme === 'sips') && !sip) sip = address;
    else if (scheme === 'tel' && !tel) tel = address;
    else return undefined;
  }
  return { sip, tel };
}

/** What is to be kept from the other side, in lower case: `id`, `header`, `session`, `user`, `critical`, `none` (RFC 3323). */
export function parsePrivacy(headers: HeaderList): ReadonlySet<string> {
  const values = headers
    .all('Privacy')
    .flatMap((field) => field.toLowerCase().split(/[;, \t]+/))
    .filter((value) => value !== '');
  return new Set(values);
}

export function printPrivacy(values: Iterable<string>): string {
  return [...values].join(';');
}
