import { type MediaEngineError, PLAIN } from '@unisono/media';
import { bodyOfType, NO_BODY, type SipRequest, type SipResponse } from '@unisono/sip';
import type { Side } from '../side.ts';
import type { BorderCall } from './border-call.ts';
import type { CrossingSdp, SdpRole } from './media-path.ts';

const SDP = 'application/sdp';

export type Describing = { readonly ok: true } | { readonly ok: false; readonly error: MediaEngineError };

/** A message with a description in it that crosses the border. */
export interface Description {
  readonly call: BorderCall;
  readonly role: SdpRole;
  readonly from: Side;
  /** As it came. */
  readonly received: SipRequest | SipResponse;
  /** Addresses that each party's signalling comes from. */
  readonly signalledFrom: CrossingSdp['signalledFrom'];
}

const DONE: Describing = { ok: true };

/** True when the message holds a session description, alone or among other parts. */
export function isDescribed(message: SipRequest | SipResponse): boolean {
  return bodyOfType(message, SDP) !== undefined;
}

/** Puts the engine's version of the received description into `message`; at once when it was said before. */
export function describe(
  description: Description,
  message: SipRequest | SipResponse,
): Describing | Promise<Describing> {
  const { call } = description;
  const crossing = crossingOf(description);
  const finish = (sdp: string): Describing => {
    setDescription(message, sdp);
    noteOpenOffer(description, crossing);
    return DONE;
  };
  const known = call.media.known(crossing);
  if (known !== undefined) return finish(known);
  return call.media.cross(crossing).then((described) => (described.ok ? finish(described.sdp) : described));
}

/** Takes the body out of a message: what no offer or answer is must not show anything. */
export function dropDescription(message: SipRequest | SipResponse): void {
  message.body = NO_BODY;
  for (const name of ['Content-Type', 'Content-Disposition', 'Content-Encoding']) message.headers.remove(name);
}

function setDescription(message: SipRequest | SipResponse, sdp: string): void {
  message.body = Buffer.from(sdp, 'latin1');
  // Whatever came beside it is not for the other side.
  message.headers.set('Content-Type', SDP);
}

/** Tags of the exchange: the offerer's is that of whoever made the offer, whichever message it was in. */
function crossingOf({ call, role, from, received, signalledFrom }: Description): CrossingSdp {
  const { openOffer } = call.media;
  const [fromTag, toTag] = [received.from.tag ?? '', received.to.tag];
  const sender = received.kind === 'request' ? fromTag : (toTag ?? '');
  const receiver = received.kind === 'request' ? toTag : fromTag;
  const answersOpenOffer = role === 'answer' && received.kind === 'request';
  return {
    role,
    from,
    sdp: (bodyOfType(received, SDP) ?? NO_BODY).toString('latin1'),
    offererTag: role === 'offer' ? sender : ((answersOpenOffer ? openOffer?.offererTag : undefined) ?? receiver ?? ''),
    answererTag: role === 'offer' ? receiver : sender,
    signalledFrom,
    isProvisional: role === 'answer' && received.kind === 'response' && received.status < 200,
    profile: from === 'outside' ? PLAIN : call.profile,
  };
}

function noteOpenOffer({ call, role, from, received }: Description, { offererTag }: CrossingSdp): void {
  if (role === 'offer' && received.kind === 'response') call.media.openOffer = { by: from, offererTag };
  else if (role === 'answer' && received.kind === 'request') call.media.openOffer = undefined;
}
