import { argon2, timingSafeEqual } from 'node:crypto';
import type { Random } from '../ports.ts';

/** OWASP's least for argon2id: 19 MiB, two passes, one lane (RFC 9106). */
const MEMORY_KIB = 19_456;
const PASSES = 2;
const LANES = 1;
const SALT_OCTETS = 16;
const TAG_OCTETS = 32;
const MIN_LENGTH = 10;

/** First words of the lists that are tried first. */
const COMMON = /^(password|passwort|qwert[yz]|letmein|welcome|willkommen|unisono|iloveyou|admin|1?234567890?)[\d!.]*$/i;

/** What is wrong with a new password, in words; undefined: nothing. */
export function passwordProblem(password: string, email: string): string | undefined {
  const length = [...password].length;
  if (length < MIN_LENGTH) return `The password has ${length} characters; ${MIN_LENGTH} are the least.`;
  if (COMMON.test(password)) return 'The password is one of those that are tried first.';
  if (new Set(password).size < 4) return 'The password repeats the same few characters.';
  const local = email.split('@')[0]?.toLowerCase() ?? '';
  if (password.toLowerCase() === email.toLowerCase() || (local.length > 3 && password.toLowerCase() === local))
    return 'The password is the e-mail address.';
  return undefined;
}

/** Hashes in the PHC form `$argon2id$v=19$m=…,t=…,p=…$SALT$TAG`, off the main thread. */
export async function hashPassword(password: string, random: Random): Promise<string> {
  const salt = random.octets(SALT_OCTETS);
  const tag = await derive(password, salt, { memory: MEMORY_KIB, passes: PASSES, parallelism: LANES });
  return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${bare(salt)}$${bare(tag)}`;
}

/** Whether the password belongs to the hash. With no hash it takes as long, and says no. */
export async function isPassword(password: string, hash: string | null): Promise<boolean> {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/.exec(hash ?? NOBODY);
  if (match === null) return false;
  const [, memory = '', passes = '', parallelism = '', salt = '', tag = ''] = match;
  const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
  const derived = await derive(password, Buffer.from(salt, 'base64'), cost);
  const expected = Buffer.from(tag, 'base64');
  return derived.length === expected.length && timingSafeEqual(derived, expected) && hash !== null;
}

const NOBODY = `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$AAAAAAAAAAAAAAAAAAAAAA$${bare(Buffer.alloc(TAG_OCTETS))}`;

interface Cost {
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

function derive(password: string, nonce: Buffer, cost: Cost): Promise<Buffer> {
  const message = Buffer.from(password.normalize('NFC'));
  return new Promise((resolve, reject) => {
    argon2('argon2id', { message, nonce, tagLength: TAG_OCTETS, ...cost }, (error, tag) =>
      error === null ? resolve(tag) : reject(error),
    );
  });
}

function bare(octets: Buffer): string {
  return octets.toString('base64').replaceAll('=', '');
}
