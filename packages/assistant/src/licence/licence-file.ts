import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { z } from 'zod';

/** What a licence grants, as it is signed. */
export const licenceSchema = z.strictObject({
  format: z.literal('unisono-licence-1'),
  /** Of this licence, given by who issues it. */
  serial: z.string().min(1).max(64),
  customer: z.string().min(1).max(100),
  /** Flex licences: one for each station, at most 12,000. */
  flex: z.number().int().min(0).max(12_000),
  /** Unify Phone licences: one for each UFIP device. */
  unifyPhone: z.number().int().min(0).max(1_000_000),
  issuedAt: z.iso.datetime(),
  /** Absent: for ever. */
  expiresAt: z.exactOptional(z.iso.datetime()),
  /** Days after the expiry in which everything is still allowed. */
  graceDays: z.number().int().min(0).max(365),
});

export type Licence = z.output<typeof licenceSchema>;

/** Read from a file: the licence, or what is wrong with the file. */
export type ReadLicence =
  | { readonly ok: true; readonly licence: Licence }
  | { readonly ok: false; readonly message: string; readonly hint: string };

const BEGIN = '-----BEGIN UNISONO LICENCE-----';
const END = '-----END UNISONO LICENCE-----';
const LINE_LENGTH = 64;
export const MAX_LICENCE_FILE_LENGTH = 10_000;

/** The text of a licence file: readable fields for people, then the signed ones with an Ed25519 signature (RFC 8032). */
export function writeLicence(licence: Licence, privateKey: KeyObject): string {
  const payload = Buffer.from(JSON.stringify(licenceSchema.parse(licence)));
  const signature = sign(null, payload, privateKey);
  const body = `${payload.toString('base64')}.${signature.toString('base64')}`;
  const lines = body.match(new RegExp(`.{1,${LINE_LENGTH}}`, 'g')) ?? [];
  return [...describeLicence(licence), '', BEGIN, ...lines, END, ''].join('\n');
}

/** Lines for people. They are not what counts: the signed part is. */
export function describeLicence(licence: Licence): string[] {
  const expiry =
    licence.expiresAt === undefined ? 'never' : `${licence.expiresAt}, then ${licence.graceDays} days grace`;
  return [
    `Licence ${licence.serial} for ${licence.customer}`,
    `Flex licences: ${licence.flex}`,
    `Unify Phone licences: ${licence.unifyPhone}`,
    `Expires: ${expiry}`,
  ];
}

/** Reads a licence file and checks its signature. */
export function readLicence(text: string, publicKey: KeyObject): ReadLicence {
  const parts = signedParts(text);
  if (parts === undefined)
    return no('This is no licence file.', `It has a part between "${BEGIN}" and "${END}": take the whole file.`);
  if (!verify(null, parts.payload, publicKey, parts.signature))
    return no(
      'The signature is not of the configured key: the file was changed, or is for another system.',
      'Ask who issued it for a new file, or check the configured public key.',
    );
  return fieldsOf(parts.payload);
}

/** Reads what a licence file says, without asking whether it is genuine. */
export function inspectLicence(text: string): ReadLicence {
  const parts = signedParts(text);
  return parts === undefined ? no('This is no licence file.', 'Take the whole file.') : fieldsOf(parts.payload);
}

function fieldsOf(payload: Buffer): ReadLicence {
  try {
    const parsed = licenceSchema.safeParse(JSON.parse(payload.toString()));
    if (parsed.success) return { ok: true, licence: parsed.data };
  } catch {
    // No JSON: told below like any other content that is not understood.
  }
  return no('The licence is of a form that this version does not know.', 'Update the system, or ask for another file.');
}

function signedParts(text: string): { payload: Buffer; signature: Buffer } | undefined {
  if (text.length > MAX_LICENCE_FILE_LENGTH) return undefined;
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) return undefined;
  const body = text.slice(begin + BEGIN.length, end).replace(/\s/g, '');
  const match = /^([A-Za-z0-9+/=]+)\.([A-Za-z0-9+/=]+)$/.exec(body);
  if (match === null) return undefined;
  return { payload: Buffer.from(match[1] ?? '', 'base64'), signature: Buffer.from(match[2] ?? '', 'base64') };
}

function no(message: string, hint: string): ReadLicence {
  return { ok: false, message, hint };
}

/** The public key of a PEM text. Throws an `Error` that says what is wrong with it. */
export function readPublicKey(pem: string): KeyObject {
  const key = createPublicKey(pem);
  if (key.asymmetricKeyType !== 'ed25519') throw new Error(`it is a key for ${key.asymmetricKeyType}, not for Ed25519`);
  return key;
}
