import { type Payload, payloadOf, type Session, type UasInvite, type UasInviteHandler } from '@unisono/sip';
import type { ConnectedSide, Connection } from './connection.ts';
import { connectionOf } from './connection-of.ts';
import type { DeviceRef } from './device-dialog.ts';
import { connectedHeaders } from './identity-headers.ts';
import { handMicrophone, microphoneHeader, takesMicrophone } from './microphone.ts';
import type { TakeoverRequest } from './pick-up.ts';
import { restore } from './renegotiation.ts';
import { SdpFace } from './sdp-face.ts';
import type { CallServices } from './services.ts';

/**
 * Moves a running call to the device that asks for it (RFC 3891): the other party is offered the new device's
 * description, and when it accepts, the new device has the call and the old one is hung up. Only devices of the same
 * user may take a call over. What still rings at another of its user's devices, it answers.
 */
export function takeOver(services: CallServices, request: TakeoverRequest): void {
  const { invite, identity, replaced } = request;
  const { callId, toTag, fromTag } = replaced;
  // Some phones write the tags of a dialog event as its device has them, which is the other way round.
  const session = services.ua.findSession(callId, toTag, fromTag) ?? services.ua.findSession(callId, fromTag, toTag);
  const connection = session && connectionOf(session);
  const side = session && connection?.sideOf(session);
  if (!connection || !side || connection.isOver) {
    const calls = identity.station === undefined ? [] : services.userCalls.of(identity.station);
    if (session && calls.some((call) => call.moveMachine(session, request))) return;
    if (calls.some((call) => call.pickUp(request))) return;
    return invite.reject(481);
  }
  if (replaced.isEarlyOnly) return invite.reject(486);
  if (identity.station === undefined || side.station !== identity.station)
    return invite.reject(403, { reason: 'Not your call' });
  if (!connection.letGo(side)) return invite.reject(491);
  new Takeover(services, connection, side, request).start();
}

/** One device taking over from another. */
class Takeover implements UasInviteHandler {
  readonly #services: CallServices;
  readonly #connection: Connection;
  readonly #old: ConnectedSide;
  readonly #invite: UasInvite;
  readonly #device: DeviceRef | undefined;
  readonly #face: SdpFace;
  #hasSucceeded = false;
  #onAcknowledged: ((answer: Payload | undefined) => void) | undefined;

  constructor(services: CallServices, connection: Connection, old: ConnectedSide, { invite, device }: TakeoverRequest) {
    this.#services = services;
    this.#connection = connection;
    this.#old = old;
    this.#invite = invite;
    this.#device = device;
    this.#face = new SdpFace(services.random);
    invite.handler = this;
  }

  start(): void {
    this.#invite.trying();
    const partner = this.#connection.otherThan(this.#old);
    const { offer } = this.#invite;
    // Another exchange is open there: the device may ask again (RFC 3261 §14.1).
    if (!partner.session.canOffer) return this.#fail(491);
    partner.session.reinvite(partner.face.present(offer), (outcome) => {
      if (typeof outcome !== 'object' || outcome.status >= 300) return this.#fail(488);
      if (this.#invite.isOver || this.#connection.isOver) {
        partner.session.ack(outcome);
        if (!this.#connection.isOver) restore(this.#services, partner, this.#old);
        return this.#connection.keep('Taken over in vain');
      }
      if (offer) partner.session.ack(outcome);
      else this.#onAcknowledged = (answer) => partner.session.ack(outcome, partner.face.present(answer));
      this.#succeed(partner, payloadOf(outcome));
    });
  }

  onCancel(): void {
    // The old device has been hung up already: the call ends with the new one.
    if (this.#hasSucceeded) this.#connection.hangUp('The device that took over hung up');
    else this.#connection.keep('Taken over in vain');
  }

  onAck(_session: Session, payload: Payload | undefined): void {
    this.#onAcknowledged?.(payload);
  }

  #succeed(partner: ConnectedSide, description: Payload | undefined): void {
    this.#hasSucceeded = true;
    handMicrophone(this.#old.device?.microphone?.isMuted, this.#device, this.#invite.request);
    const headers = [
      ...connectedHeaders(partner.party, this.#services.domain()),
      ...takesMicrophone(this.#device),
      ...microphoneHeader(this.#device?.microphone?.isMuted),
    ];
    const session = this.#invite.accept({ payload: this.#face.present(description), headers });
    // The same user goes on: what the other party may know of it does not change.
    this.#connection.hand(this.#old, { ...this.#old, session, face: this.#face, device: this.#device });
    this.#old.session.bye([['Reason', 'SIP;cause=200;text="Call completed elsewhere"']]);
  }

  #fail(status: number): void {
    this.#invite.reject(status);
    this.#connection.keep('Could not be taken over');
  }

  onReinvite(...[, exchange]: Parameters<UasInviteHandler['onReinvite']>): void {
    exchange.reject(491);
  }

  onUpdate(...[session, update]: Parameters<UasInviteHandler['onUpdate']>): void {
    session.rejectUpdate(update, 491);
  }

  onRequest(...[, transaction]: Parameters<UasInviteHandler['onRequest']>): void {
    transaction.reply(491);
  }

  onBye(): void {}

  onEnded(): void {}
}
