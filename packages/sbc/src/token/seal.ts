import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

const NONCE_OCTETS = 12;
const TAG_OCTETS = 16;
/** Longest token that is looked at; ours are a tenth of that. */
const MAX_TOKEN_CHARS = 4096;
const TOKEN = /^[\w-]+$/;
/** Tokens of one generation, a few hundred octets each. */
const REMEMBERED = 4_096;

/**
 * Makes tokens that carry what we have to remember, unreadable and unforgeable by whoever keeps them for us: AES-256-GCM.
 * The nonce is a keyed digest of the text, so that the same text makes the same token (a Contact that does not change looks
 * so) and no chance is needed; that a nonce recurs with another text is as unlikely as a collision of 96 bits. The key is
 * kept over restarts, so a restarted border still understands what is out there.
 */
export class Seal {
  readonly #cipherKey: KeyObject;
  readonly #nonceKey: KeyObject;
  /** What was sealed lately, in two generations: a client that registers again and again is given the same token each time. */
  #made = new Map<string, string>();
  #madeBefore = new Map<string, string>();

  /** `secret`: at least 32 octets. */
  constructor(secret: Buffer) {
    if (secret.length < 32) throw new RangeError('The secret of the seal must have 32 octets or more.');
    this.#cipherKey = derived(secret, 'unisono border cipher');
    this.#nonceKey = derived(secret, 'unisono border nonce');
  }

  /** The token of a byte string. What was sealed for one purpose opens for no other. */
  seal(purpose: string, text: string): string {
    const name = `${purpose}\0${text}`;
    const known = this.#made.get(name) ?? this.#madeBefore.get(name);
    const token = known ?? this.#sealed(purpose, text);
    if (!this.#made.has(name)) this.#remember(name, token);
    return token;
  }

  #remember(name: string, token: string): void {
    if (this.#made.size >= REMEMBERED) {
      this.#madeBefore = this.#made;
      this.#made = new Map();
    }
    this.#made.set(name, token);
  }

  #sealed(purpose: string, text: string): string {
    const nonce = createHmac('sha256', this.#nonceKey).update(`${purpose}\0`).update(text, 'latin1').digest();
    const iv = nonce.subarray(0, NONCE_OCTETS);
    const cipher = createCipheriv('aes-256-gcm', this.#cipherKey, iv).setAAD(Buffer.from(purpose));
    const sealed = [iv, cipher.update(text, 'latin1'), cipher.final(), cipher.getAuthTag()];
    return Buffer.concat(sealed).toString('base64url');
  }

  /** What a token holds; undefined when it is none of ours, of another purpose, or was changed. */
  open(purpose: string, token: string): string | undefined {
    if (token.length > MAX_TOKEN_CHARS || !TOKEN.test(token)) return undefined;
    const sealed = Buffer.from(token, 'base64url');
    if (sealed.length < NONCE_OCTETS + TAG_OCTETS) return undefined;
    const iv = sealed.subarray(0, NONCE_OCTETS);
    const decipher = createDecipheriv('aes-256-gcm', this.#cipherKey, iv, { authTagLength: TAG_OCTETS });
    decipher.setAAD(Buffer.from(purpose)).setAuthTag(sealed.subarray(sealed.length - TAG_OCTETS));
    try {
      const text = decipher.update(sealed.subarray(NONCE_OCTETS, sealed.length - TAG_OCTETS), undefined, 'latin1');
      return text + decipher.final('latin1');
    } catch {
      return undefined;
    }
  }
}

function derived(secret: Buffer, label: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', label, 32)));
}
