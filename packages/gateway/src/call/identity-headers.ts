import type { CallerIdentity, DivertReason } from '@unisono/pbx';
import { detached, type ExtraHeaders, encodeUtf8, escapeUser, NameAddr } from '@unisono/sip';

/** From of a caller who withholds the number (RFC 3323 §4.1.1.3). */
const ANONYMOUS = '"Anonymous" <sip:anonymous@anonymous.invalid>';

/** A call writes the same few addresses into message after message: the last one of each number. */
const addresses = new Map<string, { readonly name: string; readonly domain: string; readonly address: string }>();
const MAX_ADDRESSES = 1_024;

/** A party as name-addr in our domain: always desk number and name, or an outside number. */
export function partyAddress(number: string, name = '', domain: string): string {
  const known = addresses.get(number);
  if (known !== undefined && known.name === name && known.domain === domain) return known.address;
  const address = NameAddr.make(name, `sip:${escapeUser(encodeUtf8(number))}@${domain}`).toString();
  if (addresses.size >= MAX_ADDRESSES) addresses.clear();
  addresses.set(detached(number), { name: detached(name), domain, address });
  return address;
}

export interface ShownCaller {
  /** Value of From, without tag. */
  readonly from: string;
  /** P-Asserted-Identity and Privacy (RFC 3325). */
  readonly headers: ExtraHeaders;
}

/** How a caller is shown to a phone inside: withheld numbers stay hidden there too. */
export function shownInside(caller: CallerIdentity, isWithheld: boolean, domain: string): ShownCaller {
  if (isWithheld || caller.number === undefined) return { from: ANONYMOUS, headers: [['Privacy', 'id']] };
  const address = partyAddress(caller.number, caller.name, domain);
  return { from: address, headers: [['P-Asserted-Identity', address]] };
}

/** How a caller is shown on a trunk: the number asserted to the peer, the From anonymous when withheld. */
export function shownOutside(
  caller: { readonly number: string | undefined; readonly name: string | undefined; readonly isWithheld: boolean },
  domain: string,
): ShownCaller {
  if (caller.number === undefined) return { from: ANONYMOUS, headers: [['Privacy', 'id']] };
  const address = partyAddress(caller.number, caller.name, domain);
  if (!caller.isWithheld) return { from: address, headers: [['P-Asserted-Identity', address]] };
  return {
    from: ANONYMOUS,
    headers: [
      ['P-Asserted-Identity', address],
      ['Privacy', 'id'],
    ],
  };
}

/** Who the caller is connected to, for responses and requests on its leg (RFC 3325, RFC 4916 in spirit). */
export function connectedHeaders(
  party: { readonly number?: string; readonly name?: string } | undefined,
  domain: string,
): ExtraHeaders {
  if (party?.number === undefined) return [];
  return [['P-Asserted-Identity', partyAddress(party.number, party.name, domain)]];
}

const DIVERSION_REASONS: Readonly<Record<DivertReason, string>> = {
  unconditional: 'unconditional',
  busy: 'user-busy',
  noAnswer: 'no-answer',
  unreachable: 'unavailable',
  declined: 'deflection',
};

/** Tells where a call was sent away from, and why (RFC 5806). */
export function diversionHeader(
  number: string,
  name: string | undefined,
  reason: DivertReason,
  domain: string,
): ExtraHeaders {
  return diversionOf(number, name, DIVERSION_REASONS[reason], domain);
}

/** As `diversionHeader`, with a reason of RFC 5806. */
export function diversionOf(number: string, name: string | undefined, reason: string, domain: string): ExtraHeaders {
  return [['Diversion', `${partyAddress(number, name, domain)};reason=${reason};privacy=off;screen=yes`]];
}

/** A Reason header value (RFC 3326). */
export function sipReason(cause: number, text: string): string {
  return `SIP;cause=${cause};text="${text.replace(/["\\]/g, '\\$&')}"`;
}

/** What the losers of a fork are told: it does not count as missed (RFC 3326 §2). */
export const COMPLETED_ELSEWHERE = sipReason(200, 'Call completed elsewhere');

/** The same, and on what kind of device: a parameter of ours (`reason-extension`), which other phones pass over. */
export function completedOn(device: string): string {
  return `${COMPLETED_ELSEWHERE};answered-on=${device}`;
}
