import type { DtlsCertificate } from '../../../dtls/certificate.ts';
import type { RtpSocket } from '../../../endpoint/socket.ts';
import { isRtcp, RTP_HEADER_OCTETS } from '../../../rtp/packet.ts';
import { SRTP_MAX_TRAILER_OCTETS } from '../../../srtp/profile.ts';
import type { MediaClock } from '../../../time.ts';
import type { MediaLoss } from '../../engine.ts';
import type { LegConfig, LegReport } from '../control.ts';
import { DtlsAgent } from './dtls-agent.ts';
import { LegCounters } from './leg-counters.ts';
import type { Link } from './link.ts';
import { OutStream } from './out-stream.ts';
import { PartyPath } from './path.ts';
import { NO_PROTECTION, PLAIN_PROTECTION, type Protection, SdesProtection } from './protection.ts';
import { type ReportListener, translateRtcp } from './rtcp-relay.ts';
import type { ScratchBuffers } from './scratch.ts';

/** Sockets of a leg; without `rtcp` both kinds share the first. */
export interface LegSockets {
  readonly rtp: RtpSocket;
  readonly rtcp: RtpSocket | undefined;
}

/** What a leg needs of its surroundings. */
export interface LegContext {
  readonly certificate: DtlsCertificate;
  readonly clock: MediaClock;
  readonly scratch: ScratchBuffers;
  readonly connectMs: number;
  /** The call cannot go on; told again at each check until the leg is closed. */
  readonly onLost: (loss: MediaLoss, message: string) => void;
}

/** One party's end of a call: takes its datagrams apart by their first octet (RFC 7983) and sends it what others say. */
export class Leg implements ReportListener {
  readonly id: number;
  readonly sockets: LegSockets;
  /** What the party hears. */
  readonly out = new OutStream();
  readonly #context: LegContext;
  readonly #path = new PartyPath();
  readonly #counters: LegCounters;
  #config: LegConfig;
  #protection: Protection = NO_PROTECTION;
  #sdes: SdesProtection | undefined;
  #dtls: DtlsAgent | undefined;
  #dtlsReplyTo: { readonly address: string; readonly port: number } | undefined;
  #link: Link | undefined;
  #confirmedMs: number | undefined;
  #lastHeardMs: number;

