/*
 * RTCP, as much as an endpoint needs (RFC 3550 §6): SR, RR, SDES with a CNAME, BYE, in compound packets.
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |V=2|P|    RC   |       PT      |             length            |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

export const RTCP_SENDER_REPORT = 200;
export const RTCP_RECEIVER_REPORT = 201;
export const RTCP_SOURCE_DESCRIPTION = 202;
export const RTCP_GOODBYE = 203;

const SENDER_INFO_OCTETS = 20;
const REPORT_BLOCK_OCTETS = 24;
const CNAME = 1;
/** Longest CNAME (RFC 3550 §6.5). */
const MAX_CNAME_OCTETS = 255;
/** Seconds from 1900 do not matter between two ends: the clock may start anywhere (RFC 3550 §4). */
const NTP_FRACTION = 0x1_0000_0000;

/** What a source sent (RFC 3550 §6.4.1). */
export interface SenderInfo {
  readonly ntpMs: number;
  readonly rtpTimestamp: number;
  readonly packets: number;
  readonly octets: number;
}

/** What was received of one source (RFC 3550 §6.4.1). */
export interface ReportBlock {
  readonly ssrc: number;
  readonly fractionLost: number;
  readonly cumulativeLost: number;
  readonly extendedHighestSequence: number;
  readonly jitterUnits: number;
  /** Middle 32 bits of the last sender report's NTP time, 0 when none came. */
  readonly lastSenderReport: number;
  /** Since that report, in 1/65536 s. */
  readonly delaySinceLastSenderReport: number;
}

export type RtcpPacket =
  | {
      readonly type: 'sender-report';
      readonly ssrc: number;
      readonly ntpMiddle: number;
      readonly reports: ReportBlock[];
    }
  | { readonly type: 'receiver-report'; readonly ssrc: number; readonly reports: ReportBlock[] }
  | { readonly type: 'source-description' }
  | { readonly type: 'goodbye'; readonly ssrcs: number[] }
  | { readonly type: 'other'; readonly packetType: number };

/** Middle 32 bits of the NTP time for a clock in milliseconds. */
export function ntpMiddle(ms: number): number {
  return Math.floor((ms / 1000) * 0x1_0000) % 0x1_0000_0000;
}

/**
 * Reads a compound packet; null when its headers do not add up (RFC 3550 A.2). Blocks beyond a packet's length are not
 * read.
 */
export function readRtcp(datagram: Buffer): RtcpPacket[] | null {
  const packets: RtcpPacket[] = [];
  for (let at = 0; at < datagram.length; ) {
    if (at + 4 > datagram.length) return null;
    const first = datagram.readUInt8(at);
    const end = at + 4 + 4 * datagram.readUInt16BE(at + 2);
    if ((first & 0xc0) !== 0x80 || end > datagram.length) return null;
    packets.push(readOne(datagram, at, end, first & 0x1f));
    at = end;
  }
  return packets.length > 0 ? packets : null;
}

function readOne(datagram: Buffer, at: number, end: number, count: number): RtcpPacket {
  const packetType = datagram.readUInt8(at + 1);
  const body = at + 8;
  if (packetType === RTCP_SENDER_REPORT && body + SENDER_INFO_OCTETS <= end) {
    const middle = ((datagram.readUInt32BE(body) << 16) | (datagram.readUInt32BE(body + 4) >>> 16)) >>> 0;
    const reports = readBlocks(datagram, body + SENDER_INFO_OCTETS, end, count);
    return { type: 'sender-report', ssrc: datagram.readUInt32BE(at + 4), ntpMiddle: middle, reports };
  }
  if (packetType === RTCP_RECEIVER_REPORT && body <= end) {
    const reports = readBlocks(datagram, body, end, count);
    return { type: 'receiver-report', ssrc: datagram.readUInt32BE(at + 4), reports };
  }
  if (packetType === RTCP_SOURCE_DESCRIPTION) return { type: 'source-description' };
  if (packetType === RTCP_GOODBYE) return { type: 'goodbye', ssrcs: readSources(datagram, at + 4, end, count) };
  return { type: 'other', packetType };
}

function readBlocks(datagram: Buffer, start: number, end: number, count: number): ReportBlock[] {
  const blocks: ReportBlock[] = [];
  for (let at = start; blocks.length < count && at + REPORT_BLOCK_OCTETS <= end; at += REPORT_BLOCK_OCTETS) {
    blocks.push({
      ssrc: datagram.readUInt32BE(at),
      fractionLost: datagram.readUInt8(at + 4),
      cumulativeLost: datagram.readIntBE(at + 5, 3),
      extendedHighestSequence: datagram.readUInt32BE(at + 8),
      jitterUnits: datagram.readUInt32BE(at + 12),
      lastSenderReport: datagram.readUInt32BE(at + 16),
      delaySinceLastSenderReport: datagram.readUInt32BE(at + 20),
    });
  }
  return blocks;
}

