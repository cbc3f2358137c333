import { rtcpPort } from '../../sdp/attributes.ts';
import type { MediaDescription, SessionDescription } from '../../sdp/model.ts';
import { printSdp } from '../../sdp/print.ts';
import { type AudioStream, readOfferedStream } from '../description/index.ts';
import { audioSection, session } from '../description/write.ts';
import type { StreamEnd } from '../stream.ts';
import { PROTOCOLS } from './flags.ts';

/*
 * rtpengine is never shown a party's own text, only one audio stream with what was understood of it; and of what it writes
 * only address and keys are read. The description that a party gets is ours, so both engines say the same.
 */

const NO_SOURCE: MediaDescription = { media: 'audio', port: 0, portCount: 1, protocol: '', formats: [], lines: [] };
const ICE_LITE = /^a=ice-lite\r?\n/gm;
/** A lite agent has no use for them: it answers checks, and learns from those where the party is. */
const CANDIDATES = /^a=(candidate:.*|end-of-candidates)\r?\n/gm;

/** Stands for the address of a party that ICE has yet to find (RFC 5737): the unspecified one would mean a hold. */
const UNKNOWN_ADDRESS = '192.0.2.1';

/** A party's stream, as a description for rtpengine. */
export function streamForRtpengine(sdp: SessionDescription, audio: AudioStream): string {
  const { formats, direction, mid, rtcpMux } = audio;
  const end = audio.end.ice ? { ...audio.end, address: audio.end.address ?? UNKNOWN_ADDRESS } : audio.end;
  const protocol = PROTOCOLS[end.security.kind];
  const section = audioSection({ source: NO_SOURCE, local: end, protocol, formats, direction, mid, rtcpMux });
  const written = session(end, NO_SOURCE, sdp, [section], undefined);
  // The party is a full agent: without it there would be no ICE to write.
  return printSdp({ ...written, origin: { ...written.origin, sessionId: '1' } })
    .replace(ICE_LITE, '')
    .replace(CANDIDATES, '');
}

/** rtpengine's end in what it wrote; undefined when nothing of it can be used. */
export function endOfRtpengine(text: string): StreamEnd | undefined {
  const read = readOfferedStream(text.replace(ICE_LITE, ''));
  if (!read.ok) return undefined;
  const { sdp, audio } = read.offer;
  const media = sdp.media[audio.mediaIndex];
  // With rtcp-mux only offered it names the second port too (RFC 5761 §5.1.1).
  return media ? { ...audio.end, rtcpPort: audio.rtcpMux ? writtenRtcpPort(media) : audio.end.rtcpPort } : undefined;
}

function writtenRtcpPort(media: MediaDescription): number {
  return media.lines.some((line) => line.kind === 'attribute' && line.name === 'rtcp') ? rtcpPort(media) : media.port;
}
