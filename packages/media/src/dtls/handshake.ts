import { randomBytes, sign } from 'node:crypto';
import { type DtlsCertificate, type DtlsIdentity, identityOf } from './certificate.ts';
import { type KeyShare, newKeyShare } from './key-exchange.ts';
import {
  type DtlsRole,
  finishedData,
  masterSecretOf,
  type Randoms,
  type RecordKeys,
  recordKeysOf,
  srtpKeysOf,
} from './key-schedule.ts';
import {
  HandshakeType,
  type Hello,
  isAcceptable,
  isOffered,
  keyParameters,
  readClientHello,
  readClientKeyExchange,
  readCookie,
  readServerHello,
  readServerKeyExchange,
  signedElement,
  writeCertificate,
  writeCertificateRequest,
  writeClientHello,
  writeClientKeyExchange,
  writeServerHello,
} from './messages.ts';
import { DTLS_SRTP_PROFILES, type DtlsSrtpProfile, saltOctetsOf } from './profiles.ts';
import { type HandshakeMessage, handshakeOctets } from './records.ts';
import { hashOf, provePeer, type TranscriptMessage } from './verify.ts';

/** SRTP keys of both directions, secret, with the proof of whom they are shared with. */
export interface DtlsKeys {
  readonly profile: DtlsSrtpProfile;
  readonly local: { readonly key: Buffer; readonly salt: Buffer };
  readonly remote: { readonly key: Buffer; readonly salt: Buffer };
  /** DER of the certificate whose key the peer has shown to hold. Whether it is the right one is not decided here. */
  readonly certificate: Buffer;
}

/** What a flight is made of: messages, and the change to the second epoch (RFC 6347 §4.1). */
export type FlightItem =
  | { readonly kind: 'message'; readonly epoch: 0 | 1; readonly octets: Buffer }
  | { readonly kind: 'change-cipher' };

/** What follows from a message. */
export interface HandshakeStep {
  readonly flight?: readonly FlightItem[];
  /** From here on the second epoch can be written and read. */
  readonly recordKeys?: { readonly write: RecordKeys; readonly read: RecordKeys };
  /** The handshake is complete. */
  readonly keys?: DtlsKeys;
}

/** Why a handshake cannot go on; for people. */
export class HandshakeError extends Error {}

const NOTHING: HandshakeStep = {};

/** What both roles have in common: the transcript, the secrets, what is due next. */
abstract class Handshake {
  readonly #identity: DtlsIdentity;
  readonly #role: DtlsRole;
  protected readonly random = randomBytes(32);
  protected transcript: TranscriptMessage[] = [];
  protected peer: Hello | undefined;
  protected share: KeyShare | undefined;
  protected profile: DtlsSrtpProfile | undefined;
  /** Types that may come now. */
  protected due: readonly number[];
  #master: Buffer | undefined;
  #nextSequence = 0;

  constructor(role: DtlsRole, certificate: DtlsCertificate, due: readonly number[]) {
    this.#role = role;
    this.#identity = identityOf(certificate);
    this.due = due;
  }

  /** Takes the next message of the peer. Throws a HandshakeError or a RangeError when it cannot be. */
  take(message: HandshakeMessage): HandshakeStep {
    if (!this.due.includes(message.type))
      throw new HandshakeError(`message ${message.type} of the handshake is out of place`);
    if (message.type === HandshakeType.finished) return this.#takeFinished(message);
    const { type, body } = message;
    this.transcript.push({ type, isLocal: false, body, octets: handshakeOctets(message) });
    return this.advance(type, body);
  }

  protected abstract advance(type: number, body: Buffer): HandshakeStep;

