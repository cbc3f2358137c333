import { argon2, createHash, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { AssistantRandom } from '../ports.ts';

/** Argon2id with 19 MiB and two passes: the second of the recommended sets of OWASP; 40 ms off the main thread. */
const COST = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 } as const;
const SALT_OCTETS = 16;

export const MIN_PASSWORD_LENGTH = 10;
export const MAX_PASSWORD_LENGTH = 200;

const derive = promisify(argon2);

/** The password in PHC form: `$argon2id$v=19$m=19456,t=2,p=1$SALT$TAG`. */
export async function hashPassword(password: string, random: AssistantRandom): Promise<string> {
  const nonce = random.bytes(SALT_OCTETS);
  const tag = await derive('argon2id', { message: password.normalize('NFC'), nonce, ...COST });
  const { memory, passes, parallelism } = COST;
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(nonce)}$${unpadded(tag)}`;
}

/** True when the password is the one that was hashed; false also for a hash of another form. */
export async function isPassword(password: string, hashed: string): Promise<boolean> {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/.exec(hashed);
  if (match === null) return false;
  const [memory, passes, parallelism] = match.slice(1, 4).map(Number) as [number, number, number];
  const nonce = Buffer.from(match[4] ?? '', 'base64');
  const expected = Buffer.from(match[5] ?? '', 'base64');
  const parameters = { message: password.normalize('NFC'), nonce, memory, passes, parallelism };
  const tag = await derive('argon2id', { ...parameters, tagLength: expected.length });
  return timingSafeEqual(tag, expected);
}

/** The form in which cookies, tokens and links of ours are stored: they are random, so no slow hash is needed. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

function unpadded(octets: Buffer): string {
  return octets.toString('base64').replace(/=+$/, '');
}

/** Why a password is not taken, or undefined. */
export function passwordProblem(password: string, username: string): string | undefined {
  if (password.length < MIN_PASSWORD_LENGTH) return `Give at least ${MIN_PASSWORD_LENGTH} characters.`;
  if (password.length > MAX_PASSWORD_LENGTH) return `Give at most ${MAX_PASSWORD_LENGTH} characters.`;
  if (username !== '' && password.toLowerCase().includes(username.toLowerCase()))
    return 'Do not use the user name in the password.';
  if (new Set(password).size < 4) return 'Use more than three different characters.';
  return undefined;
}
