import { canonicalAddress } from '../canonical-address.ts';
import { OCTETS_PER_MS } from '../codec/codec.ts';
import type { DtmfDigit } from '../rtp/dtmf-receiver.ts';
import { DtmfSender, isDialString } from '../rtp/dtmf-sender.ts';
import { RTP_HEADER_OCTETS, type RtpHeader } from '../rtp/packet.ts';
import { TELEPHONE_EVENT_OCTETS } from '../rtp/telephone-event.ts';
import { type OfferErrorCode, readOffer } from '../sdp/answer.ts';
import { buildAnswer, buildOffer } from '../sdp/build.ts';
import type { Direction, SdpBody, SessionDescription } from '../sdp/model.ts';
import { type AudioCapability, acceptAnswer, type CodecName, type NegotiatedAudio } from '../sdp/negotiation.ts';
import { parseSdp } from '../sdp/parse.ts';
import type { Behaviour, FrameSender } from './behaviour.ts';
import type { MediaHost } from './host.ts';
import { LocalDescriptions } from './local-descriptions.ts';
import { FRAME_MS, type Paced } from './pacer.ts';
import { Stream, type StreamSnapshot } from './stream.ts';

/** Why an endpoint cannot do what it was asked. `bad-sdp` deserves a 400, `no-ports` a 503, the negotiation's a 488. */
export type EndpointErrorCode = OfferErrorCode | 'no-ports' | 'bind-failed' | 'closed' | 'no-offer';

export type EndpointResult =
  | { readonly ok: true; readonly sdp: string }
  | { readonly ok: false; readonly code: EndpointErrorCode; readonly message: string };

export type AcceptResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: EndpointErrorCode; readonly message: string };

/** What the signalling knows beside the text of a description. */
export interface Signalled {
  /**
   * Addresses the peer's signalling came from. Packets from there are the peer's too, beside those from the address in
   * its description: hosts with several addresses often announce another one than they send from. When the announced
   * address is of a family this host does not speak, packets go to the first of these instead.
   */
  readonly fromAddresses?: readonly string[];
  /**
   * Own address to tell this peer, of the host's family. Default: the host's. For hosts with several networks: the address
   * the peer's signalling came in at.
   */
  readonly announcedAddress?: string;
}

/** One side of a media stream that lives here. It answers and offers until it is closed. */
export interface MediaEndpoint {
  /** Answers the first offer or a later one (re-INVITE, UPDATE); a refused later offer leaves everything as it was. */
  answer(offer: SdpBody, signalled?: Signalled): Promise<EndpointResult>;
  /** Makes an offer: for an INVITE without one, or in a running session. */
  offer(signalled?: Signalled): Promise<EndpointResult>;
  /** Takes the answer to the last offer; a refused answer leaves everything as it was. */
  accept(answer: SdpBody, signalled?: Signalled): AcceptResult;
  /** Sends a dial string as RTP events; false when there is a character that is no digit, or events were not agreed. */
  sendDigits(digits: string): boolean;
  /** A key of the peer that came by signalling and not by the stream. */
  press(digit: DtmfDigit): void;
  /** Gives ports and pace back; idempotent. */
  close(): void;
  snapshot(): EndpointSnapshot;
}

export interface EndpointOptions {
  /** Codecs in order of preference when offering. Default: `DEFAULT_CODECS`. */
  readonly codecs?: readonly CodecName[];
  /** Each digit that the peer sends, once. */
  readonly onDtmf?: (digit: DtmfDigit) => void;
  /** Silence of the peer after which `onInactive` is called. Default: `DEFAULT_INACTIVITY_MS`; 0 switches it off. */
  readonly inactivityMs?: number;
  /** The peer sent nothing for `silentMs` though it should; called once until it is heard again. */
  readonly onInactive?: (silentMs: number) => void;
  /** It was closed, by whomever; called once. */
  readonly onClose?: () => void;
}

export interface EndpointSnapshot {
  readonly kind: string;
  readonly state: 'new' | 'running' | 'closed';
  /** What this side may do now; null before anything was agreed. */
  readonly direction: Direction | null;
  readonly codec: CodecName | null;
  readonly stream: StreamSnapshot | null;
}

export const DEFAULT_CODECS: readonly CodecName[] = ['G722', 'PCMA', 'PCMU'];
export const DEFAULT_INACTIVITY_MS = 30_000;
/** Milliseconds of audio per packet that endpoints ask for. */
const OWN_PTIME_MS = 20;
const MAX_PTIME_MS = 60;
const HOUSEKEEPING_TICKS = 10;

