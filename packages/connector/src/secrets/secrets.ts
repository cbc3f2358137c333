import { createCipheriv, createDecipheriv, createHash, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { Random } from '../ports.ts';

const NONCE_OCTETS = 12;
const TAG_OCTETS = 16;
const TOKEN_OCTETS = 32;

/**
 * Encryption of what is stored and must be read again, by a key that is not in the database: AES-256-GCM (NIST SP 800-38D), bound to
 * where it belongs, so that a sealed value copied to another row cannot be opened there.
 */
export class Seal {
  readonly #key: Buffer;
  readonly #random: Random;

  constructor(secret: Uint8Array, random: Random) {
    this.#key = Buffer.from(hkdfSync('sha256', secret, new Uint8Array(), 'unisono connector seal v1', 32));
    this.#random = random;
  }

  close(text: string, place: string): string {
    const nonce = this.#random.octets(NONCE_OCTETS);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(place));
    const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return sealed.toString('base64');
  }

  /** Throws when the value was made with another key, for another place, or was changed. */
  open(sealed: string, place: string): string {
    const octets = Buffer.from(sealed, 'base64');
    const nonce = octets.subarray(0, NONCE_OCTETS);
    const decipher = createDecipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(place));
    decipher.setAuthTag(octets.subarray(octets.length - TAG_OCTETS));
    const body = octets.subarray(NONCE_OCTETS, octets.length - TAG_OCTETS);
    return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
  }
}

/** A secret that is shown once and found again by its hash. */
export function newToken(random: Random, prefix: string): string {
  return `${prefix}_${random.octets(TOKEN_OCTETS).toString('base64url')}`;
}

/** Tokens have 256 bits of chance, so a plain hash is enough to keep them by. */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

export function newId(random: Random, kind: string): string {
  return `${kind}-${random.octets(12).toString('hex')}`;
}

/** Compares without telling by the time it takes how much was right. */
export function isEqualSecret(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(tokenHash(a)), Buffer.from(tokenHash(b))];
  return timingSafeEqual(left, right);
}
