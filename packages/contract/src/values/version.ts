/** The version in the path of every request, and in the hello of link and events. */
export const API_VERSION = 1;

/** Before every path of this version. */
export const API_PREFIX = `/v${API_VERSION}`;

/** Protocol versions this side speaks on the link and on event connections, the preferred one first. */
export const PROTOCOL_VERSIONS: readonly number[] = [1];

/** The newest version both sides speak; undefined when there is none. */
export function commonVersion(ours: readonly number[], theirs: readonly number[]): number | undefined {
  return ours.filter((version) => theirs.includes(version)).sort((a, b) => b - a)[0];
}

/** WebSocket subprotocols (RFC 6455 §1.9). */
export const LINK_SUBPROTOCOL = 'unisono.link.v1';
export const EVENTS_SUBPROTOCOL = 'unisono.events.v1';
