/** Descriptions of both parties, as short as they may be, and what is read from those that come back. */

export interface IceNames {
  readonly ufrag: string;
  readonly password: string;
}

const ADDRESS = '127.0.0.1';

export function plainDescription(port: number): string {
  return lines([
    ...session(),
    `m=audio ${port} RTP/AVP 8`,
    `c=IN IP4 ${ADDRESS}`,
    'a=rtpmap:8 PCMA/8000',
    'a=ptime:20',
    'a=sendrecv',
  ]);
}

/** As a browser offers, but that it is always the one to begin the handshake. */
export function browserDescription(port: number, ice: IceNames, fingerprint: string): string {
  return lines([
    ...session(),
    'a=group:BUNDLE 0',
    `m=audio ${port} UDP/TLS/RTP/SAVPF 8`,
    `c=IN IP4 ${ADDRESS}`,
    'a=rtcp-mux',
    `a=ice-ufrag:${ice.ufrag}`,
    `a=ice-pwd:${ice.password}`,
    `a=fingerprint:sha-256 ${fingerprint}`,
    'a=setup:active',
    'a=mid:0',
    'a=rtpmap:8 PCMA/8000',
    'a=sendrecv',
    `a=candidate:1 1 UDP 2130706431 ${ADDRESS} ${port} typ host`,
    'a=end-of-candidates',
  ]);
}

/** Where the relay listens for the party that this description is for. */
export function portOf(sdp: string): number {
  const port = Number(/^m=audio (\d+) /m.exec(sdp)?.[1]);
  if (!(port > 0)) throw new Error(`no port in ${sdp}`);
  return port;
}

export function iceOf(sdp: string): IceNames {
  const ufrag = /^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1];
  const password = /^a=ice-pwd:(\S+)/m.exec(sdp)?.[1];
  if (ufrag === undefined || password === undefined) throw new Error(`no ICE in ${sdp}`);
  return { ufrag, password };
}

function session(): string[] {
  return ['v=0', `o=- 1 1 IN IP4 ${ADDRESS}`, 's=-', 't=0 0'];
}

function lines(all: readonly string[]): string {
  return `${all.join('\r\n')}\r\n`;
}
