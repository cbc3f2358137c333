import assert from 'node:assert/strict';
import { MemoryRtpNetwork } from '../../../endpoint/memory-network.ts';
import type { RtpSocket } from '../../../endpoint/socket.ts';
import { emptyRtpHeader, RTP_HEADER_OCTETS, type RtpHeader, readRtp, writeRtpHeader } from '../../../rtp/packet.ts';
import { parseSdp } from '../../../sdp/parse.ts';
import { SeededRandom } from '../../../testing/seeded-random.ts';
import { VirtualClock } from '../../../testing/virtual-clock.ts';
import type { MediaEngineResult, MediaLoss, MediaParty, OfferRequest } from '../../engine.ts';
import { PLAIN } from '../../engine.ts';
import { createEmbeddedEngine, type EmbeddedEngine } from '../engine.ts';
import type { EmbeddedEngineOptions } from '../options.ts';
import { LabBrowser, type LabBrowserOptions } from './browser.ts';

export const ENGINE_OUTSIDE = '203.0.113.1';
export const ENGINE_INSIDE = '10.0.0.1';
export const OUTSIDE: MediaParty = { side: 'outside' };
export const INSIDE: MediaParty = { side: 'inside' };

/** An engine without threads on a network in memory, in virtual time. */
export class EmbeddedLab {
  readonly clock = new VirtualClock();
  readonly random = new SeededRandom(42);
  readonly network = new MemoryRtpNetwork(this.clock, this.random);
  readonly lost: { readonly callId: string; readonly loss: MediaLoss; readonly message: string }[] = [];
  #engine: EmbeddedEngine | undefined;
  readonly #phones: LabPhone[] = [];
  readonly #browsers: LabBrowser[] = [];

  private constructor() {}