/** The one implementation of `MediaEndpoint`; what distinguishes echo, player and recorder is their behaviour. */
export class BehaviourEndpoint implements MediaEndpoint, Paced, FrameSender {
  readonly #host: MediaHost;
  readonly #behaviour: Behaviour;
  readonly #options: EndpointOptions;
  readonly #capability: AudioCapability;
  readonly #descriptions: LocalDescriptions;
  readonly #dtmf = new DtmfSender();
  #opening: Promise<Stream | EndpointResult> | null = null;
  #stream: Stream | null = null;
  #finalSnapshot: StreamSnapshot | null = null;
  #isClosed = false;
  #audio: NegotiatedAudio | null = null;
  #ptimeMs = OWN_PTIME_MS;
  #owedMs = 0;
  #timestamp: number;
  #markNext = true;
  #ticks = 0;
  #isInactive = false;
  #forwardOffset = 0;

  constructor(host: MediaHost, behaviour: Behaviour, options: EndpointOptions) {
    this.#host = host;
    this.#behaviour = behaviour;
    this.#options = options;
    this.#capability = {
      codecs: options.codecs ?? DEFAULT_CODECS,
      telephoneEvents: true,
      direction: behaviour.direction,
      families: [host.family],
    };
    this.#descriptions = new LocalDescriptions(host.random);
    this.#timestamp = host.random.int(0x1_0000_0000);
  }

  async answer(offer: SdpBody, signalled: Signalled = {}): Promise<EndpointResult> {
    const read = readOffer(offer, this.#capability, fromAddresses(signalled));
    if (!read.ok) return { ok: false, ...read.error };
    const stream = await this.#open();
    if (!(stream instanceof Stream)) return stream;
    // Offers of both sides never overlap (RFC 3264 §4): an own one that still waits was refused.
    this.#descriptions.takeOffer();
    const sdp = this.#descriptions.next(
      (local) => buildAnswer(read.offer, read.audio, local),
      this.#local(stream, signalled),
    );
    this.#apply(stream, read.audio, signalled);
    return { ok: true, sdp };
  }

  async offer(signalled: Signalled = {}): Promise<EndpointResult> {
    const stream = await this.#open();
    if (!(stream instanceof Stream)) return stream;
    const sdp = this.#descriptions.nextOffer(
      (local, previous) => buildOffer(local, this.#capability, previous),
      this.#local(stream, signalled),
      this.#audio?.mediaIndex ?? 0,
    );
    return { ok: true, sdp };
  }

  accept(answer: SdpBody, signalled: Signalled = {}): AcceptResult {
    const offer = this.#descriptions.takeOffer();
    if (!offer || !this.#stream) return { ok: false, code: 'no-offer', message: 'no offer waits for an answer' };
    const parsed = parseSdp(answer);
    if (!parsed.ok) {
      return { ok: false, code: 'bad-sdp', message: `the answer is no session description: ${parsed.error.reason}` };
    }
    return this.#acceptParsed(this.#stream, offer, parsed.sdp, signalled);
  }

  sendDigits(digits: string): boolean {
    if (!isDialString(digits) || !this.#audio?.events) return false;
    this.#dtmf.enqueue(digits);
    return true;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#host.pacer.remove(this);
    this.#finalSnapshot = this.#stream?.snapshot() ?? null;
    this.#stream?.close();
    this.#stream = null;
    this.#host.notify(this.#options.onClose, undefined);
  }

  press(digit: DtmfDigit): void {
    if (!this.#isClosed) this.#host.notify(this.#options.onDtmf, digit);
  }

  snapshot(): EndpointSnapshot {
    return {
      kind: this.#behaviour.kind,
      state: this.#isClosed ? 'closed' : this.#audio ? 'running' : 'new',
      direction: this.#audio?.direction ?? null,
      codec: this.#audio?.formats[0].codec ?? null,
      stream: this.#stream?.snapshot() ?? this.#finalSnapshot,
    };
  }

  tick(nowMs: number, skippedMs: number): void {
    const stream = this.#stream;
    if (!stream || !this.#audio) return;
    this.#timestamp = (this.#timestamp + skippedMs * OCTETS_PER_MS) >>> 0;
    this.#owedMs += FRAME_MS;
    this.#sendOwed(stream, this.#audio);
    if (++this.#ticks % HOUSEKEEPING_TICKS !== 0) return;
    stream.housekeep(nowMs);
    this.#watchInactivity(stream, nowMs);
  }

  get canSend(): boolean {
    return this.#stream?.canSend ?? false;
  }

  forward(packet: Buffer, header: RtpHeader, payloadType: number, isNewSource: boolean): void {
    const out = this.#host.packet();
    const { payloadStart, payloadEnd, timestamp } = header;
    const octets = packet.copy(out, RTP_HEADER_OCTETS, payloadStart, payloadEnd);
    if (isNewSource) this.#forwardOffset = (this.#timestamp - timestamp) >>> 0;
    const forwarded = (timestamp + this.#forwardOffset) >>> 0;
    this.#stream?.send(out, payloadType, forwarded, header.marker || isNewSource, octets);
  }

  async #open(): Promise<Stream | EndpointResult> {
    if (this.#isClosed) return CLOSED;
    this.#opening ??= this.#openStream();
    const opened = await this.#opening;
    return this.#isClosed ? CLOSED : opened;
  }

  async #openStream(): Promise<Stream | EndpointResult> {
    const result = await this.#host.openPair();
    if (!result.ok) {
      this.#opening = null;
      return result;
    }
    if (this.#isClosed) {
      this.#host.closePair(result.pair);
      return CLOSED;
    }
    this.#stream = new Stream(
      this.#host,
      result.pair,
      (packet, header, format, isNew) => this.#behaviour.consume?.(packet, header, format, isNew, this),
      (digit) => this.#host.notify(this.#options.onDtmf, digit),
    );
    return this.#stream;
  }

  #local(stream: Stream, signalled: Signalled) {
    const address = signalled.announcedAddress ?? this.#host.announcedAddress;
    return { address, port: stream.localPort, ptimeMs: OWN_PTIME_MS };
  }

  #acceptParsed(
    stream: Stream,
    offer: SessionDescription,
    answer: SessionDescription,
    signalled: Signalled,
  ): AcceptResult {
    const result = acceptAnswer(
      offer,
      answer,
      this.#audio?.mediaIndex ?? 0,
      this.#capability,
      fromAddresses(signalled),
    );
    if (!result.ok) return { ok: false, code: result.error.code, message: result.error.reason };
    this.#apply(stream, result.audio, signalled);
    return { ok: true };
  }

  #apply(stream: Stream, audio: NegotiatedAudio, signalled: Signalled): void {
    this.#audio = audio;
    this.#ptimeMs = usablePtimeMs(audio.wantedPtimeMs);
    this.#owedMs = 0;
    this.#markNext = true;
    this.#isInactive = false;
    if (!audio.events) this.#dtmf.clear();
    stream.apply(audio, fromAddresses(signalled));
    this.#host.pacer.add(this);
  }

  #sendOwed(stream: Stream, audio: NegotiatedAudio): void {
    for (;;) {
      const frameMs = this.#dtmf.isIdle ? this.#ptimeMs : FRAME_MS;
      if (this.#owedMs < frameMs) return;
      this.#owedMs -= frameMs;
      if (stream.canSend) this.#sendFrame(stream, audio, frameMs * OCTETS_PER_MS);
      this.#timestamp = (this.#timestamp + frameMs * OCTETS_PER_MS) >>> 0;
    }
  }

  /** All codecs here have as many octets as clock units: `octets` is both. */
  #sendFrame(stream: Stream, audio: NegotiatedAudio, octets: number): void {
    const packet = this.#host.packet();
    if (audio.events && this.#dtmf.write(packet, RTP_HEADER_OCTETS, this.#timestamp, octets)) {
      stream.send(packet, audio.events.send, this.#dtmf.timestamp, this.#dtmf.marker, TELEPHONE_EVENT_OCTETS);
      return;
    }
    const format = audio.formats[0];
    const filled = this.#behaviour.produce?.(format.codec, packet, RTP_HEADER_OCTETS, octets) ?? 0;
    if (filled === 0) {
      this.#markNext = true;
      return;
    }
    stream.send(packet, format.sendPayloadType, this.#timestamp, this.#markNext, filled);
    this.#markNext = false;
  }

  #watchInactivity(stream: Stream, nowMs: number): void {
    const limitMs = this.#options.inactivityMs ?? DEFAULT_INACTIVITY_MS;
    if (limitMs === 0 || !stream.canReceive) return;
    const silentMs = nowMs - stream.lastReceivedMs;
    if (silentMs < limitMs) this.#isInactive = false;
    else if (!this.#isInactive) {
      this.#isInactive = true;
      this.#host.notify(this.#options.onInactive, silentMs);
    }
  }
}

function fromAddresses(signalled: Signalled): string[] {
  return (signalled.fromAddresses ?? []).map(canonicalAddress);
}

const CLOSED: EndpointResult = { ok: false, code: 'closed', message: 'the endpoint is closed' };

/** Packets hold whole multiples of 10 ms, at most 60: a wish beyond that is met as nearly as possible. */
function usablePtimeMs(wantedMs: number | undefined): number {
  if (wantedMs === undefined) return OWN_PTIME_MS;
  return Math.max(10, Math.min(MAX_PTIME_MS, Math.floor(wantedMs / 10) * 10));
}
