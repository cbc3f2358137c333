import type { EndpointErrorCode, MediaEndpoint } from '@unisono/media';
import {
  type ExtraHeaders,
  type Payload,
  type ReinviteExchange,
  type ServerTransaction,
  type Session,
  type SessionEnd,
  type SessionHandler,
  type SipRequest,
  sdpPayload,
  type UasInvite,
} from '@unisono/sip';
import type { DeviceRef } from '../call/device-dialog.ts';
import { COMPLETED_ELSEWHERE } from '../call/identity-headers.ts';
import { isAboutMicrophone, takeMicrophone, takesMicrophone } from '../call/microphone.ts';
import type { SdpFace } from '../call/sdp-face.ts';
import { type AnsweringSide, answerReinvite, answerUpdate } from './answering-side.ts';
import { digitIn } from './info-digit.ts';
import { type DeviceChange, MOVED_AWAY, moveLeg } from './moved-leg.ts';

export interface MachineLegOwner {
  /** The machine answered. */
  onMachineAnswered(): void;
  /** It could not: the INVITE has been refused with this status. */
  onMachineFailed(status: number, reason: string): void;
  /** The call is over: the caller hung up, or the machine did (`hungUpByMachine`). */
  onMachineEnded(why: 'bye' | SessionEnd | 'machine', bye: SipRequest | undefined): void;
  /** A REFER in the call; absent: it is declined. */
  onMachineRefer?: ((session: Session, refer: ServerTransaction) => void) | undefined;
  /** Something that others may see of the caller's dialog is different now. */
  onMachineChanged(): void;
}

const STATUS: Readonly<Record<EndpointErrorCode, number>> = {
  'bad-sdp': 400,
  'no-ports': 503,
  'bind-failed': 503,
  closed: 487,
  'no-offer': 488,
} as Readonly<Record<EndpointErrorCode, number>>;

/** A call between a phone and a machine of ours: an echo, an announcement, a signal. */
export class MachineLeg implements SessionHandler {
  #invite: UasInvite;
  #device: DeviceRef | undefined;
  readonly #endpoint: MediaEndpoint;
  #headers: ExtraHeaders;
  readonly #owner: MachineLegOwner;
  #session: Session | undefined;
  /** How descriptions look to a device that came later. */
  #face: SdpFace | undefined;
  #isOver = false;

  constructor(
    invite: UasInvite,
    device: DeviceRef | undefined,
    endpoint: MediaEndpoint,
    headers: ExtraHeaders,
    owner: MachineLegOwner,
  ) {
    this.#invite = invite;
    this.#device = device;
    this.#endpoint = endpoint;
    this.#headers = headers;
    this.#owner = owner;
  }

  /** Once the machine has answered. */
  get session(): Session | undefined {
    return this.#session;
  }

  /** A device that comes later is told this of whom it is connected to. */
  introduceAs(headers: ExtraHeaders): void {
    this.#headers = headers;
  }

  async start(): Promise<void> {
    const { offer } = this.#invite;
    const result = await (offer ? this.#endpoint.answer(offer.bytes, this.#source()) : this.#endpoint.offer());
    if (this.#isOver) return;
    if (!result.ok) {
      this.#isOver = true;
      this.#endpoint.close();
      const status = STATUS[result.code] ?? 488;
      this.#invite.reject(status, { headers: [['Warning', `399 unisono "${result.message.replace(/["\\]/g, "'")}"`]] });
      return this.#owner.onMachineFailed(status, result.message);
    }
    const headers = [...this.#headers, ...takesMicrophone(this.#device)];
    this.#session = this.#invite.accept({ payload: sdpPayload(result.sdp), headers });
    this.#session.handler = this;
    this.#owner.onMachineAnswered();
  }

  /** Another device of the caller goes on with it; `moved` when it has. */
  async moveTo(change: Omit<DeviceChange, 'from'>, moved: () => void): Promise<void> {
    const { invite, face, to } = change;
    const old = this.#session;
    if (!old || this.#isOver) return invite.reject(481);
    const isWanted = () => !this.#isOver && this.#session === old;
    const move = { ...change, from: this.#device, endpoint: this.#endpoint, old, headers: this.#headers, isWanted };
    const session = await moveLeg(move);
    if (!session) return;
    this.#invite = invite;
    this.#device = to;
    this.#face = face;
    this.#session = session;
    session.handler = this;
    old.handler = MOVED_AWAY;
    moved();
    old.bye([['Reason', COMPLETED_ELSEWHERE]]);
  }

  /** The ACK came; it carries the answer when the caller made no offer. */
  acknowledged(payload: Payload | undefined): void {
    if (payload && !this.#invite.offer) this.#endpoint.accept(payload.bytes, this.#source());
  }

  /** The caller gave up before the answer. */
  cancel(): void {
    this.#isOver = true;
    this.#endpoint.close();
  }

  /** The machine has said all it had to say. */
  hangUp(reason?: string): void {
    if (this.#isOver) return;
    this.#session?.bye(reason === undefined ? undefined : [['Reason', reason]]);
    this.#end('machine', undefined);
  }

  onReinvite(session: Session, exchange: ReinviteExchange): void {
    void answerReinvite(this.#answering, session, exchange);
  }

  onUpdate(session: Session, update: ServerTransaction): void {
    void answerUpdate(this.#answering, session, update);
  }

  onRequest(session: Session, transaction: ServerTransaction): void {
    const { method } = transaction.request;
    if (method === 'REFER' && this.#owner.onMachineRefer) return this.#owner.onMachineRefer(session, transaction);
    if (isAboutMicrophone(transaction.request)) {
      if (takeMicrophone(this.#device, transaction)) this.#owner.onMachineChanged();
      return;
    }
    const digit = method === 'INFO' ? digitIn(transaction.request) : undefined;
    if (digit !== undefined) this.#endpoint.press({ digit, durationMs: 0 });
    transaction.reply(method === 'INFO' || method === 'OPTIONS' ? 200 : method === 'REFER' ? 603 : 501);
  }

  onBye(_session: Session, bye: SipRequest): void {
    this.#end('bye', bye);
  }

  onEnded(_session: Session, end: SessionEnd): void {
    this.#end(end, undefined);
  }

  get #answering(): AnsweringSide {
    return {
      endpoint: this.#endpoint,
      source: this.#source(),
      present: (sdp) => this.#present(sdp),
      refusalOf: (code) => STATUS[code] ?? 488,
      onChanged: () => this.#owner.onMachineChanged(),
    };
  }

  #present(sdp: string): Payload | undefined {
    const payload = sdpPayload(sdp);
    return this.#face ? this.#face.present(payload) : payload;
  }

  #source(): { fromAddresses: readonly string[] } {
    return { fromAddresses: [this.#invite.flow.remoteAddress] };
  }

  #end(why: 'bye' | SessionEnd | 'machine', bye: SipRequest | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#endpoint.close();
    this.#owner.onMachineEnded(why, bye);
  }
}
