import { CLOCK_RATE_HZ } from '../codec/codec.ts';
import { type DtmfDigit, DtmfReceiver } from '../rtp/dtmf-receiver.ts';
import {
  emptyRtpHeader,
  isOtherProtocol,
  isRtcp,
  RTP_HEADER_OCTETS,
  type RtpHeader,
  readRtp,
  writeRtpHeader,
} from '../rtp/packet.ts';
import { type ReceiveSnapshot, ReceiveStatistics } from '../rtp/receive-statistics.ts';
import type { NegotiatedAudio, NegotiatedFormat } from '../sdp/negotiation.ts';
import { mayReceive, maySend } from '../sdp/negotiation.ts';
import type { MediaHost, SocketPair } from './host.ts';
import { Peer } from './peer.ts';
import { RtcpReporter } from './rtcp-reporter.ts';

/** Takes the audio packets of a stream. `packet` may be kept; `header` is valid until the handler returns. */
export type AudioHandler = (packet: Buffer, header: RtpHeader, format: NegotiatedFormat, isNewSource: boolean) => void;

/** Datagrams that were not taken, by reason. */
export interface DroppedSnapshot {
  /** No RTP and no RTCP. */
  readonly malformed: number;
  /** STUN, DTLS and the like (RFC 7983): some phones probe with them though nothing of it was agreed. */
  readonly otherProtocol: number;
  /** Not from the signalled peer. */
  readonly foreign: number;
  /** A payload type that was not agreed. */
  readonly unknownPayload: number;
  /** While the stream was on hold or not yet set up. */
  readonly unwanted: number;
}

export interface StreamSnapshot {
  readonly localPort: number;
  /** Where packets go now; null when there is nowhere to send to. */
  readonly remote: { readonly address: string; readonly port: number } | null;
  readonly sent: { readonly packets: number; readonly octets: number };
  readonly received: ReceiveSnapshot | null;
  readonly dropped: DroppedSnapshot;
  readonly roundTripMs: number | null;
  /** Loss as the other side reports it, 0 … 1; null before its first report. */
  readonly remoteLossRatio: number | null;
}

/** RTP and RTCP of one endpoint over one pair of sockets: who may speak, what is sent, what is counted. */
export class Stream {
  readonly ssrc: number;
  readonly #host: MediaHost;
  readonly #pair: SocketPair;
  readonly #peer = new Peer();
  readonly #statistics = new ReceiveStatistics(CLOCK_RATE_HZ);
  readonly #dtmf: DtmfReceiver;
  readonly #rtcp: RtcpReporter;
  readonly #onAudio: AudioHandler;
  readonly #header = emptyRtpHeader();
  readonly #dropped = { malformed: 0, otherProtocol: 0, foreign: 0, unknownPayload: 0, unwanted: 0 };
  #audio: NegotiatedAudio | null = null;
  #sequence: number;
  #lastTimestamp = 0;
  #lastSentMs = 0;
  #sentPackets = 0;
  #sentOctets = 0;
  #lastReceivedMs = 0;

