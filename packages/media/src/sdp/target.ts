import { isIP } from 'node:net';
import { connectionOf, hasAttribute, rtcpPort } from './attributes.ts';
import type { MediaDescription, NetworkAddress, SessionDescription } from './model.ts';
import { isBlackHoleAddress } from './scan.ts';

/** Where the other side wants its packets. */
export interface RemoteTarget {
  readonly address: string;
  readonly port: number;
  /** Equal to `port` with rtcp-mux. */
  readonly rtcpPort: number;
}

export type AddressFamily = 'IP4' | 'IP6';

/**
 * Target of a stream. 'nowhere': the unspecified address, a hold. 'unreachable': nothing this side can send to.
 *
 * An address of a family this side does not speak, or a host name, is replaced by the first usable one of
 * `signalledFrom`: hosts with both families often name the one that the call did not come by, and listen on both.
 */
export function remoteTarget(
  sdp: SessionDescription,
  media: MediaDescription,
  families: readonly AddressFamily[],
  signalledFrom: readonly string[],
): RemoteTarget | 'nowhere' | 'unreachable' {
  const connection = connectionOf(sdp, media);
  if (!connection || isMulticast(connection.host)) return 'unreachable';
  if (isBlackHoleAddress(connection.host)) return 'nowhere';
  const address = [ownAddress(connection), ...signalledFrom].find((candidate) => isUsable(candidate, families));
  if (address === undefined) return 'unreachable';
  const { port } = media;
  return { address, port, rtcpPort: hasAttribute(media, 'rtcp-mux') ? port : rtcpPort(media) };
}

/** Empty when the address is not of the family it claims. */
function ownAddress({ addressType, host }: NetworkAddress): string {
  return isIP(host) === (addressType === 'IP6' ? 6 : 4) ? host : '';
}

function isUsable(address: string, families: readonly AddressFamily[]): boolean {
  const version = isIP(address);
  return version !== 0 && families.includes(version === 6 ? 'IP6' : 'IP4');
}

/** Groups and broadcast: a call is between two, and nobody shall have us flood a network. */
function isMulticast(host: string): boolean {
  return /^ff[0-9a-f]{2}:/i.test(host) || /^(22[4-9]|23[0-9]|255)\./.test(host);
}
