import type { MediaClock } from '../time.ts';
import type { DtlsCertificate } from './certificate.ts';
import {
  ClientHandshake,
  type DtlsKeys,
  type FlightItem,
  HandshakeError,
  type HandshakeStep,
  ServerHandshake,
} from './handshake.ts';
import type { DtlsRole } from './key-schedule.ts';
import { HandshakeType } from './messages.ts';
import { HandshakeReassembly } from './reassembly.ts';
import { RecordOpener, RecordWriter } from './record-layer.ts';
import { type DtlsRecord, type HandshakeMessage, RecordType, readFragments, readRecords } from './records.ts';

export type { DtlsKeys } from './handshake.ts';

/** RFC 6347 §4.2.4.1 allows less than a second where media waits; doubled each time. */
export const FIRST_RETRANSMIT_MS = 400;
export const MAX_RETRANSMIT_MS = 6_400;
/** A flight is repeated so often by itself: half a minute in all. */
const MAX_RETRANSMITS = 8;
/** A flight is not repeated on request more often than that. */
const REPEAT_MS = 100;
/** A handshake with its repetitions has no more datagrams; what comes beyond is not looked at. */
const MAX_HANDSHAKE_DATAGRAMS = 300;
/** Fits every path (RFC 8261 §5 and browsers take 1,200). */
const MAX_DATAGRAM_OCTETS = 1_200;
/** Encrypted records that overtook what their keys come from. */
const MAX_EARLY_RECORDS = 4;

export interface DtlsSessionOptions {
  readonly role: DtlsRole;
  readonly certificate: DtlsCertificate;
  readonly clock: MediaClock;
  /** Sends a datagram to the peer; the buffer is the receiver's. */
  readonly send: (datagram: Buffer) => void;
  readonly onConnected: (keys: DtlsKeys) => void;
  /** The handshake failed for good; called once at most, and never after `onConnected`. */
  readonly onFailed: (reason: string) => void;
}

export type DtlsState = 'new' | 'handshake' | 'connected' | 'failed' | 'closed';

/**
 * One DTLS 1.2 association for SRTP keys (RFC 6347, 5764): handshake, lost datagrams, and nothing else. No application
 * data, no renegotiation, no resumption. Keys are handed out when the peer has proved to hold the key of the certificate
 * it showed; whether that is the signalled one is for others to say.
 */
export class DtlsSession {
  readonly #options: DtlsSessionOptions;
  readonly #handshake: ClientHandshake | ServerHandshake;
  readonly #reassembly = new HandshakeReassembly();
  readonly #writer = new RecordWriter();
  #opener: RecordOpener | undefined;
  #early: DtlsRecord[] = [];
  #flight: readonly FlightItem[] = [];
  #timer: { cancel(): void } | undefined;
  #retransmits = 0;
  #repeatedMs = -Infinity;
  #datagrams = 0;
  #state: DtlsState = 'new';

  constructor(options: DtlsSessionOptions) {
    this.#options = options;
    const { role, certificate } = options;
    this.#handshake = role === 'client' ? new ClientHandshake(certificate) : new ServerHandshake(certificate);
  }

  get state(): DtlsState {
    return this.#state;
  }

