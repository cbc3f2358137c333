import {
  decodeUtf8,
  parseNameAddr,
  parseUri,
  type ServerTransaction,
  type Session,
  type SipRequest,
  unescapeUri,
} from '@unisono/sip';
import type { Focus, Member } from './focus.ts';

/** URI parameter that tells parties from each other who show the same number, or none. */
export const MEMBER_PARAMETER = 'member';

/** User part of the address of a party in its conference. */
export function userOf({ party }: Member): string {
  return party.identity.number ?? 'anonymous';
}

/** Whether another one in the conference shows the same number: then the address tells which it is. */
export function isAmbiguous(member: Member, members: readonly Member[]): boolean {
  return members.some((one) => one !== member && userOf(one) === userOf(member));
}

/** The party that a REFER asks to put out (RFC 4579, REFER with BYE: `method=BYE` in Refer-To); undefined when it asks for something else. */
export function readRemoval(refer: SipRequest): { readonly user: string; readonly id: number | undefined } | undefined {
  const uri = parseUri(parseNameAddr(refer.headers.get('Refer-To') ?? '')?.uriText ?? '');
  if (!uri || uri.scheme === 'other' || uri.scheme === 'tel') return undefined;
  if (uri.params.get('method')?.toUpperCase() !== 'BYE') return undefined;
  const id = uri.params.get(MEMBER_PARAMETER);
  return { user: decodeUtf8(unescapeUri(uri.user ?? '')), id: id === undefined ? undefined : Number(id) };
}

/** Puts a party out, and tells the host that it is. */
export function remove(
  focus: Focus,
  asking: Session,
  refer: ServerTransaction,
  { user, id }: { readonly user: string; readonly id: number | undefined },
): void {
  const named = focus.members.filter((one) => userOf(one) === user && (id === undefined || one.id === id));
  const [member] = named;
  if (!member) return refer.reply(404, { reason: 'Not In The Conference' });
  if (named.length > 1) return refer.reply(400, { reason: 'Several Parties Have This Number' });
  asking.acceptRefer(refer).notify(200, 'OK', () => focus.expel(member));
}
