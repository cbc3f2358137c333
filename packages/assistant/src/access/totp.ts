import { createHmac, timingSafeEqual } from 'node:crypto';

const STEP_SEC = 30;
const DIGITS = 6;
/** Steps by which the clock of the app may be off. */
const WINDOW = 1;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The code of a time step (RFC 6238 with HMAC-SHA-1; RFC 4226 §5.3). */
export function totpCode(secret: Uint8Array, step: number, digits = DIGITS): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const hash = createHmac('sha1', secret).update(counter).digest();
  const offset = (hash.at(-1) ?? 0) & 0xf;
  const number = (hash.readUInt32BE(offset) & 0x7fffffff) % 10 ** digits;
  return String(number).padStart(digits, '0');
}

/** The time step that a code belongs to; undefined when it is none of now, or of a step that was used (RFC 6238 §5.2). */
export function stepOfCode(secret: Uint8Array, code: string, nowMs: number, usedStep: number): number | undefined {
  const given = Buffer.from(code.replaceAll(' ', ''));
  if (given.length !== DIGITS) return undefined;
  const now = Math.floor(nowMs / 1000 / STEP_SEC);
  for (let step = now - WINDOW; step <= now + WINDOW; step++) {
    if (step > usedStep && timingSafeEqual(given, Buffer.from(totpCode(secret, step)))) return step;
  }
  return undefined;
}

/** As people type it into an app (RFC 4648 §6, without padding). */
export function base32(octets: Uint8Array): string {
  let [text, value, bits] = ['', 0, 0];
  for (const octet of octets) {
    value = (value << 8) | octet;
    bits += 8;
    while (bits >= 5) {
      text += ALPHABET[(value >>> (bits - 5)) & 31];
      bits -= 5;
    }
    value &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + ALPHABET[(value << (5 - bits)) & 31];
}

/** What apps read out of a link or a QR code. */
export function otpauthUri(issuer: string, account: string, secret: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  return `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(issuer)}&period=${STEP_SEC}&digits=${DIGITS}`;
}
