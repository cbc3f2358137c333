import { type MediaProfile, PLAIN, SDES, WEBRTC } from '@unisono/media';
import type { TransportName } from '@unisono/sip';

/** What a description itself speaks: that is what its sender will understand when it is offered something. */
export function profileOf(sdp: string): MediaProfile | undefined {
  const protocol = /^m=audio \d+(?:\/\d+)? (\S+)/m.exec(sdp)?.[1]?.toUpperCase();
  if (protocol === undefined) return undefined;
  if (protocol.startsWith('UDP/TLS/') || /^a=fingerprint:/m.test(sdp)) return WEBRTC;
  if (protocol.startsWith('RTP/SAVP') || /^a=crypto:/m.test(sdp)) return SDES;
  return PLAIN;
}

/** What a client of which nothing else is known is offered. */
export function doorProfile(transport: TransportName): MediaProfile {
  switch (transport) {
    case 'ws':
    case 'wss':
      return WEBRTC;
    case 'tls':
      return SDES;
    default:
      return PLAIN;
  }
}

/** Clients whose way of speaking is remembered, at most. */
const MAX_REMEMBERED = 20_000;

/** How clients secure their media, learned from what they say: by registration, else by flow. */
export class Habits {
  readonly #known = new Map<string, MediaProfile>();

  /** Notes what a client's own description speaks. */
  learn(client: string, sdp: string): void {
    const profile = profileOf(sdp);
    if (!profile) return;
    this.#known.delete(client);
    this.#known.set(client, profile);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_REMEMBERED && oldest !== undefined) this.#known.delete(oldest);
  }

  of(client: string): MediaProfile | undefined {
    return this.#known.get(client);
  }
}
