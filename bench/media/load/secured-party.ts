/** The outside party of a call as a browser is one: ICE, a handshake as client, SRTP. */
import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import {
  SRTP_PROFILES,
  type SrtpMasterKey,
  SrtpReceiver,
  type SrtpResult,
  SrtpSender,
  srtpProfileOfDtls,
} from '@unisono/media';
import { DtlsClient, HashAlgorithm, SignatureAlgorithm } from 'werift';
import type { Certificate } from './certificate.ts';
import { browserDescription, type IceNames, iceOf, portOf } from './descriptions.ts';
import type { Receiver, SharedSocket } from './sockets.ts';
import { bindingRequest, bindingSuccess, isBindingRequest, isBindingSuccess } from './stun.ts';

const ADDRESS = '127.0.0.1';
/** Checks are sent again until one is answered, and then to keep consent alive (RFC 7675 §5.1). */
const CHECK_MS = 200;
const CONSENT_MS = 5_000;

export class SecuredParty implements Receiver {
  /** Resolves when media is secured; rejects when the handshake fails. */
  readonly secured: Promise<void>;
  relayPort = 0;
  readonly #socket: SharedSocket;
  readonly #certificate: Certificate;
  readonly #ice: IceNames;
  readonly #key: KeyObject;
  readonly #onMedia: (packet: Buffer, octets: number) => void;
  #remote: { readonly username: string; readonly key: KeyObject } | undefined;
  #dtls: DtlsClient | undefined;
  #sender: SrtpSender | undefined;
  #receiver: SrtpReceiver | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isChecked = false;
  #settle: { readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined;

  constructor(socket: SharedSocket, certificate: Certificate, onMedia: (packet: Buffer, octets: number) => void) {
    this.#socket = socket;
    this.#certificate = certificate;
    this.#onMedia = onMedia;
    this.#ice = { ufrag: randomBytes(4).toString('hex'), password: randomBytes(16).toString('hex') };
    this.#key = createSecretKey(Buffer.from(this.#ice.password));
    this.secured = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
  }

  get description(): string {
    return browserDescription(this.#socket.port, this.#ice, this.#certificate.fingerprint);
  }

  /** Takes the relay's answer and begins. */
  accept(sdp: string): void {
    const { ufrag, password } = iceOf(sdp);
    this.#remote = { username: `${ufrag}:${this.#ice.ufrag}`, key: createSecretKey(Buffer.from(password)) };
    this.relayPort = portOf(sdp);
    this.#socket.listen(this.relayPort, this);
    this.#check();
    this.#timer = setInterval(() => this.#check(), CHECK_MS);
  }

  /** Protects the packet in its buffer and sends it. */
  send(packet: Buffer, octets: number): SrtpResult {
    const length = this.#sender?.protectRtp(packet, octets) ?? 'malformed';
    if (typeof length === 'number') this.#socket.send(packet, length, this.relayPort);
    return length;
  }

  receive(datagram: Buffer): void {
    const first = datagram[0] ?? 255;
    if (first >= 128 && first <= 191) this.#receiveMedia(datagram);
    else if (first >= 20 && first <= 63) this.#dtls?.transport.socket.onData(datagram, [ADDRESS, this.relayPort]);
    else if (isBindingRequest(datagram)) this.#answerCheck(datagram);
    else if (isBindingSuccess(datagram)) this.#checked();
  }

  close(): void {
    clearInterval(this.#timer);
    if (this.relayPort > 0) this.#socket.listen(this.relayPort, undefined);
  }

  #receiveMedia(datagram: Buffer): void {
    const second = datagram[1] ?? 0;
    if (second >= 192 && second <= 223) return;
    const length = this.#receiver?.unprotectRtp(datagram, datagram.length);
    if (typeof length === 'number') this.#onMedia(datagram, length);
  }

  #check(): void {
    if (!this.#remote) return;
    const request = bindingRequest(this.#remote.username, this.#remote.key, randomBytes(12));
    this.#socket.send(request, request.length, this.relayPort);
  }

  #answerCheck(request: Buffer): void {
    const reply = bindingSuccess(request, ADDRESS, this.relayPort, this.#key);
    this.#socket.send(reply, reply.length, this.relayPort);
  }

  #checked(): void {
    if (this.#isChecked) return;
    this.#isChecked = true;
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#check(), CONSENT_MS);
    this.#handshake();
  }

  #handshake(): void {
    const { certificatePem: cert, privateKeyPem: key } = this.#certificate;
    const dtls = new DtlsClient({
      cert,
      key,
      signatureHash: { signature: SignatureAlgorithm.ecdsa_3, hash: HashAlgorithm.sha256_4 },
      transport: {
        type: 'udp',
        address: { address: ADDRESS, port: this.relayPort } as never,
        closed: false,
        onData: () => {},
        send: async (datagram: Buffer) => this.#socket.send(datagram, datagram.length, this.relayPort),
        close: async () => {},
      },
      srtpProfiles: [1, 7],
      extendedMasterSecret: true,
    });
    this.#dtls = dtls;
    dtls.onConnect.once(() => this.#secure(dtls));
    dtls.onError.once((error) => this.#settle?.reject(error));
    dtls.connect().catch((error: Error) => this.#settle?.reject(error));
  }

  #secure(dtls: DtlsClient): void {
    const profile = srtpProfileOfDtls(dtls.srtp.srtpProfile ?? 0);
    if (!profile) return this.#settle?.reject(new Error('no SRTP profile was agreed'));
    const keys = dtls.extractSessionKeys(16, SRTP_PROFILES[profile].saltOctets);
    const local: SrtpMasterKey = { profile, key: keys.localKey, salt: keys.localSalt };
    const remote: SrtpMasterKey = { profile, key: keys.remoteKey, salt: keys.remoteSalt };
    this.#sender = new SrtpSender(local);
    this.#receiver = new SrtpReceiver(remote);
    this.#settle?.resolve();
  }
}