  constructor(config: LegConfig, sockets: LegSockets, context: LegContext) {
    this.id = config.id;
    this.sockets = sockets;
    this.#context = context;
    this.#config = config;
    this.#counters = new LegCounters(config.clockRateHz);
    this.#lastHeardMs = context.clock.nowMs();
    sockets.rtp.receive((datagram, address, port) => this.#receive(datagram, false, address, port));
    sockets.rtcp?.receive((datagram, address, port) => this.#receive(datagram, true, address, port));
    this.configure(config);
  }

  get config(): LegConfig {
    return this.#config;
  }

  /** Takes what was agreed, first or anew. */
  configure(config: LegConfig): void {
    const nowMs = this.#context.clock.nowMs();
    const wasSilent = this.#config.inactivityMs === 0;
    this.#config = config;
    this.#path.configure(config);
    if (config.remote && config.isConfirmed) this.#confirmedMs ??= nowMs;
    if (wasSilent) this.#lastHeardMs = nowMs;
    this.#counters.clockRateHz = config.clockRateHz;
    this.#secure(config);
    if (this.#path.isReady) this.#dtls?.pathReady();
  }

  /** Where the party's packets go from now on. */
  connect(link: Link | undefined): void {
    this.#link = link;
  }

  get isConnected(): boolean {
    return this.#path.isReady && this.#protection.kind !== 'none';
  }

  /** What time brings: no connection, no consent, silence. A branch that nobody is joined to may take its time. */
  check(nowMs: number): void {
    const since = this.#confirmedMs;
    if (since === undefined || !this.#link) return;
    this.#path.expireConsent(nowMs);
    this.#dtls?.check();
    if (!this.isConnected) {
      if (nowMs - since >= this.#context.connectMs && this.#mustConnect) this.#lose('not-connected', this.#obstacle());
      return;
    }
    const silentMs = nowMs - Math.max(this.#lastHeardMs, since);
    const { inactivityMs } = this.#config;
    if (inactivityMs > 0 && silentMs >= inactivityMs) {
      this.#lose(
        'inactive',
        `nothing was heard of the ${this.#config.side} party for ${Math.round(silentMs / 1000)} s`,
      );
    }
  }

  report(): LegReport {
    return { id: this.id, ...this.#counters.report(), isConnected: this.isConnected };
  }

  close(): void {
    this.#dtls?.close();
    this.#link = undefined;
    this.sockets.rtp.close();
    this.sockets.rtcp?.close();
  }

  /** Sends the party one RTP packet, whose numbers are in `out`; the octets of `packet` may be changed. */
  sendRtp(packet: Buffer, octets: number, payloadType: number, marker: boolean): void {
    const { out } = this;
    packet[1] = (marker ? 0x80 : 0) | payloadType;
    packet.writeUInt16BE(out.sequenceNumber, 2);
    packet.writeUInt32BE(out.timestamp, 4);
    packet.writeUInt32BE(out.ssrc, 8);
    const { port } = this.#path;
    if (port === 0) return;
    const protection = this.#protection;
    if (protection.kind === 'plain') {
      this.#counters.sent(octets);
      this.sockets.rtp.send(packet, octets, port, this.#path.address);
    } else if (protection.kind === 'srtp') {
      const copy = this.#copy(packet, octets);
      const length = copy ? protection.sender.protectRtp(copy, octets) : 'no-room';
      if (typeof length !== 'number' || !copy) return;
      this.#counters.sent(octets);
      this.sockets.rtp.send(copy, length, port, this.#path.address);
    }
  }

  /** Sends the party a compound RTCP packet, already in its terms. */
  sendRtcp(packet: Buffer, octets: number): void {
    const { rtcpPort: port, rtcpAddress: address, isMux } = this.#path;
    if (port === 0) return;
    const socket = (isMux ? undefined : this.sockets.rtcp) ?? this.sockets.rtp;
    const protection = this.#protection;
    if (protection.kind === 'plain') socket.send(packet, octets, port, address);
    else if (protection.kind === 'srtp') {
      const copy = this.#copy(packet, octets);
      const length = copy ? protection.sender.protectRtcp(copy, octets) : 'no-room';
      if (typeof length === 'number' && copy) socket.send(copy, length, port, address);
    }
  }

  /** A sender report is on its way to this party. */
  noteReportSent(ntpMiddle: number): void {
    this.#counters.noteReportSent(ntpMiddle, this.#context.clock.nowMs());
  }

  onSenderReport(ntpMiddle: number): void {
    this.#link?.to.noteReportSent(ntpMiddle);
  }

  onReportBlock(lastSenderReport: number, delaySinceLastSenderReport: number): void {
    this.#counters.onReportBlock(lastSenderReport, delaySinceLastSenderReport, this.#context.clock.nowMs());
  }

  #receive(datagram: Buffer, isRtcpPort: boolean, address: string, port: number): void {
    const first = datagram[0] ?? 255;
    if (first >= 128 && first <= 191) {
      if (isRtcpPort || isRtcp(datagram)) this.#receiveRtcp(datagram, isRtcpPort, address, port);
      else this.#receiveRtp(datagram, address, port);
    } else if (first < 4) this.#receiveStun(datagram, isRtcpPort, address, port);
    else if (first >= 20 && first <= 63) this.#receiveDtls(datagram, isRtcpPort, address, port);
    else this.#counters.dropped++;
  }

  #receiveRtp(datagram: Buffer, address: string, port: number): void {
    const octets = this.#open(datagram, false, address, port);
    if (octets < RTP_HEADER_OCTETS || !this.#path.latch(false, address, port)) {
      this.#counters.dropped++;
      return;
    }
    const nowMs = this.#context.clock.nowMs();
    this.#lastHeardMs = nowMs;
    const second = datagram[1] as number;
    const sequenceNumber = datagram.readUInt16BE(2);
    const timestamp = datagram.readUInt32BE(4);
    const ssrc = datagram.readUInt32BE(8);
    this.#counters.received(ssrc, sequenceNumber, timestamp, octets, nowMs);
    this.#link?.pass(this.id, datagram, octets, second, sequenceNumber, timestamp, ssrc, nowMs);
  }

  #receiveRtcp(datagram: Buffer, isRtcpPort: boolean, address: string, port: number): void {
    const octets = this.#open(datagram, true, address, port, isRtcpPort);
    const to = this.#link?.to;
    if (octets < 8 || !this.#path.latch(isRtcpPort, address, port)) {
      this.#counters.dropped++;
      return;
    }
    this.#lastHeardMs = this.#context.clock.nowMs();
    if (!translateRtcp(datagram, octets, this.out, to?.out, this)) this.#counters.dropped++;
    else to?.sendRtcp(datagram, octets);
  }

  /** Octets of the packet in the clear, taken apart in place; -1 when it is not the party's. */
  #open(datagram: Buffer, isControl: boolean, address: string, port: number, isRtcpPort = false): number {
    if (!this.#path.mayCome(isRtcpPort, address, port)) return -1;
    const protection = this.#protection;
    if (protection.kind === 'plain') return datagram.length;
    if (protection.kind === 'none') return -1;
    const { receiver } = protection;
    const result = isControl
      ? receiver.unprotectRtcp(datagram, datagram.length)
      : receiver.unprotectRtp(datagram, datagram.length);
    return typeof result === 'number' ? result : -1;
  }

  #receiveStun(datagram: Buffer, isRtcpPort: boolean, address: string, port: number): void {
    const nowMs = this.#context.clock.nowMs();
    const outcome = this.#path.check(datagram, address, port, nowMs);
    if (!outcome) {
      // Phones probe with STUN though nothing of it was agreed: they live.
      if (this.#path.isKnownAddress(address)) this.#lastHeardMs = nowMs;
      return;
    }
    const socket = (isRtcpPort ? this.sockets.rtcp : undefined) ?? this.sockets.rtp;
    if (outcome.reply) socket.send(outcome.reply, outcome.reply.length, port, address);
    if (!outcome.valid) {
      this.#counters.dropped++;
      return;
    }
    this.#lastHeardMs = nowMs;
    if (outcome.isMoved) this.#dtls?.pathReady();
  }

  /** RFC 8445 §5.3: nothing of DTLS is looked at that does not come by a valid pair; no state for strangers. */
  #receiveDtls(datagram: Buffer, isRtcpPort: boolean, address: string, port: number): void {
    if (isRtcpPort || !this.#dtls || !this.#path.mayCome(false, address, port)) {
      this.#counters.dropped++;
      return;
    }
    if (!this.#path.usesIce) this.#path.latch(false, address, port);
    this.#dtlsReplyTo = { address, port };
    this.#dtls.receive(datagram);
  }

  /** Before a pair is nominated the handshake is answered where it came from. */
  #sendDtls(datagram: Buffer): void {
    const isReady = this.#path.port !== 0;
    const port = isReady ? this.#path.port : (this.#dtlsReplyTo?.port ?? 0);
    const address = isReady ? this.#path.address : (this.#dtlsReplyTo?.address ?? '');
    if (port !== 0) this.sockets.rtp.send(datagram, datagram.length, port, address);
  }

  #secure({ security }: LegConfig): void {
    if (security.kind !== 'dtls') {
      this.#dtls?.close();
      this.#dtls = undefined;
    }
    if (security.kind !== 'sdes') this.#sdes = undefined;
    if (security.kind === 'plain') this.#protection = PLAIN_PROTECTION;
    else if (security.kind === 'sdes') {
      this.#sdes ??= new SdesProtection();
      this.#protection = this.#sdes.configure(security.local, security.remote);
    } else {
      if (!this.#dtls) {
        this.#protection = NO_PROTECTION;
        this.#dtls = this.#newDtls();
      }
      this.#dtls.configure(security);
    }
  }

  #newDtls(): DtlsAgent {
    const { certificate, clock } = this.#context;
    return new DtlsAgent({
      certificate,
      clock,
      send: (datagram) => this.#sendDtls(datagram),
      onProtection: (protection) => {
        this.#protection = protection;
      },
      onWrongFingerprint: () => {
        const { side } = this.#config;
        this.#lose('wrong-fingerprint', `the ${side} party shows another certificate than the one it signalled`);
      },
    });
  }

  /** A plain party that gave no address to send to is on hold of the old style, and not lost. */
  get #mustConnect(): boolean {
    return this.#path.usesIce || this.#config.security.kind === 'dtls';
  }

  #obstacle(): string {
    const { side } = this.#config;
    const seconds = Math.round(this.#context.connectMs / 1000);
    const obstacle = this.#path.isReady
      ? (this.#dtls?.stage ?? 'it has no key')
      : 'no check of ICE with the right credentials came and nominated a pair';
    return `the ${side} party was not connected within ${seconds} s: ${obstacle}`;
  }

  #lose(loss: MediaLoss, message: string): void {
    this.#context.onLost(loss, message);
  }

  /** The packet where there is room for a tag behind it; undefined when it is too long to be sent. */
  #copy(packet: Buffer, octets: number): Buffer | undefined {
    const copy = this.#context.scratch.next();
    if (octets + SRTP_MAX_TRAILER_OCTETS > copy.length) return undefined;
    packet.copy(copy, 0, 0, octets);
    return copy;
  }
}
