import type { MediaEndpoint } from '@unisono/media';
import {
  type ExtraHeaders,
  type ReinviteExchange,
  type ServerTransaction,
  type Session,
  type SessionEnd,
  type SessionHandler,
  sdpPayload,
  type UasInvite,
} from '@unisono/sip';
import type { Call } from '../call/call.ts';
import type { ConnectedSide, Connection } from '../call/connection.ts';
import { type DeviceDialog, type DeviceRef, isHolding } from '../call/device-dialog.ts';
import { COMPLETED_ELSEWHERE, connectedHeaders } from '../call/identity-headers.ts';
import { isAboutMicrophone, takeMicrophone } from '../call/microphone.ts';
import { describeAnew, restore, type ShownParty } from '../call/renegotiation.ts';
import { SdpFace } from '../call/sdp-face.ts';
import { type AnsweringSide, answerReinvite, answerUpdate } from './answering-side.ts';
import { digitIn } from './info-digit.ts';
import { MOVED_AWAY, moveLeg } from './moved-leg.ts';

/** What a side of a call hears that has nobody of the call on the other end any more: a conference, a machine. */
export interface Host {
  /** Whom its display names. */
  readonly shown: ShownParty;
  /** Contact of another dialog with it; absent: the ordinary one. */
  readonly contact?: { readonly user: string; readonly parameters: string } | undefined;
  /** A REFER of the side. */
  onRefer(session: Session, refer: ServerTransaction): void;
  /** Something that others may see of the side is different now. */
  onChanged(): void;
  /** It is going; gives a sentence for the record of its call. */
  onLeaving(why: 'bye' | SessionEnd): string;
  /** Its call is over. */
  onLeft(): void;
}

/** The remaining side of a call that goes on with an endpoint of ours, until one of the two hangs up. */
export class HostedSide implements SessionHandler {
  readonly call: Call;
  #side: ConnectedSide;
  readonly #endpoint: MediaEndpoint;
  readonly #host: Host;
  readonly #sinceMs: number;
  #isOver = false;

  constructor(call: Call, side: ConnectedSide, endpoint: MediaEndpoint, host: Host) {
    this.call = call;
    this.#side = side;
    this.#endpoint = endpoint;
    this.#host = host;
    this.#sinceMs = call.services.clock.epochMs();
    side.session.handler = this;
  }

  get side(): ConnectedSide {
    return this.#side;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** As `Call.dialogsOf`. */
  dialogsOf(station: string): DeviceDialog[] {
    const { session, device, direction } = this.#side;
    if (this.#side.station !== station) return [];
    const { callId, localTag, remoteTag } = session.dialog;
    return [
      {
        device,
        direction,
        state: 'confirmed',
        callId,
        deviceTag: remoteTag,
        gatewayTag: localTag,
        remote: this.#host.shown,
        isHolding: isHolding(session.remotePayload),
        confirmedAtMs: this.#sinceMs,
      },
    ];
  }

  /** True for the dialog with the party, when that is of this station. */
  isOf(session: Session, station: string | undefined): boolean {
    return this.#side.session === session && station !== undefined && this.#side.station === station;
  }

  /** Another device of the party's user goes on with it. */
  async moveTo(invite: UasInvite, device: DeviceRef | undefined): Promise<void> {
    const { session: old, device: from } = this.#side;
    const { services } = this.call;
    const { shown, contact } = this.#host;
    const face = new SdpFace(services.random);
    const headers = connectedHeaders(shown, services.domain());
    if (contact) invite.contactAs(contact.user, contact.parameters);
    const isWanted = () => !this.#isOver && this.#side.session === old;
    const session = await moveLeg({
      endpoint: this.#endpoint,
      old,
      invite,
      face,
      from,
      to: device,
      headers,
      isWanted,
    });
    if (!session) return;
    this.#side = { ...this.#side, session, face, device };
    session.handler = this;
    old.handler = MOVED_AWAY;
    this.#changed();
    old.bye([['Reason', COMPLETED_ELSEWHERE]]);
  }

  /** Hangs the party up. */
  close(detail: string, reason?: string): void {
    if (this.#isOver) return;
    this.#side.session.bye(reason === undefined ? undefined : [['Reason', reason]]);
    this.#leave('closed', detail);
  }

  onReinvite(session: Session, exchange: ReinviteExchange): void {
    void answerReinvite(this.#answering, session, exchange);
  }

  onUpdate(session: Session, update: ServerTransaction): void {
    void answerUpdate(this.#answering, session, update);
  }

  onRequest(session: Session, transaction: ServerTransaction): void {
    const { method } = transaction.request;
    if (isAboutMicrophone(transaction.request)) {
      if (takeMicrophone(this.#side.device, transaction)) this.#changed();
      return;
    }
    if (method === 'REFER') return this.#host.onRefer(session, transaction);
    const digit = method === 'INFO' ? digitIn(transaction.request) : undefined;
    if (digit !== undefined) this.#endpoint.press({ digit, durationMs: 0 });
    transaction.reply(method === 'INFO' || method === 'OPTIONS' ? 200 : 501);
  }

  onBye(): void {
    this.#leave('bye');
  }

  onEnded(_session: Session, end: SessionEnd): void {
    this.#leave(end);
  }

  get #answering(): AnsweringSide {
    return {
      endpoint: this.#endpoint,
      present: (sdp) => this.#side.face.present(sdpPayload(sdp)),
      refusalOf: () => 488,
      onChanged: () => this.#changed(),
    };
  }

  #changed(): void {
    this.call.services.userCalls.changed(this.#side.station);
    this.#host.onChanged();
  }

  #leave(why: 'bye' | SessionEnd, detail?: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#endpoint.close();
    const said = this.#host.onLeaving(why);
    const { station, lease } = this.#side;
    if (station !== undefined) this.call.services.userCalls.leave(station, this.call);
    lease?.release();
    this.call.onConnectionEnd(detail ?? said);
    this.#host.onLeft();
  }
}

/** Offers the side that remains of a call what an endpoint of ours describes; `done` runs once, with false when it was in vain. */
export async function offerEndpoint(
  connection: Connection,
  rest: ConnectedSide,
  endpoint: MediaEndpoint,
  headers: ExtraHeaders,
  done: (isTaken: boolean) => void,
): Promise<void> {
  const offer = await endpoint.offer();
  if (!offer.ok) return done(false);
  const isStillWanted = () => !connection.isOver;
  const wish = { offer: () => sdpPayload(offer.sdp), headers, isStillWanted };
  describeAnew(connection.call.services, rest, wish, (answer) => {
    const accepted = answer?.payload && endpoint.accept(answer.payload.bytes);
    const isTaken = accepted?.ok === true && !connection.isOver;
    // It was told to hear us: it shall hear again whom it heard before.
    if (answer && !isTaken && !connection.isOver) restore(connection.call.services, rest, connection.otherThan(rest));
    done(isTaken);
  });
}
