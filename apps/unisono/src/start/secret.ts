import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

const SECRET_OCTETS = 32;

/** A secret that stays the same as long as its file does. It is made when there is none. */
export function keptSecret(file: string): Buffer {
  try {
    const secret = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64');
    if (secret.length === SECRET_OCTETS) return secret;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  const secret = randomBytes(SECRET_OCTETS);
  writeFileSync(`${file}.new`, `${secret.toString('base64')}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return secret;
}
