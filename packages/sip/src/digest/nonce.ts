import { timingSafeEqual } from 'node:crypto';
import type { Clock } from '../time/clock.ts';
import type { Random } from '../time/random.ts';
import { Hmac } from './hmac.ts';

const TIME_DIGITS = 12;
const RANDOM_OCTETS = 8;
const SIGNED_DIGITS = TIME_DIGITS + 2 * RANDOM_OCTETS;
const MAC_DIGITS = 32;

/** A request is sent again within half a second, a second, two seconds …: most times all of them meet the same nonce. */
const REPEATED_MS = 8_192;

export const MIN_SECRET_OCTETS = 16;

export interface NonceSourceOptions {
  /** Signs; processes that share it accept each other's nonces. At least `MIN_SECRET_OCTETS`. */
  readonly secret: string | Buffer;
  readonly realm: string;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Nonces that need no memory: time, chance and an HMAC over both and the realm, all hexadecimal
 * (the construction of RFC 7616 §3.3 without its timing details).
 *
 *     tttttttttttt rrrrrrrrrrrrrrrr mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm
 *     epoch ms     64 random bits   HMAC-SHA-256, first 128 bits
 */
export class NonceSource {
  readonly #hmac: Hmac;
  readonly #realm: string;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(options: NonceSourceOptions) {
    if (Buffer.byteLength(options.secret) < MIN_SECRET_OCTETS) {
      throw new RangeError(`The secret that signs digest nonces must have at least ${MIN_SECRET_OCTETS} octets.`);
    }
    this.#hmac = new Hmac(options.secret);
    this.#realm = options.realm;
    this.#clock = options.clock;
    this.#random = options.random;
  }

  make(): string {
    return this.#signed(this.#clock.epochMs(), this.#random.hex(RANDOM_OCTETS));
  }

  /** The same nonce again for the same request, for a while: for answers of which nothing is kept (RFC 3261 §8.2.7). */
  makeFor(request: string): string {
    const epochMs = this.#clock.epochMs();
    const timeMs = epochMs - (epochMs % REPEATED_MS);
    return this.#signed(timeMs, this.#hmac.sign(`${timeMs}:${request}`).slice(0, 2 * RANDOM_OCTETS));
  }

  /** When the nonce was made (epoch ms); undefined when it is not one of ours. */
  madeAtMs(nonce: string): number | undefined {
    if (nonce.length !== SIGNED_DIGITS + MAC_DIGITS) return undefined;
    const signed = nonce.slice(0, SIGNED_DIGITS);
    if (!sameSecret(nonce.slice(SIGNED_DIGITS), this.#mac(signed))) return undefined;
    return Number.parseInt(signed.slice(0, TIME_DIGITS), 16);
  }

  #signed(timeMs: number, chance: string): string {
    const signed = timeMs.toString(16).padStart(TIME_DIGITS, '0') + chance;
    return signed + this.#mac(signed);
  }

  #mac(signed: string): string {
    return this.#hmac.sign(`${signed}:${this.#realm}`).slice(0, MAC_DIGITS);
  }
}

/** Compares two byte strings in a time that tells nothing of where they differ. */
export function sameSecret(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a, 'latin1'), Buffer.from(b, 'latin1'));
}
