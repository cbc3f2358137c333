import type { Direction, MediaDescription, NetworkAddress, SdpLine, Section, SessionDescription } from './model.ts';

/** Value of the first attribute of that name: null for a property attribute, undefined when there is none. */
export function attribute(section: Section, name: string): string | null | undefined {
  for (const line of section.lines) if (line.kind === 'attribute' && line.name === name) return line.value;
  return undefined;
}

/** Values of all attributes of that name, in order; property attributes have none and are left out. */
export function attributes(section: Section, name: string): string[] {
  const values: string[] = [];
  for (const line of section.lines) {
    if (line.kind === 'attribute' && line.name === name && line.value !== null) values.push(line.value);
  }
  return values;
}

/** True when the section has the attribute, with or without a value. */
export function hasAttribute(section: Section, name: string): boolean {
  return attribute(section, name) !== undefined;
}

/** An `a=` line; without a value it is a property attribute. */
export function attributeLine(name: string, value: string | number | null = null): SdpLine {
  return { kind: 'attribute', name, value: value === null ? null : String(value) };
}

/** A `c=` line. */
export function connectionLine(connection: NetworkAddress): SdpLine {
  return { kind: 'connection', connection };
}

const DIRECTIONS: ReadonlySet<string> = new Set<Direction>(['sendrecv', 'sendonly', 'recvonly', 'inactive']);

/** True for the four attributes that tell a direction. */
export function isDirection(name: string): name is Direction {
  return DIRECTIONS.has(name);
}

/** Direction of a stream: its own attribute, else the session's, else `sendrecv` (RFC 8866 §6.7). */
export function directionOf(sdp: SessionDescription, media: MediaDescription): Direction {
  return ownDirection(media) ?? ownDirection(sdp) ?? 'sendrecv';
}

function ownDirection(section: Section): Direction | undefined {
  for (const line of section.lines) if (line.kind === 'attribute' && isDirection(line.name)) return line.name;
  return undefined;
}

/** Address of a stream: its own `c=`, else the session's; undefined when neither is there. */
export function connectionOf(sdp: SessionDescription, media: MediaDescription): NetworkAddress | undefined {
  return ownConnection(media) ?? ownConnection(sdp);
}

function ownConnection(section: Section): NetworkAddress | undefined {
  for (const line of section.lines) if (line.kind === 'connection') return line.connection;
  return undefined;
}

/** `a=ptime` in milliseconds (RFC 8866 §6.4), undefined when absent or not a number from 1 to 1000. */
export function ptimeMs(media: MediaDescription): number | undefined {
  return milliseconds(attribute(media, 'ptime'));
}

/** `a=maxptime` in milliseconds (RFC 8866 §6.5), as `ptimeMs`. */
export function maxPtimeMs(media: MediaDescription): number | undefined {
  return milliseconds(attribute(media, 'maxptime'));
}

function milliseconds(value: string | null | undefined): number | undefined {
  const number = Number(value ?? Number.NaN);
  return number >= 1 && number <= 1000 ? number : undefined;
}

/** Port to which RTCP goes: `a=rtcp` (RFC 3605), else one above RTP. With rtcp-mux it is not used. */
export function rtcpPort(media: MediaDescription): number {
  const written = Number((attribute(media, 'rtcp') ?? '').split(' ')[0]);
  return Number.isInteger(written) && written > 0 && written <= 65_535 ? written : Math.min(media.port + 1, 65_535);
}
