import assert from 'node:assert/strict';
import { createDtlsCertificate, type DtlsCertificate, matchesFingerprint } from '../../../dtls/certificate.ts';
import { type DtlsKeys, DtlsSession } from '../../../dtls/session.ts';
import type { MemoryRtpNetwork } from '../../../endpoint/memory-network.ts';
import type { RtpSocket } from '../../../endpoint/socket.ts';
import { isRtcp, writeRtpHeader } from '../../../rtp/packet.ts';
import { SrtpReceiver, SrtpSender } from '../../../srtp/context.ts';
import { readStun, StunAttributeType as Type } from '../../../stun/message.ts';
import { writeStun } from '../../../stun/write.ts';
import type { VirtualClock } from '../../../testing/virtual-clock.ts';

const CERTIFICATE = createDtlsCertificate();

export interface LabBrowserOptions {
  readonly certificate?: DtlsCertificate;
  /** Signals another fingerprint than that of its certificate. */
  readonly signalled?: DtlsCertificate;
  readonly port?: number;
}

/** A full ICE agent with DTLS-SRTP on a network in memory, as a browser is one: it checks, nominates, shakes hands. */
export class LabBrowser {
  readonly address: string;
  readonly heard: Buffer[] = [];
  readonly reports: Buffer[] = [];
  readonly certificate: DtlsCertificate;
  ufrag = 'browser1';
  password = 'passwordOfTheBrowser001';
  setup: 'actpass' | 'active' | 'passive' = 'actpass';
  direction = 'sendrecv';
  sequence = 7;
  timestamp = 1_000;
  successes = 0;
  errors = 0;
  keys: DtlsKeys | undefined;
  readonly #clock: VirtualClock;
  readonly #network: MemoryRtpNetwork;
  readonly #signalled: DtlsCertificate;
  #socket: RtpSocket;
  #session: DtlsSession | undefined;
  #sender: SrtpSender | undefined;
  #receiver: SrtpReceiver | undefined;
  #remote = { address: '', port: 0, ufrag: '', password: '', setup: '', fingerprint: '' };
  #transaction = 0;

  constructor(network: MemoryRtpNetwork, clock: VirtualClock, address: string, options: LabBrowserOptions = {}) {
    this.address = address;
    this.#network = network;
    this.#clock = clock;
    this.certificate = options.certificate ?? CERTIFICATE;
    this.#signalled = options.signalled ?? this.certificate;
    this.#socket = this.#bind(options.port ?? 50_000);
  }

  sdp(): string {
    const { hash, value } = this.#signalled.fingerprint;
    return [
      'v=0',
      'o=- 4711 1 IN IP4 127.0.0.1',
      's=-',
      't=0 0',
      'a=group:BUNDLE 0',
      `m=audio ${this.#socket.port} UDP/TLS/RTP/SAVPF 8 110`,
      `c=IN IP4 ${this.address}`,
      `a=ice-ufrag:${this.ufrag}`,
      `a=ice-pwd:${this.password}`,
      `a=fingerprint:${hash} ${value}`,
      `a=setup:${this.setup}`,
      'a=mid:0',
      `a=${this.direction}`,
      'a=rtcp-mux',
      'a=rtpmap:8 PCMA/8000',
      'a=rtpmap:110 telephone-event/8000',
      '',
    ].join('\r\n');
  }