  constructor(host: MediaHost, pair: SocketPair, onAudio: AudioHandler, onDtmf: (digit: DtmfDigit) => void) {
    this.#host = host;
    this.#pair = pair;
    this.#onAudio = onAudio;
    this.#dtmf = new DtmfReceiver(onDtmf);
    this.ssrc = host.random.int(0x1_0000_0000);
    this.#sequence = host.random.int(0x8000);
    const cname = `${host.random.int(0x1_0000_0000).toString(36)}@${host.announcedAddress}`;
    this.#rtcp = new RtcpReporter(this.ssrc, cname, host.random, host.clock.nowMs());
    pair.rtp.receive((datagram, address, port) => this.#receive(datagram, address, port));
    pair.rtcp.receive((datagram, address) => this.#receiveRtcp(datagram, address));
  }

  get localPort(): number {
    return this.#pair.rtp.port;
  }

  /** When the last packet or report of the peer came, or when the stream was last set up. */
  get lastReceivedMs(): number {
    return this.#lastReceivedMs;
  }

  /** True when packets may be sent and there is somewhere to send them. */
  get canSend(): boolean {
    return this.#audio !== null && maySend(this.#audio.direction) && this.#peer.port !== 0;
  }

  get canReceive(): boolean {
    return this.#audio !== null && mayReceive(this.#audio.direction);
  }

  /** Takes what was negotiated, first or anew; `alsoFrom` as in `Peer.retarget`. */
  apply(audio: NegotiatedAudio, alsoFrom: readonly string[]): void {
    this.#audio = audio;
    this.#peer.retarget(audio.remote, alsoFrom);
    this.#lastReceivedMs = this.#host.clock.nowMs();
  }

  /** Sends `packet`, whose payload of `octets` stands behind the place of the header, which is written here. */
  send(packet: Buffer, payloadType: number, timestamp: number, marker: boolean, octets: number): void {
    if (!this.canSend) return;
    this.#sequence = (this.#sequence + 1) & 0xffff;
    writeRtpHeader(packet, marker, payloadType, this.#sequence, timestamp, this.ssrc);
    this.#pair.rtp.send(packet, RTP_HEADER_OCTETS + octets, this.#peer.port, this.#peer.address);
    this.#lastTimestamp = timestamp;
    this.#lastSentMs = this.#host.clock.nowMs();
    this.#sentPackets++;
    this.#sentOctets += octets;
  }

  /** What is due now and then: the end of digits, reports. */
  housekeep(nowMs: number): void {
    this.#dtmf.expire(nowMs);
    if (this.#audio && this.#rtcp.isDue(nowMs)) this.#report(nowMs, false);
  }

  /** Says goodbye (RFC 3550 §6.6) and gives the ports back. */
  close(): void {
    if (this.#audio && (this.#sentPackets > 0 || this.#statistics.hasSource)) {
      this.#report(this.#host.clock.nowMs(), true);
    }
    this.#audio = null;
    this.#host.closePair(this.#pair);
  }

  snapshot(): StreamSnapshot {
    const { address, port } = this.#peer;
    return {
      localPort: this.localPort,
      remote: port === 0 ? null : { address, port },
      sent: { packets: this.#sentPackets, octets: this.#sentOctets },
      received: this.#statistics.hasSource ? this.#statistics.snapshot() : null,
      dropped: { ...this.#dropped },
      roundTripMs: this.#rtcp.roundTripMs,
      remoteLossRatio: this.#rtcp.remote?.lossRatio ?? null,
    };
  }

  #receive(datagram: Buffer, address: string, port: number): void {
    if (isOtherProtocol(datagram)) return this.#receiveOther(address);
    if (isRtcp(datagram)) return this.#receiveRtcp(datagram, address);
    const header = this.#header;
    if (readRtp(datagram, header) !== 'ok') {
      this.#dropped.malformed++;
      return;
    }
    if (!this.canReceive) {
      this.#dropped.unwanted++;
      return;
    }
    if (!this.#peer.accepts(address, port)) {
      this.#dropped.foreign++;
      return;
    }
    this.#lastReceivedMs = this.#host.clock.nowMs();
    this.#take(datagram, header, this.#lastReceivedMs);
  }

  #take(datagram: Buffer, header: RtpHeader, nowMs: number): void {
    const isEvent = header.payloadType === this.#audio?.events?.receive;
    const format = isEvent ? undefined : this.#formatOf(header.payloadType);
    if (!isEvent && !format) {
      this.#dropped.unknownPayload++;
      return;
    }
    const octets = header.payloadEnd - header.payloadStart;
    const { ssrc, sequenceNumber, timestamp } = header;
    const isNew = this.#statistics.receive(ssrc, sequenceNumber, timestamp, octets, nowMs, !isEvent);
    if (isNew) this.#dtmf.restart();
    if (isEvent) this.#dtmf.receive(datagram, header.payloadStart, header.payloadEnd, timestamp, nowMs);
    else if (format) this.#onAudio(datagram, header, format, isNew);
  }

  #formatOf(payloadType: number): NegotiatedFormat | undefined {
    // Runs for every packet: a loop, because `find` needs a closure.
    for (const format of this.#audio?.formats ?? []) if (format.receivePayloadType === payloadType) return format;
    return undefined;
  }

  /** Not answered; a peer that probes lives, though. */
  #receiveOther(address: string): void {
    this.#dropped.otherProtocol++;
    if (this.#peer.isKnownAddress(address)) this.#lastReceivedMs = this.#host.clock.nowMs();
  }

  #receiveRtcp(datagram: Buffer, address: string): void {
    if (isOtherProtocol(datagram)) return this.#receiveOther(address);
    const nowMs = this.#host.clock.nowMs();
    if (!this.#peer.isKnownAddress(address)) this.#dropped.foreign++;
    else if (!this.#rtcp.receive(datagram, nowMs)) this.#dropped.malformed++;
    // A peer that is mute and sends no packets still reports: it lives.
    else this.#lastReceivedMs = nowMs;
  }

  #report(nowMs: number, isGoodbye: boolean): void {
    const port = this.#peer.rtcpPort;
    if (port === 0) return;
    const sender = this.#sentPackets === 0 ? null : this.#senderInfo(nowMs);
    const packet = this.#host.packet();
    const octets = this.#rtcp.write(packet, sender, this.#statistics, nowMs, isGoodbye);
    const socket = this.#audio?.rtcpMux ? this.#pair.rtp : this.#pair.rtcp;
    socket.send(packet, octets, port, this.#peer.address);
  }

  #senderInfo(nowMs: number) {
    // RFC 3550 §6.4.1: the timestamp belongs to the same moment as the NTP time.
    const rtpTimestamp = this.#lastTimestamp + Math.round(((nowMs - this.#lastSentMs) * CLOCK_RATE_HZ) / 1000);
    return { ntpMs: nowMs, rtpTimestamp, packets: this.#sentPackets, octets: this.#sentOctets };
  }
}
