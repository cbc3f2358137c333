import type {
  AnswerRequest,
  MediaCallStatistics,
  MediaEngine,
  MediaEngineError,
  MediaEngineResult,
  MediaEngineSnapshot,
  MediaKey,
  MediaProfile,
  MediaSide,
  OfferRequest,
} from '@unisono/media';

/** An exchange that the engine was asked for. */
export interface Asked {
  readonly kind: 'offer' | 'answer';
  readonly callId: string;
  readonly from: MediaSide;
  readonly fromTag: string;
  readonly toTag: string | undefined;
  readonly security: string | undefined;
  readonly signalledFrom: readonly string[] | undefined;
}

interface FakeCall {
  /** Offerers' tags with an offer that may be answered. */
  readonly offers: Map<string, { readonly by: MediaSide; readonly spoke: string }>;
}

const ADDRESSES: Readonly<Record<MediaSide, string>> = { outside: '203.0.113.1', inside: '10.0.0.2' };

/**
 * An engine without media: it puts its own address and port into descriptions, answers later as a real one does, and
 * objects to whatever a real one could not follow: an answer nobody offered for, tags that do not fit, calls left over.
 */
export class FakeEngine implements MediaEngine {
  readonly asked: Asked[] = [];
  /** Answers the next requests with errors, in this order. */
  readonly failures: (MediaEngineError | undefined)[] = [];
  /** Called before each answer, to let time pass or to change something meanwhile. */
  pause: () => Promise<void> = () => Promise.resolve();
  readonly #calls = new Map<string, FakeCall>();
  #port = 30_000;

  /** Calls that were not given back. */
  get calls(): string[] {
    return [...this.#calls.keys()];
  }

  async offer(request: OfferRequest): Promise<MediaEngineResult> {
    this.#note('offer', request, request.from.side, request.profile.security, request.from.signalledFrom);
    await this.pause();
    const failure = this.failures.shift();
    if (failure) return { ok: false, error: failure };
    const call = this.#calls.get(request.callId) ?? { offers: new Map() };
    this.#calls.set(request.callId, call);
    const spoke = protocolOf(request.sdp);
    call.offers.set(request.fromTag, { by: request.from.side, spoke });
    return { ok: true, sdp: this.#rewrite(request.sdp, request.to.side, protocolFor(request.profile)) };
  }

  async answer(request: AnswerRequest): Promise<MediaEngineResult> {
    this.#note('answer', request, request.from.side, undefined, request.from.signalledFrom);
    await this.pause();
    const failure = this.failures.shift();
    if (failure) return { ok: false, error: failure };
    const offer = this.#calls.get(request.callId)?.offers.get(request.fromTag);
    if (!offer) return unknown(`no offer of tag ${request.fromTag} in call ${request.callId}`);
    if (offer.by === request.from.side) return unknown('the answer comes from the side of the offer');
    if (!request.toTag) return unknown('an answer needs the tag of whoever answers');
    return { ok: true, sdp: this.#rewrite(request.sdp, offer.by, offer.spoke) };
  }

  delete({ callId }: Pick<MediaKey, 'callId'>): Promise<void> {
    this.#calls.delete(callId);
    return Promise.resolve();
  }

  query(callId: string): Promise<MediaCallStatistics | undefined> {
    const isKnown = this.#calls.has(callId);
    return Promise.resolve(isKnown ? { callId, startedAtMs: 0, legs: [] } : undefined);
  }

  snapshot(): MediaEngineSnapshot {
    const calls = this.#calls.size;
    return { kind: 'embedded', calls, portsUsed: calls * 4, portsTotal: 1_000, available: 1, configured: 1 };
  }

  close(): Promise<void> {
    this.#calls.clear();
    return Promise.resolve();
  }

  #note(
    kind: Asked['kind'],
    { callId, fromTag, toTag }: MediaKey,
    from: MediaSide,
    security: string | undefined,
    signalledFrom: readonly string[] | undefined,
  ): void {
    this.asked.push({ kind, callId, from, fromTag, toTag, security, signalledFrom });
  }

  #rewrite(sdp: string, side: MediaSide, protocol: string): string {
    this.#port += 2;
    const address = ADDRESSES[side];
    return sdp
      .replace(/^o=(\S+ \S+ \S+) IN IP4 \S+/m, `o=$1 IN IP4 ${address}`)
      .replace(/^c=IN IP4 \S+/gm, `c=IN IP4 ${address}`)
      .replace(/^m=audio \d+ \S+/m, `m=audio ${this.#port} ${protocol}`);
  }
}

function protocolFor({ security }: MediaProfile): string {
  return { plain: 'RTP/AVP', sdes: 'RTP/SAVP', dtls: 'UDP/TLS/RTP/SAVPF' }[security];
}

function protocolOf(sdp: string): string {
  return /^m=audio \d+ (\S+)/m.exec(sdp)?.[1] ?? 'RTP/AVP';
}

function unknown(message: string): MediaEngineResult {
  return { ok: false, error: { code: 'unknown-call', message } };
}