  /** A message of ours, which goes into the transcript. */
  protected say(type: number, body: Buffer, epoch: 0 | 1 = 0): FlightItem {
    const octets = handshakeOctets({ type, sequence: this.#nextSequence++, body });
    this.transcript.push({ type, isLocal: true, body, octets });
    return { kind: 'message', epoch, octets };
  }

  protected sayCertificate(): FlightItem {
    return this.say(HandshakeType.certificate, writeCertificate(this.#identity.certificateDer));
  }

  protected signed(octets: Buffer): Buffer {
    return signedElement(sign('sha256', octets, this.#identity.privateKey));
  }

  protected agree(peerPoint: Buffer): { readonly write: RecordKeys; readonly read: RecordKeys } {
    let premaster: Buffer | undefined;
    try {
      premaster = this.share?.agree(peerPoint);
    } catch {
      throw new HandshakeError('the key exchange of the peer is no point of the curve');
    }
    if (!premaster) throw new HandshakeError('there is no key exchange yet');
    const sessionHash = this.peer?.hasExtendedMasterSecret ? hashOf(this.transcript) : undefined;
    this.#master = masterSecretOf(premaster, this.randoms, sessionHash);
    const { client, server } = recordKeysOf(this.#master, this.randoms);
    return this.#role === 'client' ? { write: client, read: server } : { write: server, read: client };
  }

  protected sayFinished(): FlightItem[] {
    const data = finishedData(this.#secret, this.#role, hashOf(this.transcript));
    return [{ kind: 'change-cipher' }, this.say(HandshakeType.finished, data, 1)];
  }

  protected get randoms(): Randoms {
    const peer = this.peer?.random ?? Buffer.alloc(0);
    return this.#role === 'client' ? { client: this.random, server: peer } : { client: peer, server: this.random };
  }

  get #secret(): Buffer {
    if (!this.#master) throw new HandshakeError('there are no keys yet');
    return this.#master;
  }

  #takeFinished(message: HandshakeMessage): HandshakeStep {
    const { type, body } = message;
    const proof = provePeer({
      role: this.#role,
      transcript: this.transcript,
      masterSecret: this.#secret,
      verifyData: body,
    });
    if (!proof.ok) throw new HandshakeError(proof.reason);
    this.transcript.push({ type, isLocal: false, body, octets: handshakeOctets(message) });
    this.due = [];
    const keys = this.#keys(proof.certificate);
    return this.#role === 'server' ? { flight: this.sayFinished(), keys } : { keys };
  }

  #keys(certificate: Buffer): DtlsKeys {
    if (!this.profile) throw new HandshakeError('the peer agreed to no SRTP profile');
    const { client, server } = srtpKeysOf(this.#secret, this.randoms, saltOctetsOf(this.profile));
    const [local, remote] = this.#role === 'client' ? [client, server] : [server, client];
    return { profile: this.profile, local, remote, certificate };
  }
}

/** The side that answers a hello (RFC 5246 §7.3). No cookie is asked for: whoever speaks has proved to be there. */
export class ServerHandshake extends Handshake {
  constructor(certificate: DtlsCertificate) {
    super('server', certificate, [HandshakeType.clientHello]);
  }

  protected advance(type: number, body: Buffer): HandshakeStep {
    switch (type) {
      case HandshakeType.clientHello:
        this.due = [HandshakeType.certificate];
        return { flight: this.#answerHello(readClientHello(body)) };
      case HandshakeType.certificate:
        this.due = [HandshakeType.clientKeyExchange];
        return NOTHING;
      case HandshakeType.clientKeyExchange:
        this.due = [HandshakeType.certificateVerify];
        return { recordKeys: this.agree(readClientKeyExchange(body)) };
      default:
        this.due = [HandshakeType.finished];
        return NOTHING;
    }
  }

  #answerHello(hello: Hello): FlightItem[] {
    const [group] = hello.groups;
    if (!isAcceptable(hello) || !group) throw new HandshakeError('no cipher suite, curve or signature in common');
    this.profile = DTLS_SRTP_PROFILES.find((profile) => hello.profiles.includes(profile));
    if (!this.profile) throw new HandshakeError('no SRTP profile in common');
    this.peer = hello;
    this.share = newKeyShare(group);
    const parameters = keyParameters(group, this.share.point);
    const signature = this.signed(Buffer.concat([hello.random, this.random, parameters]));
    return [
      this.say(HandshakeType.serverHello, writeServerHello(this.random, hello, this.profile)),
      this.sayCertificate(),
      this.say(HandshakeType.serverKeyExchange, Buffer.concat([parameters, signature])),
      this.say(HandshakeType.certificateRequest, writeCertificateRequest()),
      this.say(HandshakeType.serverHelloDone, Buffer.alloc(0)),
    ];
  }
}

const FIRST_ANSWERS = [HandshakeType.helloVerifyRequest, HandshakeType.serverHello];

/** The side that begins (RFC 5246 §7.3). */
export class ClientHandshake extends Handshake {
  #peerPoint: Buffer | undefined;
  #isCertificateWanted = false;

  constructor(certificate: DtlsCertificate) {
    super('client', certificate, FIRST_ANSWERS);
  }

  begin(): FlightItem[] {
    return [this.#hello(Buffer.alloc(0))];
  }

  protected advance(type: number, body: Buffer): HandshakeStep {
    switch (type) {
      case HandshakeType.helloVerifyRequest:
        // RFC 6347 §4.2.1: neither the first hello nor the request counts in the transcript.
        this.due = [HandshakeType.serverHello];
        this.transcript = [];
        return { flight: [this.#hello(readCookie(body))] };
      case HandshakeType.serverHello:
        this.due = [HandshakeType.certificate];
        this.#takeHello(readServerHello(body));
        return NOTHING;
      case HandshakeType.certificate:
        this.due = [HandshakeType.serverKeyExchange];
        return NOTHING;
      case HandshakeType.serverKeyExchange:
        this.due = [HandshakeType.certificateRequest, HandshakeType.serverHelloDone];
        this.#takeKeyExchange(body);
        return NOTHING;
      case HandshakeType.certificateRequest:
        this.due = [HandshakeType.serverHelloDone];
        this.#isCertificateWanted = true;
        return NOTHING;
      default:
        this.due = [HandshakeType.finished];
        return this.#answer();
    }
  }

  #hello(cookie: Buffer): FlightItem {
    return this.say(HandshakeType.clientHello, writeClientHello(this.random, cookie, DTLS_SRTP_PROFILES));
  }

  #takeHello(hello: Hello): void {
    if (!isOffered(hello)) throw new HandshakeError('the server chose a cipher suite that was not offered');
    this.profile = hello.profiles[0];
    if (!this.profile) throw new HandshakeError('no SRTP profile in common');
    this.peer = hello;
  }

  #takeKeyExchange(body: Buffer): void {
    const { group, point } = readServerKeyExchange(body);
    this.share = newKeyShare(group);
    this.#peerPoint = point;
  }

  #answer(): HandshakeStep {
    const { share } = this;
    if (!share || !this.#peerPoint) throw new HandshakeError('the server sent no key exchange');
    const flight: FlightItem[] = this.#isCertificateWanted ? [this.sayCertificate()] : [];
    flight.push(this.say(HandshakeType.clientKeyExchange, writeClientKeyExchange(share.point)));
    const recordKeys = this.agree(this.#peerPoint);
    if (this.#isCertificateWanted) {
      const seen = Buffer.concat(this.transcript.map(({ octets }) => octets));
      flight.push(this.say(HandshakeType.certificateVerify, this.signed(seen)));
    }
    return { flight: [...flight, ...this.sayFinished()], recordKeys };
  }
}
