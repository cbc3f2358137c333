/*
 * DTLS 1.2 record (RFC 6347 §4.1) with the header of a handshake message (§4.2.2)
 *
 *  octets  0     type            13     handshake type
 *          1–2   version         14–16  length of the whole message
 *          3–4   epoch           17–18  message sequence
 *          5–10  sequence        19–21  fragment offset
 *         11–12  length          22–24  fragment length
 */

export const RECORD_HEADER_OCTETS = 13;
export const HANDSHAKE_HEADER_OCTETS = 12;
/** More records than a flight has messages. */
const MAX_RECORDS = 16;

export const RecordType = { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23 } as const;

/** One record where it stands in a datagram. */
export interface DtlsRecord {
  readonly type: number;
  readonly epoch: number;
  /** A view of the whole record, header included. */
  readonly octets: Buffer;
  /** A view of what is behind the header. */
  readonly body: Buffer;
}

/** The records of a datagram. Reading ends at the first that is malformed; none is handed out that is cut short. */
export function readRecords(datagram: Buffer): DtlsRecord[] {
  const records: DtlsRecord[] = [];
  for (let at = 0; at + RECORD_HEADER_OCTETS <= datagram.length && records.length < MAX_RECORDS; ) {
    const type = datagram.readUInt8(at);
    const end = at + RECORD_HEADER_OCTETS + datagram.readUInt16BE(at + 11);
    // The major version is 254 in all DTLS; hellos say 1.0 on the record layer.
    if (type < 20 || type > 23 || datagram.readUInt8(at + 1) !== 254 || end > datagram.length) break;
    const octets = datagram.subarray(at, end);
    records.push({ type, epoch: datagram.readUInt16BE(at + 3), octets, body: octets.subarray(RECORD_HEADER_OCTETS) });
    at = end;
  }
  return records;
}

/** A piece of a handshake message. */
export interface HandshakeFragment {
  readonly type: number;
  readonly length: number;
  readonly sequence: number;
  readonly offset: number;
  readonly octets: Buffer;
}

/** A whole message. */
export interface HandshakeMessage {
  readonly type: number;
  readonly sequence: number;
  readonly body: Buffer;
}

/** A message with its header in one piece: as it is sent, and as it counts in the transcript (RFC 6347 §4.2.6). */
export function handshakeOctets({ type, sequence, body }: HandshakeMessage): Buffer {
  const octets = Buffer.alloc(HANDSHAKE_HEADER_OCTETS + body.length);
  octets[0] = type;
  octets.writeUIntBE(body.length, 1, 3);
  octets.writeUInt16BE(sequence, 4);
  octets.writeUIntBE(body.length, 9, 3);
  body.copy(octets, HANDSHAKE_HEADER_OCTETS);
  return octets;
}

/** The pieces in the body of a handshake record that is not encrypted; null when they do not add up. */
export function readFragments(body: Buffer): HandshakeFragment[] | null {
  const fragments: HandshakeFragment[] = [];
  for (let at = 0; at < body.length; ) {
    if (at + HANDSHAKE_HEADER_OCTETS > body.length) return null;
    const length = body.readUIntBE(at + 1, 3);
    const offset = body.readUIntBE(at + 6, 3);
    const octets = body.readUIntBE(at + 9, 3);
    const start = at + HANDSHAKE_HEADER_OCTETS;
    if (start + octets > body.length || offset + octets > length) return null;
    fragments.push({
      type: body.readUInt8(at),
      length,
      sequence: body.readUInt16BE(at + 4),
      offset,
      octets: body.subarray(start, start + octets),
    });
    at = start + octets;
  }
  return fragments;
}
