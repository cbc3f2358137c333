import { createSecretKey, type KeyObject } from 'node:crypto';
import { canonicalAddress } from '../canonical-address.ts';
import type { IceCredentials } from '../engine/stream.ts';
import { hasValidFingerprint, hasValidIntegrity } from '../stun/integrity.ts';
import {
  readStun,
  STUN_BINDING,
  type StunMessage,
  stunAttribute,
  StunAttributeType as Type,
  xorMappedAddress,
} from '../stun/message.ts';
import { errorCode, unknownAttributes, writeStun } from '../stun/write.ts';

/** A peer that sends no check for so long has withdrawn its consent (RFC 7675 §5.1). */
export const CONSENT_MS = 30_000;
/** Within this time a nomination of lower priority does not replace one of higher (aggressive nomination). */
const NOMINATION_MS = 2_000;
/** Places a peer may send from at a time; more are not remembered. */
export const MAX_PAIRS = 16;

/** Comprehension-required attributes that are understood (RFC 8489 §6.3). */
const UNDERSTOOD: ReadonlySet<number> = new Set([
  Type.username,
  Type.messageIntegrity,
  Type.messageIntegritySha256,
  Type.priority,
  Type.useCandidate,
  Type.realm,
  Type.nonce,
  Type.userHash,
  Type.mappedAddress,
  Type.xorMappedAddress,
  Type.errorCode,
  Type.unknownAttributes,
]);

/** A place the peer has proved to hold our password from. */
export interface IcePair {
  readonly address: string;
  readonly port: number;
}

/** What a datagram led to. */
export interface IceOutcome {
  /** To be sent back to where the datagram came from. */
  readonly reply: Buffer | undefined;
  /** The pair is valid: its check had the right credentials. */
  readonly valid: boolean;
  /** The pair to send to is another one than before. */
  readonly isMoved: boolean;
}

interface Pair extends IcePair {
  priority: number;
  generation: number;
  lastCheckMs: number;
  /** -Infinity: never. */
  lastNominatedMs: number;
}

interface Generation {
  readonly number: number;
  readonly local: IceCredentials;
  readonly key: KeyObject;
  /** Undefined before the peer's description has come: it may check before (RFC 8445 §7.3). */
  remoteUfrag: string | undefined;
}

const IGNORED: IceOutcome = { reply: undefined, valid: false, isMoved: false };

/**
 * ICE as the lite side (RFC 8445 §2.5): it has one host candidate, answers checks, and takes the pair that the peer, who
 * is always controlling, nominates. It sends no checks and holds no timer; time comes with each call. After a restart the
 * pair of before stays in use until the peer nominates one with the new credentials.
 */
export class IceLite {
  #generations: Generation[] = [];
  #next = 1;
  #selected: Pair | undefined;
  readonly #pairs = new Map<string, Pair>();

  /** Sets credentials, first or after a restart; the same ones again change only what is known of the peer. */
  setCredentials(local: IceCredentials, remoteUfrag: string | undefined): void {
    const current = this.#generations.at(-1);
    if (current && current.local.ufrag === local.ufrag && current.local.password === local.password) {
      current.remoteUfrag = remoteUfrag ?? current.remoteUfrag;
      return;
    }
    const key = createSecretKey(Buffer.from(local.password, 'utf8'));
    this.#generations = [...this.#generations.slice(-1), { number: this.#next++, local, key, remoteUfrag }];
  }

  /** Where to send, undefined before the first nomination. */
  get selected(): IcePair | undefined {
    return this.#selected;
  }

  /** True when media and DTLS from there may be looked at. */
  isValid(address: string, port: number): boolean {
    const selected = this.#selected;
    if (selected && selected.port === port && selected.address === address) return true;
    return this.#pairs.has(`${address} ${port}`);
  }

  /** When the peer last checked the pair in use, which renews its consent; undefined without a pair. */
  get lastCheckMs(): number | undefined {
    return this.#selected?.lastCheckMs;
  }

  /** False: nothing may be sent until the peer checks again (RFC 7675 §5.1). */
  hasConsent(nowMs: number): boolean {
    return this.#selected !== undefined && nowMs - this.#selected.lastCheckMs < CONSENT_MS;
  }

