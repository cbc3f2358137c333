import type { System } from '@unisono/pbx';
import { type SipRequest, unescapeUri } from '@unisono/sip';
import { isSosUrn } from '../identity/caller.ts';

/** True when a request would call the emergency service: one of its numbers, with or without the outside-line prefix, or its URN. */
export function isEmergencyRequest(request: SipRequest, system: System): boolean {
  if (request.method !== 'INVITE') return false;
  const { uri } = request;
  if (!uri) return false;
  if (uri.scheme === 'other') return isSosUrn(uri.text);
  const dialled = uri.scheme === 'tel' ? uri.number : unescapeUri(uri.user ?? '');
  const { emergencyNumbers, outsideLinePrefix } = system.data.numbering;
  return emergencyNumbers.some((number) => dialled === number || dialled === outsideLinePrefix + number);
}
