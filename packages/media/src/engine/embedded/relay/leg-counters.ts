import { RTP_HEADER_OCTETS } from '../../../rtp/packet.ts';
import { ReceiveStatistics } from '../../../rtp/receive-statistics.ts';
import type { LegReport } from '../control.ts';

/** Reports whose answers are waited for: peers report every five seconds. */
const REPORTS_KEPT = 4;

/** What one party sent and was sent, over all of its sources. */
export class LegCounters {
  /** Refused: wrong source, not authentic, replayed, malformed, or too early. */
  dropped = 0;
  #clockRateHz: number;
  #source: ReceiveStatistics;
  #packetsReceived = 0;
  #octetsReceived = 0;
  #packetsSent = 0;
  #octetsSent = 0;
  /** Of sources before the one that is heard now. */
  #lostBefore = 0;
  #lastTimestamp = -1;
  #roundTripMs: number | undefined;
  readonly #reportMiddles = new Float64Array(REPORTS_KEPT).fill(-1);
  readonly #reportMs = new Float64Array(REPORTS_KEPT);
  #nextReport = 0;

  constructor(clockRateHz: number) {
    this.#clockRateHz = clockRateHz;
    this.#source = new ReceiveStatistics(clockRateHz);
  }

  /** Another rate begins with the next source. */
  set clockRateHz(rate: number) {
    if (rate === this.#clockRateHz) return;
    this.#clockRateHz = rate;
    this.#restart();
  }

  received(ssrc: number, sequenceNumber: number, timestamp: number, octets: number, nowMs: number): void {
    const source = this.#source;
    if (source.hasSource && source.ssrc !== ssrc) this.#restart();
    this.#packetsReceived++;
    this.#octetsReceived += octets - RTP_HEADER_OCTETS;
    // Packets of one event share a timestamp (RFC 4733 §2.2.2) and tell nothing of jitter.
    const isMeasured = timestamp !== this.#lastTimestamp;
    this.#lastTimestamp = timestamp;
    this.#source.receive(ssrc, sequenceNumber, timestamp, octets - RTP_HEADER_OCTETS, nowMs, isMeasured);
  }

  sent(octets: number): void {
    this.#packetsSent++;
    this.#octetsSent += octets - RTP_HEADER_OCTETS;
  }

  noteReportSent(ntpMiddle: number, nowMs: number): void {
    this.#reportMiddles[this.#nextReport] = ntpMiddle;
    this.#reportMs[this.#nextReport] = nowMs;
    this.#nextReport = (this.#nextReport + 1) % REPORTS_KEPT;
  }

  /** RFC 3550 §6.4.1: from the report that was passed on to the answer, less what the party kept it. */
  onReportBlock(lastSenderReport: number, delaySinceLastSenderReport: number, nowMs: number): void {
    if (lastSenderReport === 0) return;
    const at = this.#reportMiddles.indexOf(lastSenderReport);
    if (at < 0) return;
    const sentMs = this.#reportMs[at] as number;
    this.#roundTripMs = Math.max(0, nowMs - sentMs - (delaySinceLastSenderReport * 1000) / 0x1_0000);
  }

  report(): Omit<LegReport, 'id' | 'isConnected'> {
    const source = this.#source.hasSource ? this.#source.snapshot() : undefined;
    return {
      packetsReceived: this.#packetsReceived,
      octetsReceived: this.#octetsReceived,
      packetsSent: this.#packetsSent,
      octetsSent: this.#octetsSent,
      packetsLost: this.#lostBefore + (source?.lost ?? 0),
      packetsDropped: this.dropped,
      jitterMs: source?.jitterMs,
      roundTripMs: this.#roundTripMs,
    };
  }

  #restart(): void {
    if (this.#source.hasSource) this.#lostBefore += this.#source.snapshot().lost;
    this.#source = new ReceiveStatistics(this.#clockRateHz);
  }
}
