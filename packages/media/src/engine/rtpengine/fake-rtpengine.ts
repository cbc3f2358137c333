import type { MemoryRtpNetwork } from '../../endpoint/memory-network.ts';
import type { RtpSocket } from '../../endpoint/socket.ts';
import type { MediaClock } from '../../time.ts';
import { asDictionary, type BencodedDictionary, decodeBencode, encodeBencode, textIn } from './bencode.ts';

const FINGERPRINT = Array(32).fill('0A').join(':');

/** An rtpengine without media, for tests: it answers as the real one does, and can fall silent or be started anew. */
export class FakeRtpengine {
  readonly address: string;
  readonly port = 2_223;
  readonly calls = new Set<string>();
  /** Commands in order of their first arrival. */
  readonly commands: BencodedDictionary[] = [];
  isSilent = false;
  /** Next `offer` is refused with this. */
  refusal: string | undefined;
  /** What `query` says of keys. */
  isSecured = true;
  readonly #clock: MediaClock;
  readonly #socket: RtpSocket;
  readonly #replies = new Map<string, Buffer>();
  #startedAtMs: number;
  #nextPort = 30_000;

  constructor(network: MemoryRtpNetwork, clock: MediaClock, address: string) {
    this.address = address;
    this.#clock = clock;
    this.#startedAtMs = clock.nowMs();
    const bound = network.bindNow(address, this.port);
    if (!bound.ok) throw new Error(bound.message);
    this.#socket = bound.socket;
    this.#socket.receive((datagram, from, fromPort) => this.#receive(datagram, from, fromPort));
  }

  get control() {
    return { address: this.address, port: this.port };
  }

  /** How often a command came, repetitions not counted. */
  count(command: string): number {
    return this.commands.filter((one) => one.command === command).length;
  }

  restart(): void {
    this.calls.clear();
    this.#startedAtMs = this.#clock.nowMs();
  }

  close(): void {
    this.#socket.close();
  }

  #receive(datagram: Buffer, from: string, fromPort: number): void {
    if (this.isSilent) return;
    const space = datagram.indexOf(0x20);
    const cookie = datagram.toString('latin1', 0, space);
    const reply = this.#replies.get(cookie) ?? this.#answer(asDictionary(decodeBencode(datagram.subarray(space + 1))));
    this.#replies.set(cookie, reply);
    const octets = Buffer.concat([Buffer.from(`${cookie} `), reply]);
    this.#socket.send(octets, octets.length, fromPort, from);
  }

  #answer(command: BencodedDictionary): Buffer {
    this.commands.push(command);
    return encodeBencode(this.#replyTo(command, textIn(command, 'call-id') ?? ''));
  }

  #replyTo(command: BencodedDictionary, callId: string): BencodedDictionary {
    switch (command.command) {
      case 'ping':
        return { result: 'pong' };
      case 'statistics':
        return { result: 'ok', statistics: this.#statistics() };
      case 'offer':
        if (this.refusal !== undefined) return { result: 'error', 'error-reason': this.refusal };
        this.calls.add(callId);
        return { result: 'ok', sdp: this.#describe(command) };
      case 'answer':
        return this.calls.has(callId) ? { result: 'ok', sdp: this.#describe(command) } : UNKNOWN;
      case 'query':
        return this.calls.has(callId) ? { result: 'ok', tags: this.#tags() } : UNKNOWN;
      case 'delete':
        return this.calls.delete(callId) ? { result: 'ok' } : { result: 'ok', warning: 'Call-ID not found' };
      default:
        return { result: 'error', 'error-reason': 'Unrecognized command' };
    }
  }

  #statistics(): BencodedDictionary {
    const uptimeSec = Math.floor((this.#clock.nowMs() - this.#startedAtMs) / 1000);
    const ports = { min: 30_000, max: 30_199, used: 4 * this.calls.size, totals: 200 };
    return { totalstatistics: { uptime: String(uptimeSec) }, interfaces: [{ name: 'default', ports }] };
  }

  #tags(): BencodedDictionary {
    const stats = { packets: 7, bytes: 7 * 172, errors: 1 };
    const keys = this.isSecured ? { 'crypto suite': 'AES_CM_128_HMAC_SHA1_80' } : {};
    const streams = [
      { flags: ['RTP', 'filled'], stats, ...keys },
      { flags: ['RTCP', 'filled'], stats },
    ];
    const party = { medias: [{ index: 1, type: 'audio', streams }] };
    return { a: party, b: party };
  }

  #describe(command: BencodedDictionary): string {
    const protocol = textIn(command, 'transport-protocol') ?? 'RTP/AVP';
    const isDtls = protocol.startsWith('UDP/TLS');
    const port = this.#nextPort;
    this.#nextPort += 2;
    const secured = [`a=fingerprint:sha-256 ${FINGERPRINT}`, 'a=setup:actpass', 'a=rtcp-mux'];
    const ice = ['a=ice-ufrag:abcd', 'a=ice-pwd:aSecretOfTwentyTwoOctets'];
    return [
      'v=0',
      `o=- 1 1 IN IP4 ${this.address}`,
      's=-',
      `c=IN IP4 ${this.address}`,
      't=0 0',
      'a=ice-lite',
      `m=audio ${port} ${protocol} 8 101`,
      'a=rtpmap:8 PCMA/8000',
      ...(isDtls ? [...secured, ...ice] : [`a=rtcp:${port + 1}`]),
      '',
    ].join('\r\n');
  }
}

const UNKNOWN = { result: 'error', 'error-reason': 'Unknown call-id' } as const;
