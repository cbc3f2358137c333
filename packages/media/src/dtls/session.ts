import { DtlsClient, DtlsServer, HashAlgorithm, SignatureAlgorithm } from 'werift';
import type { DtlsCertificate } from './certificate.ts';
import { HandshakeReassembly } from './reassembly.ts';
import { type DtlsRecord, RecordType, readFragments, readRecords } from './records.ts';
import { HandshakeType, provePeer, type TranscriptMessage } from './verify.ts';

/** DTLS-SRTP protection profiles that are spoken (RFC 5764 §4.1.2, RFC 7714 §14.2), the preferred first. */
export type DtlsSrtpProfile = 'AEAD_AES_128_GCM' | 'AES_CM_128_HMAC_SHA1_80';

const PROFILES: ReadonlyMap<number, { readonly name: DtlsSrtpProfile; readonly saltOctets: number }> = new Map([
  [7, { name: 'AEAD_AES_128_GCM', saltOctets: 12 }],
  [1, { name: 'AES_CM_128_HMAC_SHA1_80', saltOctets: 14 }],
]);
const KEY_OCTETS = 16;
/** A handshake with its repetitions has no more datagrams; what comes beyond is not looked at. */
const MAX_HANDSHAKE_DATAGRAMS = 200;
/** A flight is not repeated on request more often than that. */
const REPEAT_MS = 100;

/** SRTP keys of both directions, secret, with the proof of whom they are shared with. */
export interface DtlsKeys {
  readonly profile: DtlsSrtpProfile;
  readonly local: { readonly key: Buffer; readonly salt: Buffer };
  readonly remote: { readonly key: Buffer; readonly salt: Buffer };
  /** DER of the certificate whose key the peer has shown to hold. Whether it is the right one is not decided here. */
  readonly certificate: Buffer;
}

export interface DtlsSessionOptions {
  readonly role: 'client' | 'server';
  readonly certificate: DtlsCertificate;
  /** Sends a datagram to the peer; the buffer is the receiver's. */
  readonly send: (datagram: Buffer) => void;
  readonly nowMs: () => number;
  readonly onConnected: (keys: DtlsKeys) => void;
  /** The handshake failed for good; called once at most, and never after `onConnected`. */
  readonly onFailed: (reason: string) => void;
}

/** What a peer may send in the clear, by our role, each once but the hello with its cookie (RFC 6347 §4.2.4). */
const ALLOWED: Readonly<Record<'client' | 'server', ReadonlySet<number>>> = {
  server: new Set<number>([
    HandshakeType.clientHello,
    HandshakeType.certificate,
    HandshakeType.clientKeyExchange,
    HandshakeType.certificateVerify,
  ]),
  client: new Set<number>([
    HandshakeType.helloVerifyRequest,
    HandshakeType.serverHello,
    HandshakeType.certificate,
    HandshakeType.serverKeyExchange,
    HandshakeType.certificateRequest,
    HandshakeType.serverHelloDone,
  ]),
};

/**
 * One DTLS 1.2 association for SRTP keys (RFC 5764). The handshake is werift's; around it stands what a border needs:
 * pieces are put together within bounds, each message reaches the handshake once and in order, nothing is taken in the
 * clear that must be encrypted, and before keys are handed out the signature and the Finished of the peer are proved,
 * which werift leaves out. No application data, no renegotiation, no resumption.
 */
export class DtlsSession {
  readonly #options: DtlsSessionOptions;
  readonly #dtls: DtlsClient | DtlsServer;
  readonly #reassembly = new HandshakeReassembly();
  readonly #seen = new Set<number>();
  #lastFlight: Buffer[] = [];
  #repeatedMs = -Infinity;
  #datagrams = 0;
  #state: 'new' | 'handshake' | 'connected' | 'failed' | 'closed' = 'new';
  #certificate: Buffer | undefined;