  /** As client: sends the hello. As server there is nothing to do. Idempotent. */
  start(): void {
    if (this.#state !== 'new') return;
    this.#state = 'handshake';
    if (this.#handshake instanceof ClientHandshake) this.#sendFlight(this.#handshake.begin(), false);
  }

  /** Takes a datagram of the peer whose first octet says DTLS. Never throws. */
  receive(datagram: Buffer): void {
    if (this.#state === 'closed' || this.#state === 'failed') return;
    this.start();
    if (++this.#datagrams > MAX_HANDSHAKE_DATAGRAMS) return;
    for (const record of readRecords(datagram)) this.#take(record);
  }

  /** Idempotent. Nothing is sent or told afterwards. */
  close(): void {
    this.#state = 'closed';
    this.#stop();
  }

  onTimer(): void {
    this.#timer = undefined;
    if (this.#retransmits++ >= MAX_RETRANSMITS) return this.#fail('the peer does not answer any more');
    this.#transmit();
    this.#startTimer();
  }

  #take(record: DtlsRecord): void {
    // Alerts prove nothing in the clear: whoever can forge them could as well swallow the handshake, which times out. A
    // change of cipher says nothing that the epoch does not.
    if (record.type !== RecordType.handshake) return;
    if (record.epoch === 0) return this.#takePieces(record.body);
    if (record.epoch !== 1 || this.#state !== 'handshake' || this.#early.length >= MAX_EARLY_RECORDS) return;
    this.#early.push({ ...record, octets: Buffer.from(record.octets), body: Buffer.from(record.body) });
    this.#takeEarly();
  }

  #takePieces(body: Buffer): void {
    for (const fragment of readFragments(body) ?? []) {
      // What must be encrypted is not taken in the clear.
      if (fragment.type === HandshakeType.finished) continue;
      const { ready, isRepeated } = this.#reassembly.take(fragment);
      if (isRepeated) this.#repeat();
      for (const message of ready) this.#takeMessage(message);
    }
    this.#takeEarly();
  }

  /** What is encrypted and whose turn has come; what overtook its keys or its elders waits. */
  #takeEarly(): void {
    const opener = this.#opener;
    if (!opener || this.#early.length === 0) return;
    const early = this.#early;
    this.#early = early.filter((record) => this.#takeFinished(opener, record) === 'later');
  }

  #takeFinished(opener: RecordOpener, record: DtlsRecord): 'later' | 'done' {
    const body = opener.open(record);
    const [fragment] = (body && readFragments(body)) ?? [];
    if (fragment?.type !== HandshakeType.finished || fragment.octets.length !== fragment.length) return 'done';
    if (fragment.sequence > this.#reassembly.due) return 'later';
    if (fragment.sequence < this.#reassembly.due || this.#state !== 'handshake') return 'done';
    this.#reassembly.skip();
    this.#takeMessage({ type: fragment.type, sequence: fragment.sequence, body: fragment.octets });
    return 'done';
  }

  #takeMessage(message: HandshakeMessage): void {
    if (this.#state !== 'handshake') return;
    try {
      this.#follow(this.#handshake.take(message));
    } catch (error) {
      const isOurs = !(error instanceof HandshakeError || error instanceof RangeError);
      this.#fail(isOurs ? 'a message of the handshake cannot be read' : error.message);
    }
  }

  #follow({ recordKeys, flight, keys }: HandshakeStep): void {
    if (recordKeys) {
      this.#writer.protect(recordKeys.write);
      this.#opener = new RecordOpener(recordKeys.read);
    }
    if (flight) this.#sendFlight(flight, keys !== undefined);
    if (keys) this.#connect(keys);
  }

  #connect(keys: DtlsKeys): void {
    this.#state = 'connected';
    if (this.#options.role === 'client') this.#stop();
    this.#options.onConnected(keys);
  }

  /** The last flight of all is not repeated by itself: who misses it asks for it (RFC 6347 §4.2.4). */
  #sendFlight(flight: readonly FlightItem[], isLast: boolean): void {
    this.#flight = flight;
    this.#retransmits = 0;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#transmit();
    if (!isLast) this.#startTimer();
  }

  #startTimer(): void {
    const delayMs = Math.min(MAX_RETRANSMIT_MS, FIRST_RETRANSMIT_MS * 2 ** this.#retransmits);
    this.#timer = this.#options.clock.startTimer(delayMs, this, undefined);
  }

  /** Each time with new record numbers, as many records to a datagram as fit. */
  #transmit(): void {
    let datagram: Buffer[] = [];
    let octets = 0;
    for (const item of this.#flight) {
      const record =
        item.kind === 'change-cipher'
          ? this.#writer.write(0, RecordType.changeCipherSpec, Buffer.from([1]))
          : this.#writer.write(item.epoch, RecordType.handshake, item.octets);
      if (octets > 0 && octets + record.length > MAX_DATAGRAM_OCTETS) {
        this.#options.send(Buffer.concat(datagram));
        [datagram, octets] = [[], 0];
      }
      datagram.push(record);
      octets += record.length;
    }
    if (octets > 0) this.#options.send(Buffer.concat(datagram));
  }

  #repeat(): void {
    const nowMs = this.#options.clock.nowMs();
    if (nowMs - this.#repeatedMs < REPEAT_MS) return;
    this.#repeatedMs = nowMs;
    this.#transmit();
  }

  #fail(reason: string): void {
    if (this.#state !== 'handshake') return;
    this.#state = 'failed';
    this.#stop();
    this.#options.onFailed(reason);
  }

  #stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#flight = [];
    this.#early = [];
  }
}
