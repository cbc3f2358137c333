import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { RtpHeader, SrtpSession } from 'werift';
import { emptyRtpHeader, RTP_HEADER_OCTETS, readRtp, writeRtpHeader } from '../../rtp/packet.ts';
import { connectionOf } from '../../sdp/attributes.ts';
import { cryptoAttributes } from '../../sdp/crypto.ts';
import type { Direction, MediaDescription } from '../../sdp/model.ts';
import { parseSdp } from '../../sdp/parse.ts';
import { Party } from './party.ts';

export interface RtpPartyOptions {
  readonly address?: string | undefined;
  readonly toneHz: number;
  readonly isSdes?: boolean | undefined;
  /** Its own number for telephone-event. */
  readonly eventNumber?: number | undefined;
}

const PROFILE_SHA1_80 = 1;
const [KEY_OCTETS, KEY_AND_SALT_OCTETS] = [16, 30];

/** A desk phone: RTP over UDP, in the clear or with keys in its description (RFC 4568). */
export class RtpParty extends Party {
  readonly #options: RtpPartyOptions;
  #socket: Socket;
  readonly #ssrc = randomBytes(4).readUInt32BE();
  readonly #ownKey = randomBytes(KEY_AND_SALT_OCTETS);
  #sequence = 100;
  #target: { address: string; port: number } | undefined;
  #srtp: SrtpSession | undefined;
  #version = 1;
  direction: Direction = 'sendrecv';
  /** The tag of the key that it repeats when it answers. */
  #cryptoTag = 1;

  private constructor(options: RtpPartyOptions, socket: Socket) {
    super(options.toneHz);
    this.#options = options;
    this.#socket = socket;
    this.#listen();
  }

  static async open(options: RtpPartyOptions): Promise<RtpParty> {
    return new RtpParty(options, await boundSocket(options.address ?? '127.0.0.1'));
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /** Goes to another port, as a phone that changed its network. */
  async move(): Promise<void> {
    this.#socket.close();
    this.#socket = await boundSocket(this.#options.address ?? '127.0.0.1');
    this.#listen();
  }

  async offer(): Promise<string> {
    return this.#describe(this.#options.eventNumber ?? 101);
  }

  async answer(offer: string): Promise<string> {
    const media = this.#learn(offer);
    const offered = cryptoAttributes(media).find((line) => line.suite === 'AES_CM_128_HMAC_SHA1_80');
    this.#cryptoTag = offered?.tag ?? 1;
    return this.#describe(this.#options.eventNumber ?? this.numbers.events);
  }

  async accept(answer: string): Promise<void> {
    this.#learn(answer);
  }

  async close(): Promise<void> {
    this.#socket.close();
  }

  /** A packet from elsewhere to wherever this party's packets go. */
  async intrude(address: string, payload: Buffer): Promise<void> {
    const socket = await boundSocket(address);
    const target = this.#target ?? assert.fail('nowhere to send to');
    const packet = Buffer.alloc(RTP_HEADER_OCTETS + payload.length);
    writeRtpHeader(packet, false, 8, 7, 7, 0xbad);
    payload.copy(packet, RTP_HEADER_OCTETS);
    await new Promise((sent) => socket.send(packet, target.port, target.address, sent));
    socket.close();
  }

  protected send(payloadType: number, payload: Buffer, timestamp: number): void {
    if (!this.#target) return;
    this.#sequence = (this.#sequence + 1) & 0xffff;
    const { port, address } = this.#target;
    this.#socket.send(this.#packet(payloadType, payload, timestamp), port, address);
  }

  #packet(payloadType: number, payload: Buffer, timestamp: number): Buffer {
    if (!this.#options.isSdes) {
      const packet = Buffer.alloc(RTP_HEADER_OCTETS + payload.length);
      writeRtpHeader(packet, false, payloadType, this.#sequence, timestamp, this.#ssrc);
      payload.copy(packet, RTP_HEADER_OCTETS);
      return packet;
    }
    const header = new RtpHeader({ payloadType, sequenceNumber: this.#sequence, timestamp, ssrc: this.#ssrc });
    return this.#srtp?.encrypt(payload, header) ?? Buffer.alloc(0);
  }

  #listen(): void {
    this.#socket.on('message', (datagram) => {
      const packet = this.#options.isSdes ? this.#decrypted(datagram) : datagram;
      const header = emptyRtpHeader();
      if (!packet || readRtp(packet, header) !== 'ok') return;
      const { payloadType, sequenceNumber, payloadStart, payloadEnd } = header;
      this.heard.push({ payloadType, sequenceNumber, payload: packet.subarray(payloadStart, payloadEnd) });
    });
  }

  #decrypted(datagram: Buffer): Buffer | undefined {
    try {
      return this.#srtp?.decrypt(datagram);
    } catch {
      return undefined;
    }
  }

  #learn(text: string): MediaDescription {
    const parsed = parseSdp(text);
    assert.ok(parsed.ok, text);
    const media = parsed.sdp.media.find((one) => one.media === 'audio') ?? assert.fail(text);
    assert.equal(media.protocol, this.#options.isSdes ? 'RTP/SAVP' : 'RTP/AVP');
    this.#target = { address: connectionOf(parsed.sdp, media)?.host ?? '', port: media.port };
    this.learnNumbers(text);
    const key = cryptoAttributes(media).find((line) => line.suite === 'AES_CM_128_HMAC_SHA1_80')?.keys[0];
    if (this.#options.isSdes) this.#startSrtp(Buffer.from(key?.keyAndSalt ?? assert.fail('no key'), 'base64'));
    return media;
  }

  #startSrtp(theirs: Buffer): void {
    const before = this.#srtp?.config.keys.remoteMasterKey;
    if (before?.equals(theirs.subarray(0, KEY_OCTETS))) return;
    this.#srtp = new SrtpSession({
      profile: PROFILE_SHA1_80,
      keys: {
        localMasterKey: this.#ownKey.subarray(0, KEY_OCTETS),
        localMasterSalt: this.#ownKey.subarray(KEY_OCTETS),
        remoteMasterKey: theirs.subarray(0, KEY_OCTETS),
        remoteMasterSalt: theirs.subarray(KEY_OCTETS),
      },
    });
  }

  #describe(eventNumber: number): string {
    const { address = '127.0.0.1', isSdes } = this.#options;
    const family = address.includes(':') ? 'IP6' : 'IP4';
    const crypto = `a=crypto:${this.#cryptoTag} AES_CM_128_HMAC_SHA1_80 inline:${this.#ownKey.toString('base64')}`;
    return [
      'v=0',
      `o=- 77 ${this.#version++} IN ${family} ${address}`,
      's=-',
      `c=IN ${family} ${address}`,
      't=0 0',
      `m=audio ${this.port} ${isSdes ? 'RTP/SAVP' : 'RTP/AVP'} 8 ${eventNumber}`,
      ...(isSdes ? [crypto] : []),
      'a=rtpmap:8 PCMA/8000',
      `a=rtpmap:${eventNumber} telephone-event/8000`,
      'a=ptime:20',
      `a=${this.direction}`,
      '',
    ].join('\r\n');
  }
}

async function boundSocket(address: string): Promise<Socket> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  await new Promise<void>((bound) => socket.bind(0, address, bound));
  return socket;
}
