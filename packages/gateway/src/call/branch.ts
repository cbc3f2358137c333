import type {
  DigestClient,
  ExtraHeaders,
  Flow,
  InviteOutcome,
  Payload,
  ServerTransaction,
  Session,
  SessionHandler,
  SipRequest,
  SipResponse,
  Target,
  UacInvite,
  UacInviteHandler,
  UserAgent,
} from '@unisono/sip';
import type { DeviceRef } from './device-dialog.ts';
import { takesMicrophone } from './microphone.ts';
import type { LegRecord } from './record-builder.ts';
import { SdpFace } from './sdp-face.ts';

/** One device or trunk that is being called. */
export interface BranchTarget {
  readonly uriText: string;
  readonly hops: readonly (Flow | Target)[];
  readonly routes: readonly string[];
  readonly hopIsOnlyWay: boolean;
  /** Which of the user's devices it is; absent for trunks. */
  readonly device?: DeviceRef | undefined;
  readonly authenticator?: DigestClient | undefined;
  readonly onHopFailed?: ((hop: Flow | Target) => void) | undefined;
}

export interface BranchInvite {
  readonly from: string;
  readonly to: string;
  readonly contactUser: string;
  readonly headers: ExtraHeaders;
  readonly offer: Payload | undefined;
  readonly maxForwards: number;
}

/** Who answered a call: a device that was called, or one that picked it up. */
export interface AnsweringBranch {
  readonly record: LegRecord;
  readonly face: SdpFace;
  readonly device: DeviceRef | undefined;
  /** Acknowledges the answer; with our own answer when the device made the offer. */
  acknowledge(answer: BranchAnswer, payload?: Payload): void;
}

/** The answer of a branch, not acknowledged yet. */
export interface BranchAnswer {
  readonly branch: AnsweringBranch;
  readonly session: Session;
  /** Call-ID and tag of the dialog that the answer is of. */
  readonly source: string;
  /** The 2xx, where one came. */
  readonly response?: SipResponse | undefined;
  /** The INVITE of a device that picked the call up. */
  readonly request?: SipRequest | undefined;
  readonly payload: Payload | undefined;
}

export interface BranchOwner {
  onBranchAlerting(branch: Branch, response: SipResponse, payload: Payload | undefined): void;
  onBranchAnswered(answer: BranchAnswer): void;
  onBranchFailed(branch: Branch, outcome: InviteOutcome): void;
}

/** One outgoing leg of a call, until it is answered or over. */
export class Branch implements UacInviteHandler, AnsweringBranch {
  readonly record: LegRecord;
  readonly device: DeviceRef | undefined;
  readonly face: SdpFace;
  readonly #owner: BranchOwner;
  readonly #invite: UacInvite;
  #isOver = false;
  /** Tag of the device, once it alerts. */
  #remoteTag: string | undefined;

  constructor(ua: UserAgent, target: BranchTarget, invite: BranchInvite, record: LegRecord, owner: BranchOwner) {
    this.record = record;
    this.device = target.device;
    this.face = new SdpFace(ua.layer.random);
    this.#owner = owner;
    this.#invite = ua.prepareInvite({
      ...target,
      from: invite.from,
      to: invite.to,
      contactUser: invite.contactUser,
      headers: [...invite.headers, ...takesMicrophone(target.device)],
      payload: this.face.present(invite.offer),
      maxForwards: invite.maxForwards,
      handler: this,
    });
  }

  /** Its dialog as far as it is, tags as seen from here. */
  get dialog(): { readonly callId: string; readonly localTag: string; readonly remoteTag: string | undefined } {
    const { callId, localTag } = this.#invite;
    return { callId, localTag, remoteTag: this.#remoteTag };
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** True once the other side said anything, be it 100. */
  get hasBeenHeard(): boolean {
    return this.#invite.hasBeenHeard;
  }

  start(): void {
    this.#invite.start();
  }

  /** Stops the device ringing; nothing more is told to the owner. */
  cancel(reason?: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#invite.cancel(reason);
  }

  /** Acknowledges the answer; with our own answer when the device made the offer. */
  acknowledge(answer: BranchAnswer, payload?: Payload): void {
    const { session, response } = answer;
    if (response) this.#invite.acknowledge(session, response, this.face.present(payload));
  }

  onProgress(_invite: UacInvite, response: SipResponse, payload: Payload | undefined): void {
    this.#remoteTag ??= response.to.tag;
    if (!this.#isOver) this.#owner.onBranchAlerting(this, response, payload);
  }

  onAnswer(_invite: UacInvite, session: Session, response: SipResponse): void {
    this.#isOver = true;
    const source = sourceOf(response);
    this.#owner.onBranchAnswered({ branch: this, session, source, response, payload: session.remotePayload });
  }

  onFailure(_invite: UacInvite, outcome: InviteOutcome): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#owner.onBranchFailed(this, outcome);
  }

  // A device may speak in its early dialog; nothing there changes the call before it is answered.

  onReinvite(...[, exchange]: Parameters<SessionHandler['onReinvite']>): void {
    exchange.reject(491);
  }

  onUpdate(session: Session, update: ServerTransaction): void {
    session.rejectUpdate(update, 491);
  }

  onRequest(_session: Session, request: ServerTransaction): void {
    request.reply(request.request.method === 'INFO' || request.request.method === 'OPTIONS' ? 200 : 481);
  }

  onBye(): void {}

  onEnded(): void {}
}

/** One answering party: the dialog that its response is of. */
export function sourceOf(response: SipResponse): string {
  return `${response.callId} ${response.to.tag}`;
}
