import { isIPv6 } from 'node:net';
import { attribute, attributeLine } from '../../sdp/attributes.ts';
import type { SdpLine, SessionDescription } from '../../sdp/model.ts';
import type { IceCredentials, StreamEnd } from '../stream.ts';
import { nearest, type Sections } from './security.ts';

/** RFC 8445 §5.1.2.1: type preference 126 (host), local preference 65535, component 1; component 2 is one less. */
const HOST_PRIORITY = 2_130_706_431;
const UFRAG = /^[A-Za-z0-9+/]{4,256}$/;
const PASSWORD = /^[A-Za-z0-9+/]{22,256}$/;

/**
 * Names and secret of a full ICE agent; undefined without ICE, and towards a lite one: of two lite sides none checks,
 * and each sends to what `m=` and `c=` say (RFC 8445 §6.1.1).
 */
export function readIce(sdp: SessionDescription, sections: Sections): IceCredentials | undefined {
  const ufrag = nearest(sections, 'ice-ufrag');
  const password = nearest(sections, 'ice-pwd');
  if (!ufrag || !password || !UFRAG.test(ufrag) || !PASSWORD.test(password)) return undefined;
  return attribute(sdp, 'ice-lite') === undefined ? { ufrag, password } : undefined;
}

/** Credentials and the host candidates of an own stream; none without ICE. `a=ice-lite` belongs to the session. */
export function iceLines(end: StreamEnd): SdpLine[] {
  const { ice, address, port, rtcpPort } = end;
  if (!ice) return [];
  const lines = [attributeLine('ice-ufrag', ice.ufrag), attributeLine('ice-pwd', ice.password)];
  if (address === undefined) return lines;
  lines.push(attributeLine('candidate', candidateText(1, address, port)));
  if (rtcpPort !== port) lines.push(attributeLine('candidate', candidateText(2, address, rtcpPort)));
  return [...lines, attributeLine('end-of-candidates')];
}

function candidateText(component: 1 | 2, address: string, port: number): string {
  const foundation = isIPv6(address) ? 2 : 1;
  return `${foundation} ${component} udp ${HOST_PRIORITY + 1 - component} ${address} ${port} typ host`;
}
