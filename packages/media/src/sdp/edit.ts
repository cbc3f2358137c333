import { attributeLine, directionOf, isDirection } from './attributes.ts';
import type { Direction, MediaDescription, Origin, SdpLine, SessionDescription } from './model.ts';
import { nextVersion } from './scan.ts';

/*
 * Changes of whole descriptions. Each gives a new description and leaves the version in `o=` alone, so that several
 * can follow each other; `withNextVersion` comes last.
 */

/** The description with its version one higher (RFC 3264 §8). */
export function withNextVersion(sdp: SessionDescription): SessionDescription {
  return withOrigin(sdp, { sessionVersion: nextVersion(sdp.origin.sessionVersion) });
}

/** The description with some parts of `o=` replaced. */
export function withOrigin(sdp: SessionDescription, change: Partial<Origin>): SessionDescription {
  return { ...sdp, origin: { ...sdp.origin, ...change } };
}

/**
 * An offer that puts the peer on hold (RFC 3264 §8.4): what flowed both ways becomes `sendonly`, what was only
 * received becomes `inactive`.
 */
export function holdOffer(sdp: SessionDescription): SessionDescription {
  return mapDirections(sdp, (direction) => HELD[direction]);
}

const HELD: Readonly<Record<Direction, Direction>> = {
  sendrecv: 'sendonly',
  sendonly: 'sendonly',
  recvonly: 'inactive',
  inactive: 'inactive',
};

/** An offer that takes a hold back: every stream that is not rejected flows both ways again (RFC 6337 §5.3). */
export function resumeOffer(sdp: SessionDescription): SessionDescription {
  return mapDirections(sdp, () => 'sendrecv');
}

/** An offer after which nothing flows and the streams stay set up. */
export function inactiveOffer(sdp: SessionDescription): SessionDescription {
  return mapDirections(sdp, () => 'inactive');
}

/**
 * As `inactiveOffer`, and with unspecified addresses for peers that know no `a=inactive` (RFC 3264 §8.4; RFC 3725
 * flow I sends the called party such an offer first).
 */
export function blackHoleOffer(sdp: SessionDescription): SessionDescription {
  const black = (line: SdpLine): SdpLine =>
    line.kind === 'connection' ? { kind: 'connection', connection: unspecified(line.connection) } : line;
  const silent = inactiveOffer(sdp);
  return {
    ...silent,
    lines: silent.lines.map(black),
    media: silent.media.map((media) => ({ ...media, lines: media.lines.map(black) })),
  };
}

function unspecified<A extends { readonly addressType: string }>(address: A): A {
  return { ...address, host: address.addressType === 'IP6' ? '::' : '0.0.0.0' };
}

/** The description with every stream's direction replaced; rejected streams are left as they are. */
export function mapDirections(
  sdp: SessionDescription,
  change: (direction: Direction, media: MediaDescription) => Direction,
): SessionDescription {
  const media = sdp.media.map((m) => (m.port === 0 ? m : withDirection(m, change(directionOf(sdp, m), m))));
  return { ...sdp, media };
}

/** The stream with that direction attribute, at the place of its former one. */
export function withDirection(media: MediaDescription, direction: Direction): MediaDescription {
  const isOwn = (line: SdpLine) => line.kind === 'attribute' && isDirection(line.name);
  const at = media.lines.findIndex(isOwn);
  const lines = media.lines.filter((line) => !isOwn(line));
  lines.splice(at < 0 ? lines.length : at, 0, attributeLine(direction));
  return { ...media, lines };
}

/**
 * A rejected stream (RFC 3264 §6): port 0 and no attributes but `a=mid`, which keeps its place known. At least one
 * format has to stay on the line.
 */
export function rejectedMedia(media: MediaDescription): MediaDescription {
  const keep = (line: SdpLine) => line.kind === 'attribute' && line.name === 'mid';
  return { ...media, port: 0, portCount: 1, lines: media.lines.filter(keep) };
}

/** The description with every stream rejected for which `isWanted` says no. */
export function rejectMedia(
  sdp: SessionDescription,
  isWanted: (media: MediaDescription) => boolean,
): SessionDescription {
  return { ...sdp, media: sdp.media.map((media) => (isWanted(media) ? media : rejectedMedia(media))) };
}

/**
 * The description with rejected streams added until it has as many as `before`: within a session the number of
 * `m=` lines never shrinks (RFC 3264 §8).
 */
export function withAtLeastMediaOf(sdp: SessionDescription, before: SessionDescription): SessionDescription {
  const missing = before.media.slice(sdp.media.length).map(rejectedMedia);
  return missing.length === 0 ? sdp : { ...sdp, media: [...sdp.media, ...missing] };
}