  constructor(options: DtlsSessionOptions) {
    this.#options = options;
    const { certificatePem: cert, privateKeyPem: key } = options.certificate;
    const common = {
      cert,
      key,
      signatureHash: { signature: SignatureAlgorithm.ecdsa_3, hash: HashAlgorithm.sha256_4 },
      transport: transportTo((datagram) => this.#send(datagram)),
      srtpProfiles: [...PROFILES.keys()] as (1 | 7)[],
      extendedMasterSecret: true,
    };
    this.#dtls =
      options.role === 'client' ? new DtlsClient(common) : new DtlsServer({ ...common, certificateRequest: true });
    const handle = this.#dtls.onHandleHandshakes;
    this.#dtls.onHandleHandshakes = async (messages) => {
      const finished = messages.find((message) => message.msg_type === HandshakeType.finished);
      if (!finished || this.#isProved(finished.fragment)) await handle(messages);
    };
    this.#dtls.onConnect.subscribe(() => this.#connected());
    this.#dtls.onError.subscribe((error: unknown) => this.#fail(messageOf(error)));
  }

  get state(): 'new' | 'handshake' | 'connected' | 'failed' | 'closed' {
    return this.#state;
  }

  /** As client: sends the hello. As server there is nothing to do. Idempotent. */
  start(): void {
    if (this.#state !== 'new') return;
    this.#state = 'handshake';
    if (this.#dtls instanceof DtlsClient) this.#dtls.connect().catch((error) => this.#fail(messageOf(error)));
  }

  /** Takes a datagram of the peer whose first octet says DTLS. Never throws. */
  receive(datagram: Buffer): void {
    if (this.#state === 'closed' || this.#state === 'failed') return;
    if (this.#state === 'new') this.start();
    if (this.#state !== 'connected' && ++this.#datagrams > MAX_HANDSHAKE_DATAGRAMS) return;
    for (const record of readRecords(datagram)) this.#take(record);
  }

  /** Idempotent. Nothing is sent or told afterwards. */
  close(): void {
    this.#state = 'closed';
    this.#stop();
  }

  #take(record: DtlsRecord): void {
    if (record.epoch === 0 && record.type === RecordType.handshake) return this.#takePieces(record.body);
    // Alerts in the clear prove nothing: whoever can forge them could as well swallow the handshake, which times out.
    if (this.#state !== 'handshake' || record.epoch !== 1 || record.type !== RecordType.handshake) return;
    if (this.#dtls.cipher.cipher) this.#feed(record.octets);
  }

  #takePieces(body: Buffer): void {
    for (const fragment of readFragments(body) ?? []) {
      const { ready, isRepeated } = this.#reassembly.take(fragment);
      if (isRepeated) this.#repeat();
      for (const record of ready) this.#takeMessage(record);
    }
  }

  #takeMessage(record: Buffer): void {
    const type = record.readUInt8(13);
    // A first hello is answered with a cookie and comes again with it.
    const isAgain = this.#seen.has(type) && !(type === HandshakeType.clientHello && this.#reassembly.due <= 2);
    if (this.#state !== 'handshake' || isAgain || !ALLOWED[this.#options.role].has(type)) return;
    this.#seen.add(type);
    this.#lastFlight = [];
    this.#feed(record);
  }

  #feed(record: Buffer): void {
    try {
      this.#dtls.transport.socket.onData(record, ['', 0]);
    } catch (error) {
      this.#fail(messageOf(error));
    }
  }

  #send(datagram: Buffer): void {
    if (this.#state === 'closed' || this.#state === 'failed') return;
    if (!this.#lastFlight.includes(datagram)) this.#lastFlight.push(datagram);
    this.#options.send(datagram);
  }

  /** RFC 6347 §4.2.4: a repeated flight of the peer asks for ours. */
  #repeat(): void {
    const nowMs = this.#options.nowMs();
    if (nowMs - this.#repeatedMs < REPEAT_MS) return;
    this.#repeatedMs = nowMs;
    for (const datagram of [...this.#lastFlight]) this.#send(datagram);
  }

  #isProved(verifyData: Buffer): boolean {
    if (this.#state !== 'handshake' || this.#certificate) return false;
    const { masterSecret } = this.#dtls.cipher;
    if (!masterSecret) return false;
    const proof = provePeer({ role: this.#options.role, transcript: this.#transcript(), masterSecret, verifyData });
    if (proof.ok) this.#certificate = proof.certificate;
    else this.#fail(proof.reason);
    return proof.ok;
  }

  /** werift keeps the messages by flight: 1 and 3 are the client's hellos, 4 the server's and the hello it answers. */
  #transcript(): TranscriptMessage[] {
    const isClient = this.#options.role === 'client';
    const flights = Object.entries(this.#dtls.dtls.handshakeCache).sort(([a], [b]) => Number(a) - Number(b));
    return flights.flatMap(([flight, { data }]) =>
      [...data]
        .sort((a, b) => a.message_seq - b.message_seq)
        .map((message) => {
          const isOfServer = Number(flight) === 4 && message.msg_type !== HandshakeType.clientHello;
          const octets = message.serialize();
          return { type: message.msg_type, isLocal: isOfServer !== isClient, body: message.fragment, octets };
        }),
    );
  }

  #connected(): void {
    if (this.#state !== 'handshake' || !this.#certificate) return;
    const number = this.#dtls.srtp.srtpProfile;
    const profile = number === undefined ? undefined : PROFILES.get(number);
    if (!profile) return this.#fail('the peer agreed to no SRTP profile');
    this.#state = 'connected';
    const keys = this.#dtls.extractSessionKeys(KEY_OCTETS, profile.saltOctets);
    this.#options.onConnected({
      profile: profile.name,
      local: { key: keys.localKey, salt: keys.localSalt },
      remote: { key: keys.remoteKey, salt: keys.remoteSalt },
      certificate: this.#certificate,
    });
  }

  #fail(reason: string): void {
    if (this.#state !== 'new' && this.#state !== 'handshake') return;
    this.#state = 'failed';
    this.#stop();
    this.#options.onFailed(reason);
  }

  /** werift's retransmission looks at the flight when its timer fires: beyond the last one there is nothing to repeat. */
  #stop(): void {
    this.#dtls.dtls.flight = Number.MAX_SAFE_INTEGER;
    this.#lastFlight = [];
  }
}

function transportTo(send: (datagram: Buffer) => void) {
  return {
    type: 'udp',
    address: { address: '', port: 0 } as never,
    closed: false,
    onData: () => {},
    send: async (datagram: Buffer) => send(datagram),
    close: async () => {},
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error && error.message !== '' ? error.message : `handshake refused (${String(error)})`;
}