function readSources(datagram: Buffer, start: number, end: number, count: number): number[] {
  const ssrcs: number[] = [];
  for (let at = start; ssrcs.length < count && at + 4 <= end; at += 4) ssrcs.push(datagram.readUInt32BE(at));
  return ssrcs;
}

/** What goes into one compound packet. */
export interface CompoundReport {
  readonly ssrc: number;
  readonly cname: string;
  /** Null: nothing was sent, a receiver report is due. */
  readonly sender: SenderInfo | null;
  readonly block: ReportBlock | null;
  /** Adds a BYE. */
  readonly isGoodbye: boolean;
}

/** Most octets `writeCompound` can write. */
export const MAX_COMPOUND_OCTETS = 8 + SENDER_INFO_OCTETS + REPORT_BLOCK_OCTETS + 12 + MAX_CNAME_OCTETS + 4 + 8;

/** Writes SR or RR, SDES and perhaps BYE (RFC 3550 §6.1) from the start of `out`; gives the octets written. */
export function writeCompound(out: Buffer, report: CompoundReport): number {
  let at = report.sender ? writeSenderReport(out, report, report.sender) : writeReceiverReport(out, report);
  at = writeSourceDescription(out, at, report.ssrc, report.cname);
  return report.isGoodbye ? writeGoodbye(out, at, report.ssrc) : at;
}

function writeHead(out: Buffer, at: number, count: number, type: number, end: number): number {
  out[at] = 0x80 | count;
  out[at + 1] = type;
  out.writeUInt16BE((end - at) / 4 - 1, at + 2);
  return end;
}

function writeSenderReport(out: Buffer, report: CompoundReport, sender: SenderInfo): number {
  out.writeUInt32BE(report.ssrc, 4);
  const seconds = sender.ntpMs / 1000;
  out.writeUInt32BE(Math.floor(seconds) % NTP_FRACTION, 8);
  out.writeUInt32BE(Math.floor((seconds % 1) * NTP_FRACTION), 12);
  out.writeUInt32BE(sender.rtpTimestamp >>> 0, 16);
  out.writeUInt32BE(sender.packets % NTP_FRACTION, 20);
  out.writeUInt32BE(sender.octets % NTP_FRACTION, 24);
  const end = writeBlock(out, 28, report.block);
  return writeHead(out, 0, report.block ? 1 : 0, RTCP_SENDER_REPORT, end);
}

function writeReceiverReport(out: Buffer, report: CompoundReport): number {
  out.writeUInt32BE(report.ssrc, 4);
  const end = writeBlock(out, 8, report.block);
  return writeHead(out, 0, report.block ? 1 : 0, RTCP_RECEIVER_REPORT, end);
}

function writeBlock(out: Buffer, at: number, block: ReportBlock | null): number {
  if (!block) return at;
  out.writeUInt32BE(block.ssrc, at);
  out[at + 4] = block.fractionLost;
  out.writeIntBE(block.cumulativeLost, at + 5, 3);
  out.writeUInt32BE(block.extendedHighestSequence, at + 8);
  out.writeUInt32BE(block.jitterUnits, at + 12);
  out.writeUInt32BE(block.lastSenderReport, at + 16);
  out.writeUInt32BE(block.delaySinceLastSenderReport, at + 20);
  return at + REPORT_BLOCK_OCTETS;
}

function writeSourceDescription(out: Buffer, at: number, ssrc: number, cname: string): number {
  out.writeUInt32BE(ssrc, at + 4);
  const octets = Buffer.from(cname, 'utf8').subarray(0, MAX_CNAME_OCTETS);
  out[at + 8] = CNAME;
  out[at + 9] = octets.length;
  octets.copy(out, at + 10);
  const textEnd = at + 10 + octets.length;
  // RFC 3550 §6.5: at least one null octet, up to the next word.
  const end = textEnd + 4 - ((textEnd - at) % 4);
  out.fill(0, textEnd, end);
  return writeHead(out, at, 1, RTCP_SOURCE_DESCRIPTION, end);
}

function writeGoodbye(out: Buffer, at: number, ssrc: number): number {
  out.writeUInt32BE(ssrc, at + 4);
  return writeHead(out, at, 1, RTCP_GOODBYE, at + 8);
}