  /** Takes a datagram whose first octet says STUN. Whatever is wrong without the right password goes unanswered. */
  receive(datagram: Buffer, address: string, port: number, nowMs: number): IceOutcome {
    const message = readStun(datagram);
    if (typeof message === 'string' || message.method !== STUN_BINDING) return IGNORED;
    // RFC 8445 §7.1: checks carry FINGERPRINT, and what shares a port with media is nothing without it.
    if (!hasValidFingerprint(datagram, message) || message.class !== 'request') return IGNORED;
    const generation = this.#generationOf(message);
    if (!generation || !hasValidIntegrity(datagram, message, generation.key)) return IGNORED;
    const refusal = refusalOf(message);
    if (refusal) return { ...IGNORED, reply: this.#refuse(message, generation, refusal) };
    const isMoved = this.#note(message, generation, address, port, nowMs);
    return { reply: success(message, generation, address, port), valid: true, isMoved };
  }

  /** USERNAME is our fragment, a colon, the peer's (RFC 8445 §7.2.2). */
  #generationOf(message: StunMessage): Generation | undefined {
    const username = stunAttribute(message, Type.username)?.toString('utf8');
    if (username === undefined) return undefined;
    return this.#generations.find(
      ({ local, remoteUfrag }) =>
        username.startsWith(`${local.ufrag}:`) &&
        (remoteUfrag === undefined || username === `${local.ufrag}:${remoteUfrag}`),
    );
  }

  #refuse(message: StunMessage, generation: Generation, refusal: Refusal): Buffer {
    return writeStun({ ...answer(message), class: 'error', attributes: refusal }, generation.key);
  }

  #note(message: StunMessage, generation: Generation, address: string, port: number, nowMs: number): boolean {
    const name = `${address} ${port}`;
    let pair = this.#pairs.get(name);
    if (!pair) {
      if (this.#pairs.size >= MAX_PAIRS && !this.#forgetOldest()) return false;
      pair = { address, port, priority: 0, generation: 0, lastCheckMs: nowMs, lastNominatedMs: -Infinity };
      this.#pairs.set(name, pair);
    }
    const priority = stunAttribute(message, Type.priority);
    pair.priority = priority?.length === 4 ? priority.readUInt32BE(0) : pair.priority;
    pair.generation = Math.max(pair.generation, generation.number);
    pair.lastCheckMs = nowMs;
    if (stunAttribute(message, Type.useCandidate) === undefined) return false;
    pair.lastNominatedMs = nowMs;
    return this.#select(pair, generation.number, nowMs);
  }

  #forgetOldest(): boolean {
    let oldest: [string, Pair] | undefined;
    for (const entry of this.#pairs) {
      if (entry[1] !== this.#selected && (!oldest || entry[1].lastCheckMs < oldest[1].lastCheckMs)) oldest = entry;
    }
    return oldest !== undefined && this.#pairs.delete(oldest[0]);
  }

  /**
   * A newer generation always wins, an older one never. Within one the higher priority wins while both are being nominated
   * (RFC 8445 §8.1.1 and aggressive nomination of RFC 5245 §8.1.1.2), otherwise the later nomination: the peer has moved.
   */
  #select(pair: Pair, generation: number, nowMs: number): boolean {
    const before = this.#selected;
    if (before === pair) return false;
    if (before) {
      if (generation < before.generation) return false;
      const isRival = generation === before.generation && nowMs - before.lastNominatedMs < NOMINATION_MS;
      if (isRival && pair.priority <= before.priority) return false;
    }
    this.#selected = pair;
    return true;
  }
}

type Refusal = readonly (readonly [number, Buffer])[];

/** What is wrong with a check whose integrity is right. */
function refusalOf(message: StunMessage): Refusal | undefined {
  const unknown = message.attributes.map(({ type }) => type).filter((type) => type < 0x8000 && !UNDERSTOOD.has(type));
  if (unknown.length > 0) {
    return [
      [Type.errorCode, errorCode(420, 'Unknown Attribute')],
      [Type.unknownAttributes, unknownAttributes(unknown)],
    ];
  }
  // RFC 8445 §6.1.1: against a lite side the full side is controlling. One that thinks otherwise is told to switch (§7.3.1.1).
  const isControlled = stunAttribute(message, Type.iceControlled) !== undefined;
  return isControlled ? [[Type.errorCode, errorCode(487, 'Role Conflict')]] : undefined;
}

function success(message: StunMessage, generation: Generation, address: string, port: number): Buffer {
  // On a socket for both families IPv4 shows as mapped.
  const mapped = xorMappedAddress(canonicalAddress(address), port, message.transactionId);
  return writeStun(
    { ...answer(message), class: 'success', attributes: [[Type.xorMappedAddress, mapped]] },
    generation.key,
  );
}

function answer(message: StunMessage) {
  return { method: STUN_BINDING, transactionId: message.transactionId };
}
