import type { MediaEndpoint } from '@unisono/media';
import { type Payload, type Session, type SessionHandler, sdpPayload, type UasInvite } from '@unisono/sip';
import type { DeviceRef } from '../call/device-dialog.ts';
import { handMicrophone, microphoneHeader, takesMicrophone } from '../call/microphone.ts';
import type { SdpFace } from '../call/sdp-face.ts';

/** A device that comes, and the one whose call it takes. */
export interface DeviceChange {
  readonly invite: UasInvite;
  /** How descriptions look in the new dialog. */
  readonly face: SdpFace;
  readonly from: DeviceRef | undefined;
  readonly to: DeviceRef | undefined;
}

/** What an endpoint of ours needs to go on with another device. */
export interface LegMove extends DeviceChange {
  readonly endpoint: MediaEndpoint;
  /** The dialog with the device that had the call so far. */
  readonly old: Session;
  readonly headers: readonly (readonly [string, string])[];
  /** False: the call has ended meanwhile. */
  isWanted(): boolean;
}

/**
 * A device goes on with a call that another one of its user has with a machine of ours (RFC 3891): gives the new session, whose
 * handler and the end of the old one are the caller's to see to; undefined when it was refused and all is as before.
 */
export async function moveLeg({
  endpoint,
  old,
  invite,
  face,
  from,
  to,
  headers,
  isWanted,
}: LegMove): Promise<Session | undefined> {
  const { offer, flow } = invite;
  invite.handler = WAITING;
  if (!offer) return refuse(invite, 488);
  const result = await endpoint.answer(offer.bytes, { fromAddresses: [flow.remoteAddress] });
  if (!isWanted()) return refuse(invite, 481);
  if (!result.ok) return refuse(invite, 488);
  if (!invite.isOver) {
    handMicrophone(from?.microphone?.isMuted, to, invite.request);
    const more = [...headers, ...takesMicrophone(to), ...microphoneHeader(to?.microphone?.isMuted)];
    return invite.accept({ payload: face.present(sdpPayload(result.sdp)), headers: more });
  }
  // It gave up: the audio goes back to where it was.
  const before: Payload | undefined = old.remotePayload;
  if (before) await endpoint.answer(before.bytes);
  return undefined;
}

function refuse(invite: UasInvite, status: number): undefined {
  invite.reject(status);
  return undefined;
}

/** A device that asks for a call and does not have it yet. */
const WAITING = {
  onCancel() {},
  onAck() {},
  onReinvite: (_session, exchange) => exchange.reject(491),
  onUpdate: (session, update) => session.rejectUpdate(update, 491),
  onRequest: (_session, request) => request.reply(491),
  onBye() {},
  onEnded() {},
} satisfies SessionHandler & { onCancel(): void; onAck(): void };

/** A device that had the call and is about to be hung up. */
export const MOVED_AWAY: SessionHandler = {
  onReinvite: (_session, exchange) => exchange.reject(488),
  onUpdate: (session, update) => session.rejectUpdate(update, 488),
  onRequest: (_session, request) => request.reply(request.request.method === 'INFO' ? 200 : 603),
  onBye() {},
  onEnded() {},
};