  /** Takes what the engine says of itself. */
  take(sdp: string): void {
    const value = (name: string) => new RegExp(`^a=${name}:(.+?)\\r?$`, 'm').exec(sdp)?.[1] ?? '';
    this.#remote = {
      address: /^c=IN IP[46] (\S+)/m.exec(sdp)?.[1] ?? '',
      port: Number(/^m=audio (\d+)/m.exec(sdp)?.[1]),
      ufrag: value('ice-ufrag'),
      password: value('ice-pwd'),
      setup: value('setup'),
      fingerprint: value('fingerprint'),
    };
  }

  get remote() {
    return this.#remote;
  }

  /** Sends one check. */
  check(options: { nominates?: boolean; password?: string; priority?: number } = {}): void {
    const priority = Buffer.alloc(4);
    priority.writeUInt32BE(options.priority ?? 1_000);
    const transactionId = Buffer.alloc(12);
    transactionId.writeUInt32BE(++this.#transaction, 8);
    const message = writeStun(
      {
        class: 'request',
        method: 1,
        transactionId,
        attributes: [
          [Type.username, Buffer.from(`${this.#remote.ufrag}:${this.ufrag}`)],
          [Type.iceControlling, Buffer.alloc(8, 9)],
          [Type.priority, priority],
          ...((options.nominates ?? true) ? [[Type.useCandidate, Buffer.alloc(0)] as const] : []),
        ],
      },
      Buffer.from(options.password ?? this.#remote.password),
    );
    this.raw(message);
  }

  /** Begins the handshake as client; as server it waits. */
  shakeHands(): void {
    this.#dtls('client').start();
  }

  raw(octets: Buffer): void {
    this.#socket.send(octets, octets.length, this.#remote.port, this.#remote.address);
  }

  /** One packet of speech, secured. */
  say(payload = Buffer.alloc(160, 0x55), ssrc = 0xb0b): void {
    const packet = Buffer.alloc(12 + payload.length + 32);
    this.sequence = (this.sequence + 1) & 0xffff;
    this.timestamp = (this.timestamp + 160) >>> 0;
    writeRtpHeader(packet, false, 8, this.sequence, this.timestamp, ssrc);
    payload.copy(packet, 12);
    const octets = this.#sender?.protectRtp(packet, 12 + payload.length);
    assert.equal(typeof octets, 'number', String(octets));
    this.raw(packet.subarray(0, octets as number));
  }

  sayRtcp(packet: Buffer): void {
    const room = Buffer.concat([packet, Buffer.alloc(32)]);
    const octets = this.#sender?.protectRtcp(room, packet.length);
    assert.equal(typeof octets, 'number', String(octets));
    this.raw(room.subarray(0, octets as number));
  }

  /** Lets time pass until `is` holds; the handshake needs turns of the event loop as well. */
  async until(is: () => boolean, what: string): Promise<void> {
    for (let turn = 0; turn < 400; turn++) {
      if (is()) return;
      this.#clock.advance(2);
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.fail(`waited in vain for ${what}`);
  }

  /** ICE and DTLS with the engine, whichever side begins. */
  async connect(): Promise<void> {
    this.check();
    await this.until(() => this.successes > 0, 'an answer to a check');
    if (this.#remote.setup !== 'active') this.shakeHands();
    await this.until(() => this.keys !== undefined, 'DTLS');
    await this.until(() => true, '');
  }

  /** Another port: the network has changed. */
  move(port: number): void {
    this.#socket.close();
    this.#socket = this.#bind(port);
    this.successes = 0;
  }

  close(): void {
    this.#session?.close();
    this.#socket.close();
  }

  #bind(port: number): RtpSocket {
    const result = this.#network.bindNow(this.address, port);
    assert.ok(result.ok);
    result.socket.receive((datagram) => this.#receive(datagram));
    return result.socket;
  }

  #receive(datagram: Buffer): void {
    const first = datagram[0] ?? 0;
    if (first < 4) {
      const message = readStun(datagram);
      if (typeof message !== 'string' && message.class === 'success') this.successes++;
      else this.errors++;
    } else if (first < 64) this.#dtls('server').receive(datagram);
    else if (this.#receiver) {
      const isReport = isRtcp(datagram);
      const length = isReport
        ? this.#receiver.unprotectRtcp(datagram, datagram.length)
        : this.#receiver.unprotectRtp(datagram, datagram.length);
      if (typeof length === 'number') (isReport ? this.reports : this.heard).push(datagram.subarray(0, length));
    }
  }

  #dtls(role: 'client' | 'server'): DtlsSession {
    this.#session ??= new DtlsSession({
      role,
      certificate: this.certificate,
      clock: this.#clock,
      send: (datagram) => this.raw(datagram),
      onConnected: (keys) => {
        this.keys = keys;
        const [hash = '', value = ''] = this.#remote.fingerprint.split(' ');
        assert.ok(matchesFingerprint(keys.certificate, [{ hash, value }]), 'the certificate of the engine');
        this.#sender = new SrtpSender({ profile: keys.profile, ...keys.local });
        this.#receiver = new SrtpReceiver({ profile: keys.profile, ...keys.remote });
      },
      onFailed: (reason) => assert.fail(reason),
    });
    return this.#session;
  }
}
