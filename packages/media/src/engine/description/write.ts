import { attribute, attributeLine, connectionLine, maxPtimeMs, ptimeMs } from '../../sdp/attributes.ts';
import { networkAddress } from '../../sdp/build.ts';
import { type PayloadFormat, rtpMapText } from '../../sdp/formats.ts';
import type { Direction, MediaDescription, SdpLine, Section, SessionDescription } from '../../sdp/model.ts';
import type { StreamEnd } from '../stream.ts';
import { iceLines } from './ice.ts';
import { securityLines } from './security.ts';

/** One audio stream of ours, before it is text. */
export interface WrittenAudio {
  /** Whose stream it stands for: packet times and bandwidth are taken from there. */
  readonly source: MediaDescription;
  readonly local: StreamEnd;
  readonly protocol: string;
  readonly formats: readonly PayloadFormat[];
  readonly direction: Direction;
  readonly mid: string | undefined;
  readonly rtcpMux: boolean;
}

const UNSPECIFIED = '0.0.0.0';

/**
 * A stream at our address. Nothing is copied that is not known: what a description of another network may hold beside
 * (candidates, names of sources, feedback, header extensions) means nothing on this side of the border.
 */
export function audioSection(audio: WrittenAudio): MediaDescription {
  const { source, local, protocol, formats, direction, mid, rtcpMux } = audio;
  const lines: SdpLine[] = bandwidthLines(source);
  for (const format of formats) {
    lines.push(attributeLine('rtpmap', rtpMapText(format)));
    const { parameters, payloadType } = format;
    if (parameters && !mentionsAddress(parameters)) lines.push(attributeLine('fmtp', `${payloadType} ${parameters}`));
  }
  const [ptime, maxPtime] = [ptimeMs(source), maxPtimeMs(source)];
  if (ptime !== undefined) lines.push(attributeLine('ptime', ptime));
  if (maxPtime !== undefined) lines.push(attributeLine('maxptime', maxPtime));
  lines.push(attributeLine(direction));
  if (mid !== undefined) lines.push(attributeLine('mid', mid));
  if (rtcpMux) lines.push(attributeLine('rtcp-mux'));
  if (local.rtcpPort !== local.port && local.rtcpPort !== local.port + 1) {
    lines.push(attributeLine('rtcp', local.rtcpPort));
  }
  lines.push(...securityLines(local.security), ...iceLines(local));
  const numbers = formats.map((format) => String(format.payloadType));
  return { media: 'audio', port: local.port, portCount: 1, protocol, formats: numbers, lines };
}

/** The session around streams of ours; `o=` is filled in when it is said. `times`: the description whose `t=` counts. */
export function session(
  local: StreamEnd,
  source: Section,
  times: SessionDescription,
  media: readonly MediaDescription[],
  bundled: string | undefined,
): SessionDescription {
  const address = networkAddress(local.address ?? UNSPECIFIED);
  const lines: SdpLine[] = [connectionLine(address), ...bandwidthLines(source), timeLine(times)];
  if (bundled !== undefined) lines.push(attributeLine('group', `BUNDLE ${bundled}`));
  if (local.ice) lines.push(attributeLine('ice-lite'));
  const origin = { username: '-', sessionId: '0', sessionVersion: '0', ...address };
  return { origin, name: '-', lines, media };
}

function bandwidthLines(section: Section): SdpLine[] {
  return section.lines.filter((line) => isText(line, 'b', /^[A-Za-z][A-Za-z-]*:[0-9]+$/));
}

/** RFC 3264 §6: the `t=` of an answer equals the one of the offer. */
function timeLine(sdp: SessionDescription): SdpLine {
  return sdp.lines.find((line) => isText(line, 't', /^[0-9]+ [0-9]+$/)) ?? { kind: 'text', letter: 't', text: '0 0' };
}

function isText(line: SdpLine, letter: string, form: RegExp): boolean {
  return line.kind === 'text' && line.letter === letter && form.test(line.text);
}

/** True when an IPv4 or IPv6 address can be read in the text: such words do not cross the border. */
export function mentionsAddress(text: string): boolean {
  return /\d{1,3}(\.\d{1,3}){3}/.test(text) || /([0-9a-f]{0,4}:){2,}/i.test(text);
}

/** A `mid` that is short and plain; others are replaced where we may choose. */
export function plainMid(media: Section | undefined): string | undefined {
  const mid = media && attribute(media, 'mid')?.trim();
  return mid && /^[A-Za-z0-9_-]{1,32}$/.test(mid) ? mid : undefined;
}
