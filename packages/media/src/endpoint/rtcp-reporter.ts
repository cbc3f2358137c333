import type { ReceiveStatistics } from '../rtp/receive-statistics.ts';
import type { ReportBlock, RtcpPacket, SenderInfo } from '../rtp/rtcp.ts';
import { ntpMiddle, readRtcp, writeCompound } from '../rtp/rtcp.ts';
import type { MediaRandom } from '../time.ts';

/** Mean time between reports (RFC 3550 §6.2: five seconds, spread by half to either side). */
export const RTCP_INTERVAL_MS = 5_000;

/** What the other side says of the packets it receives. */
export interface RemoteReport {
  readonly lossRatio: number;
  readonly jitterUnits: number;
}

/** RTCP of one endpoint: when a report is due, what is in it, and the round trip learned from the other's. */
export class RtcpReporter {
  readonly #random: MediaRandom;
  readonly #ssrc: number;
  readonly #cname: string;
  #dueMs: number;
  #peerReportMiddle = 0;
  #peerReportMs = 0;
  #roundTripMs: number | null = null;
  #remote: RemoteReport | null = null;

  constructor(ssrc: number, cname: string, random: MediaRandom, nowMs: number) {
    this.#ssrc = ssrc;
    this.#cname = cname;
    this.#random = random;
    this.#dueMs = nowMs + RTCP_INTERVAL_MS / 2;
  }

  /** Round trip of the latest report that told it, null before. */
  get roundTripMs(): number | null {
    return this.#roundTripMs;
  }

  get remote(): RemoteReport | null {
    return this.#remote;
  }

  isDue(nowMs: number): boolean {
    if (nowMs < this.#dueMs) return false;
    this.#dueMs = nowMs + RTCP_INTERVAL_MS / 2 + this.#random.int(RTCP_INTERVAL_MS);
    return true;
  }

  /** Writes a report from the start of `out`; gives its octets. `sender` is null when nothing was sent. */
  write(
    out: Buffer,
    sender: SenderInfo | null,
    statistics: ReceiveStatistics,
    nowMs: number,
    isGoodbye: boolean,
  ): number {
    const block = statistics.hasSource ? this.#block(statistics, nowMs) : null;
    return writeCompound(out, { ssrc: this.#ssrc, cname: this.#cname, sender, block, isGoodbye });
  }

  /** Takes a datagram of the peer; false when it is no RTCP. */
  receive(datagram: Buffer, nowMs: number): boolean {
    const packets = readRtcp(datagram);
    for (const packet of packets ?? []) this.#take(packet, nowMs);
    return packets !== null;
  }

  #block(statistics: ReceiveStatistics, nowMs: number): ReportBlock {
    const hasReport = this.#peerReportMiddle !== 0;
    return {
      ssrc: statistics.ssrc,
      fractionLost: statistics.takeFractionLost(),
      cumulativeLost: statistics.cumulativeLost,
      extendedHighestSequence: statistics.extendedHighestSequence,
      jitterUnits: statistics.jitterUnits,
      lastSenderReport: this.#peerReportMiddle,
      delaySinceLastSenderReport: hasReport ? Math.round(((nowMs - this.#peerReportMs) / 1000) * 0x1_0000) : 0,
    };
  }

  #take(packet: RtcpPacket, nowMs: number): void {
    if (packet.type === 'sender-report') {
      this.#peerReportMiddle = packet.ntpMiddle;
      this.#peerReportMs = nowMs;
    }
    if (packet.type !== 'sender-report' && packet.type !== 'receiver-report') return;
    const block = packet.reports.find((report) => report.ssrc === this.#ssrc);
    if (!block) return;
    this.#remote = { lossRatio: block.fractionLost / 256, jitterUnits: block.jitterUnits };
    if (block.lastSenderReport === 0) return;
    // RFC 3550 §6.4.1: arrival less the report's time less the time it lay at the other side.
    const elapsed = (ntpMiddle(nowMs) - block.lastSenderReport - block.delaySinceLastSenderReport) | 0;
    this.#roundTripMs = Math.max(0, (elapsed * 1000) / 0x1_0000);
  }
}