  static async open(options: Partial<EmbeddedEngineOptions> = {}): Promise<EmbeddedLab> {
    const lab = new EmbeddedLab();
    lab.#engine = await createEmbeddedEngine({
      sides: {
        outside: { addresses: [{ bindAddress: ENGINE_OUTSIDE }], ports: { min: 30_000, max: 30_199 } },
        inside: { addresses: [{ bindAddress: ENGINE_INSIDE }], ports: { min: 40_000, max: 40_199 } },
      },
      workers: 0,
      inline: { sockets: lab.network, clock: lab.clock, random: lab.random },
      events: { onCallLost: (callId, loss, message) => lab.lost.push({ callId, loss, message }) },
      ...options,
    });
    return lab;
  }

  get engine(): EmbeddedEngine {
    return this.#engine as EmbeddedEngine;
  }

  phone(address: string, port = 5_004): LabPhone {
    const phone = new LabPhone(this.network, this.clock, address, port);
    this.#phones.push(phone);
    return phone;
  }

  browser(address: string, options?: LabBrowserOptions): LabBrowser {
    const browser = new LabBrowser(this.network, this.clock, address, options);
    this.#browsers.push(browser);
    return browser;
  }

  async offer(phone: LabPhone, change: Partial<OfferRequest> = {}): Promise<string> {
    const key = { callId: 'call', fromTag: 'a', viaBranch: 'z9' };
    const request = { ...key, sdp: phone.sdp(), from: OUTSIDE, to: INSIDE, profile: PLAIN, ...change };
    return sdpOf(await this.engine.offer(request));
  }

  /** Joins an outside phone to an inside one, plain; each then knows where to send. */
  async connect(
    a: LabPhone,
    b: LabPhone,
    key = { callId: 'call', fromTag: 'a', viaBranch: 'z9' },
    toTag = 'b',
  ): Promise<void> {
    b.sendTo(await this.offer(a, key));
    const answer = await this.engine.answer({ ...key, toTag, sdp: b.sdp(), from: INSIDE });
    a.sendTo(sdpOf(answer));
  }

  /** Ends everything; nothing may be left over. */
  async close(): Promise<void> {
    await this.engine.close();
    for (const party of [...this.#phones, ...this.#browsers]) party.close();
    this.clock.advance(1_000);
    assert.equal(this.network.open, 0, 'sockets');
    assert.equal(this.clock.pending, 0, 'timers');
  }
}

export interface Heard {
  readonly header: RtpHeader;
  readonly payload: Buffer;
  readonly address: string;
  readonly port: number;
}

/** A party that sends numbered packets and keeps what it hears. */
export class LabPhone {
  readonly address: string;
  readonly port: number;
  readonly heard: Heard[] = [];
  readonly reports: Buffer[] = [];
  readonly others: Buffer[] = [];
  ssrc: number;
  payloadType = 8;
  sequence = 65_530;
  timestamp = 0xffff_ff00;
  direction = 'sendrecv';
  #to = { address: '', port: 0, rtcpPort: 0 };
  readonly #clock: VirtualClock;
  readonly #rtp: RtpSocket;
  readonly #rtcp: RtpSocket;

  constructor(network: MemoryRtpNetwork, clock: VirtualClock, address: string, port: number) {
    this.address = address;
    this.port = port;
    this.#clock = clock;
    this.ssrc = 0x1000 + port;
    this.#rtp = bound(network, address, port);
    this.#rtcp = bound(network, address, port + 1);
    this.#rtp.receive((datagram, from, fromPort) => this.#hear(datagram, from, fromPort));
    this.#rtcp.receive((datagram) => this.reports.push(datagram));
  }

  sdp(formats = ['8 PCMA/8000', '101 telephone-event/8000'], version = 1): string {
    const family = this.address.includes(':') ? 'IP6' : 'IP4';
    return [
      'v=0',
      `o=- 1 ${version} IN ${family} ${this.address}`,
      's=-',
      `c=IN ${family} ${this.address}`,
      't=0 0',
      `m=audio ${this.port} RTP/AVP ${formats.map((format) => format.split(' ')[0]).join(' ')}`,
      ...formats.map((format) => `a=rtpmap:${format}`),
      `a=${this.direction}`,
      '',
    ].join('\r\n');
  }

  /** Takes where to send from a description. */
  sendTo(sdp: string): void {
    this.#to = targetOf(sdp);
  }

  get target() {
    return this.#to;
  }

  /** Sends packets of 20 ms and lets the time pass that they take. */
  talk(packets: number, to = this.#to): void {
    for (let i = 0; i < packets; i++) {
      this.say(Buffer.alloc(160, 0x55), to);
      this.#clock.advance(20);
    }
  }

  /** One packet; time does not pass. */
  say(payload: Buffer, to = this.#to, marker = false): void {
    const packet = Buffer.alloc(RTP_HEADER_OCTETS + payload.length);
    this.sequence = (this.sequence + 1) & 0xffff;
    this.timestamp = (this.timestamp + 160) >>> 0;
    writeRtpHeader(packet, marker, this.payloadType, this.sequence, this.timestamp, this.ssrc);
    payload.copy(packet, RTP_HEADER_OCTETS);
    this.raw(packet, to.port, to.address);
  }

  raw(octets: Buffer, port = this.#to.port, address = this.#to.address): void {
    this.#rtp.send(octets, octets.length, port, address);
  }

  rawRtcp(octets: Buffer, port = this.#to.rtcpPort, address = this.#to.address): void {
    this.#rtcp.send(octets, octets.length, port, address);
  }

  close(): void {
    this.#rtp.close();
    this.#rtcp.close();
  }

  #hear(datagram: Buffer, address: string, port: number): void {
    const header = emptyRtpHeader();
    if (readRtp(datagram, header) !== 'ok') this.others.push(datagram);
    else this.heard.push({ header, payload: datagram.subarray(header.payloadStart, header.payloadEnd), address, port });
  }
}

export function targetOf(sdp: string): { address: string; port: number; rtcpPort: number } {
  const parsed = parseSdp(sdp);
  assert.ok(parsed.ok, sdp);
  const port = parsed.sdp.media[0]?.port ?? 0;
  const rtcp = /^a=rtcp:(\d+)/m.exec(sdp)?.[1];
  const isMux = /^a=rtcp-mux/m.test(sdp);
  const address = /^c=IN IP[46] (\S+)/m.exec(sdp)?.[1] ?? '';
  return { address, port, rtcpPort: rtcp ? Number(rtcp) : isMux ? port : port + 1 };
}

export function sdpOf(result: MediaEngineResult): string {
  assert.ok(result.ok, JSON.stringify(result));
  return result.sdp;
}

function bound(network: MemoryRtpNetwork, address: string, port: number): RtpSocket {
  const result = network.bindNow(address, port);
  assert.ok(result.ok);
  return result.socket;
}
