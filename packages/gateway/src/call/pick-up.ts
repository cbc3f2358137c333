import type { CallerIdentity } from '@unisono/pbx';
import type { ExtraHeaders, Payload, Session, UasInvite, UasInviteHandler } from '@unisono/sip';
import type { AnsweringBranch, BranchAnswer } from './branch.ts';
import { crossAnswers } from './cross-answer.ts';
import type { DeviceRef } from './device-dialog.ts';
import { connectedHeaders } from './identity-headers.ts';
import { takesMicrophone } from './microphone.ts';
import type { LegRecord } from './record-builder.ts';
import type { ReplacedDialog } from './refer-target.ts';
import { SdpFace } from './sdp-face.ts';
import type { CallServices } from './services.ts';

/** An INVITE with Replaces from a phone that was authenticated. */
export interface TakeoverRequest {
  readonly invite: UasInvite;
  readonly identity: CallerIdentity;
  readonly replaced: ReplacedDialog;
  readonly device: DeviceRef | undefined;
}

/** A device that answers, by an INVITE of its own, what rings at another one (RFC 3891 §3). */
export class PickUp implements AnsweringBranch, UasInviteHandler {
  readonly record: LegRecord;
  readonly face: SdpFace;
  readonly device: DeviceRef | undefined;
  readonly #invite: UasInvite;

  constructor(services: CallServices, { invite, device }: TakeoverRequest, record: LegRecord) {
    this.record = record;
    this.face = new SdpFace(services.random);
    this.device = device;
    this.#invite = invite;
    invite.handler = this;
  }

  /** Answers the device; `toDevice` is the caller's description, `toCaller` the device's. */
  answer(
    { toDevice, toCaller }: { readonly toDevice: Payload; readonly toCaller: Payload },
    caller: CallerIdentity | undefined,
    domain: string,
    more: ExtraHeaders = [],
  ): BranchAnswer {
    const headers = [...connectedHeaders(caller, domain), ...takesMicrophone(this.device), ...more];
    const session = this.#invite.accept({ payload: this.face.present(toDevice), headers });
    const source = `${session.dialog.callId} ${session.dialog.localTag}`;
    return { branch: this, session, source, request: this.#invite.request, payload: toCaller };
  }

  /** The 200 was ours: nothing is to be acknowledged. */
  acknowledge(): void {}

  onCancel(): void {}

  onAck(): void {}

  onReinvite(...[, exchange]: Parameters<UasInviteHandler['onReinvite']>): void {
    exchange.reject(491);
  }

  onUpdate(...[session, update]: Parameters<UasInviteHandler['onUpdate']>): void {
    session.rejectUpdate(update, 491);
  }

  onRequest(_session: Session, transaction: Parameters<UasInviteHandler['onRequest']>[1]): void {
    transaction.reply(491);
  }

  onBye(): void {}

  onEnded(): void {}
}

/** What caller and device are answered; undefined when one of them made no offer, or they have nothing in common. */
export function descriptionsFor(
  callersOffer: Payload | undefined,
  invite: UasInvite,
): { toDevice: Payload; toCaller: Payload } | undefined {
  if (!callersOffer || !invite.offer) return undefined;
  const answers = crossAnswers(callersOffer, invite.offer);
  return answers && { toCaller: answers.toOne, toDevice: answers.toOther };
}
