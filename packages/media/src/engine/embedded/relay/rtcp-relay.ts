import { RTCP_GOODBYE, RTCP_RECEIVER_REPORT, RTCP_SENDER_REPORT, RTCP_SOURCE_DESCRIPTION } from '../../../rtp/rtcp.ts';
import type { OutStream } from './out-stream.ts';

const TRANSPORT_FEEDBACK = 205;
const PAYLOAD_FEEDBACK = 206;
const SENDER_INFO_OCTETS = 20;
const REPORT_BLOCK_OCTETS = 24;

/** What is seen in a compound packet on the way. */
export interface ReportListener {
  /** `ntpMiddle`: middle 32 bits of the NTP time of a sender report. */
  onSenderReport(ntpMiddle: number): void;
  /** A block about the stream that is sent to the party it came from. */
  onReportBlock(lastSenderReport: number, delaySinceLastSenderReport: number): void;
}

/**
 * Rewrites a compound RTCP packet in place on its way from one party to the other (RFC 3550 §6, RFC 4585 §6.1), so that
 * sources, sequence numbers and timestamps are those each party knows: `sent` is the stream its sender hears, `heard` the
 * one its receiver hears. False: the packet is malformed and must not be passed on.
 */
export function translateRtcp(
  packet: Buffer,
  octets: number,
  sent: OutStream | undefined,
  heard: OutStream | undefined,
  listener: ReportListener,
): boolean {
  for (let at = 0; at < octets; ) {
    if (at + 4 > octets || ((packet[at] as number) & 0xc0) !== 0x80) return false;
    const end = at + 4 + 4 * packet.readUInt16BE(at + 2);
    if (end > octets) return false;
    translateOne(packet, at, end, sent, heard, listener);
    at = end;
  }
  return octets >= 8;
}

function translateOne(
  packet: Buffer,
  at: number,
  end: number,
  sent: OutStream | undefined,
  heard: OutStream | undefined,
  listener: ReportListener,
): void {
  const count = (packet[at] as number) & 0x1f;
  switch (packet[at + 1]) {
    case RTCP_SENDER_REPORT:
      translateSource(packet, at + 4, end, heard);
      if (at + 8 + SENDER_INFO_OCTETS > end) return;
      listener.onSenderReport(((packet.readUInt32BE(at + 8) << 16) | (packet.readUInt32BE(at + 12) >>> 16)) >>> 0);
      if (heard) packet.writeUInt32BE((packet.readUInt32BE(at + 16) + heard.timestampOffset) >>> 0, at + 16);
      return translateBlocks(packet, at + 8 + SENDER_INFO_OCTETS, end, count, sent, listener);
    case RTCP_RECEIVER_REPORT:
      translateSource(packet, at + 4, end, heard);
      return translateBlocks(packet, at + 8, end, count, sent, listener);
    case RTCP_SOURCE_DESCRIPTION:
      return translateChunks(packet, at + 4, end, count, heard);
    case RTCP_GOODBYE:
      for (let i = 0; i < count; i++) translateSource(packet, at + 4 + 4 * i, end, heard);
      return;
    case TRANSPORT_FEEDBACK:
    case PAYLOAD_FEEDBACK:
      translateSource(packet, at + 4, end, heard);
      translateReported(packet, at + 8, end, sent);
      return;
    default:
      // XR, APP and what is to come: all begin with their sender.
      return translateSource(packet, at + 4, end, heard);
  }
}

/** A source of the sender becomes the one its listener knows. */
function translateSource(packet: Buffer, at: number, end: number, heard: OutStream | undefined): void {
  if (!heard?.hasStarted || at + 4 > end) return;
  if (packet.readUInt32BE(at) === heard.sourceSsrc) packet.writeUInt32BE(heard.ssrc, at);
}

/** A source that the sender hears becomes the one that its other party calls its own. True when it is the stream sent. */
function translateReported(packet: Buffer, at: number, end: number, sent: OutStream | undefined): boolean {
  if (!sent?.hasStarted || at + 4 > end || packet.readUInt32BE(at) !== sent.ssrc) return false;
  packet.writeUInt32BE(sent.sourceSsrc, at);
  return true;
}

function translateBlocks(
  packet: Buffer,
  start: number,
  end: number,
  count: number,
  sent: OutStream | undefined,
  listener: ReportListener,
): void {
  for (let i = 0, at = start; i < count && at + REPORT_BLOCK_OCTETS <= end; i++, at += REPORT_BLOCK_OCTETS) {
    if (!translateReported(packet, at, end, sent) || !sent) continue;
    listener.onReportBlock(packet.readUInt32BE(at + 16), packet.readUInt32BE(at + 20));
    const highest = packet.readUInt32BE(at + 8);
    packet.writeUInt32BE((highest - sent.sequenceOffset) >>> 0, at + 8);
  }
}

/** Chunks of items, each with its source, ended by a null and filled up to the next word (RFC 3550 §6.5). */
function translateChunks(
  packet: Buffer,
  start: number,
  end: number,
  count: number,
  heard: OutStream | undefined,
): void {
  for (let i = 0, at = start; i < count && at + 4 <= end; i++) {
    translateSource(packet, at, end, heard);
    at += 4;
    while (at < end && packet[at] !== 0) at += 2 + (packet[at + 1] ?? 0);
    at = start + ((at - start) & ~3) + 4;
  }
}
