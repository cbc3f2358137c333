import type { MediaEngine, MediaProfile } from '@unisono/media';
import { parseSessionExpires, type SipRequest, type SipResponse, type Target } from '@unisono/sip';
import { opposite, type Side } from '../side.ts';
import type { FlowRef } from '../token/tokens.ts';
import { Lane } from './lane.ts';
import { MediaPath } from './media-path.ts';

/** One end of a call's dialog, as far as it has shown itself. */
export interface Party {
  tag: string | undefined;
  /** From or To value, tag included. */
  address: string;
  /** URI of its Contact. */
  contact: string | undefined;
  /** Highest CSeq it has sent. */
  sequence: number;
}

export interface BorderCallParts {
  /** Names the call in tokens and towards the media engine. */
  readonly key: string;
  readonly callId: string;
  /** Who sent the INVITE. */
  readonly caller: Side;
  readonly client: FlowRef;
  readonly gateway: Target;
  /** Route set behind the gateway. */
  readonly routes: readonly string[];
  /** What the client is offered. */
  readonly profile: MediaProfile;
  readonly engine: MediaEngine;
  readonly nowMs: number;
  readonly onError: (error: unknown) => void;
}

export type CallPhase =
  /** The INVITE waits for its final answer. */
  'early' | 'confirmed' | 'ended';

/** A call that goes on after a client's way to us is gone: how long that is so. */
export interface Reach {
  lostAtMs: number | undefined;
}

/** A pending INVITE of the call that can be given up on both sides. */
export interface PendingInvite {
  giveUp(status: number, text: string): void;
}

/** One call as it crosses the border: who its parties are, its media, and its messages in order. */
export class BorderCall implements Reach {
  readonly key: string;
  readonly callId: string;
  readonly caller: Side;
  readonly client: FlowRef;
  readonly gateway: Target;
  routes: readonly string[];
  profile: MediaProfile;
  readonly lane: Lane;
  readonly media: MediaPath;
  readonly startedAtMs: number;
  readonly parties: Readonly<Record<Side, Party>>;
  phase: CallPhase = 'early';
  /** The INVITE that waits for its final answer, the first or a later one. */
  pendingInvite: PendingInvite | undefined;
  lostAtMs: number | undefined;
  /** When it is over unless it is refreshed (RFC 4028); undefined without a session timer. */
  expiresAtMs: number | undefined;

  constructor(parts: BorderCallParts) {
    this.key = parts.key;
    this.callId = parts.callId;
    this.caller = parts.caller;
    this.client = parts.client;
    this.gateway = parts.gateway;
    this.routes = parts.routes;
    this.profile = parts.profile;
    this.startedAtMs = parts.nowMs;
    this.lane = new Lane(parts.onError);
    this.media = new MediaPath(parts.engine, parts.key);
    this.parties = { outside: unknownParty(), inside: unknownParty() };
  }

  /** True when the tags of a request are those of this call's dialog, or of one of its early dialogs. */
  isOf(request: SipRequest, from: Side): boolean {
    const own = this.parties[from].tag;
    const other = this.parties[opposite(from)].tag;
    const mayBeEarly = this.phase === 'early';
    return (
      request.callId === this.callId &&
      (own === request.from.tag || (mayBeEarly && from !== this.caller)) &&
      (other === request.to.tag || (mayBeEarly && from === this.caller))
    );
  }

  /** Notes what a request that passes says of its sender. */
  noteRequest(request: SipRequest, from: Side): void {
    const sender = this.parties[from];
    sender.tag = request.from.tag;
    sender.address = request.headers.get('From') ?? '';
    sender.contact = request.contact?.uriText ?? sender.contact;
    if (request.method !== 'ACK') sender.sequence = Math.max(sender.sequence, request.cseq.sequence);
    const receiver = this.parties[opposite(from)];
    if (request.to.tag === undefined) return;
    receiver.tag ??= request.to.tag;
    if (receiver.address === '') receiver.address = request.headers.get('To') ?? '';
  }

  /** Notes what a response to the first or a later INVITE, or to UPDATE, says of its sender. */
  noteResponse(response: SipResponse, method: string, from: Side, nowMs: number): void {
    if (response.status <= 100 || response.status >= 300) return;
    if (method !== 'INVITE' && method !== 'UPDATE') return;
    const sender = this.parties[from];
    if (this.phase !== 'confirmed' || sender.tag === response.to.tag) {
      sender.tag = response.to.tag;
      sender.address = response.headers.get('To') ?? '';
      sender.contact = response.contact?.uriText ?? sender.contact;
    }
    if (response.status < 200) return;
    if (method === 'INVITE' && this.phase === 'early') this.phase = 'confirmed';
    this.#noteSessionTimer(response, nowMs);
  }

  /** Two minutes beyond what was agreed, so that whoever keeps the timer acts first. */
  #noteSessionTimer({ headers }: SipResponse, nowMs: number): void {
    const agreed = parseSessionExpires(headers.get('Session-Expires') ?? '');
    this.expiresAtMs = agreed ? nowMs + (agreed.expiresSec + 120) * 1_000 : undefined;
  }
}

function unknownParty(): Party {
  return { tag: undefined, address: '', contact: undefined, sequence: 0 };
}
