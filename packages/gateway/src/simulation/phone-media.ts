import { type Payload, sdpPayload } from '@unisono/sip';

export type MediaDirection = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/**
 * A phone's side of offer and answer in one call. Each call has a media port of its own, so that a description shows
 * whose call it is, whoever passed it on.
 */
export class PhoneMedia {
  /** `address:port`, unique in the world. */
  readonly key: string;
  /** True while the user wants the other party on hold. */
  isHolding = false;
  /** What both sides last agreed on. */
  local: string | undefined;
  remote: string | undefined;
  readonly #user: string;
  readonly #address: string;
  readonly #port: number;
  #version = 0;
  #last = '';

  constructor(user: string, address: string, port: number) {
    this.#user = user;
    this.#address = address;
    this.#port = port;
    this.key = `${address}:${port}`;
  }

  offer(): Payload {
    return this.#describe(this.isHolding ? 'sendonly' : 'sendrecv');
  }

  /** The answer to an offer (RFC 3264 §6.1). */
  answer(offer: Payload): Payload {
    return this.#describe(answerTo(directionOf(offer.bytes.toString('latin1')), this.isHolding));
  }

  /** A whole exchange is done. */
  agreed(local: Payload | undefined, remote: Payload | undefined): void {
    if (!local || !remote) return;
    this.local = local.bytes.toString('latin1');
    this.remote = remote.bytes.toString('latin1');
  }

  #describe(direction: MediaDirection): Payload {
    const media = [
      `c=IN IP4 ${this.#address}`,
      't=0 0',
      `m=audio ${this.#port} RTP/AVP 8 0 101`,
      'a=rtpmap:101 telephone-event/8000',
      `a=${direction}`,
      '',
    ].join('\r\n');
    if (media !== this.#last) this.#version++;
    this.#last = media;
    const origin = `o=${this.#user} 1 ${this.#version} IN IP4 ${this.#address}`;
    return sdpPayload(`v=0\r\n${origin}\r\ns=-\r\n${media}`);
  }
}

function answerTo(offered: MediaDirection, isHolding: boolean): MediaDirection {
  switch (offered) {
    case 'sendrecv':
      return isHolding ? 'sendonly' : 'sendrecv';
    case 'sendonly':
      return isHolding ? 'inactive' : 'recvonly';
    case 'recvonly':
      return 'sendonly';
    case 'inactive':
      return 'inactive';
  }
}

/** The direction attribute of a description's only stream. */
export function directionOf(sdp: string): MediaDirection {
  return (/^a=(sendrecv|sendonly|recvonly|inactive)\r?$/m.exec(sdp)?.[1] as MediaDirection | undefined) ?? 'sendrecv';
}

/** Where a description wants its audio, as `PhoneMedia.key` writes it; undefined when it names nothing. */
export function mediaKeyOf(sdp: string): string | undefined {
  const address = /^c=IN IP4 (\S+)/m.exec(sdp)?.[1];
  const port = /^m=audio (\d+)/m.exec(sdp)?.[1];
  return address === undefined || port === undefined ? undefined : `${address}:${port}`;
}
