import { createPrivateKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  describeLicence,
  inspectLicence,
  licenceSchema,
  readLicence,
  readPublicKey,
  writeLicence,
} from '@unisono/assistant';
import type { Given } from './api-client.ts';
import { put } from './api-commands.ts';
import { type Console, EXIT, type ExitCode } from './console.ts';

/** `unisono licences install FILE` */
export async function install(console: Console, file: string, given: Given): Promise<ExitCode> {
  const text = readText(console, file);
  return text === undefined ? EXIT.failed : put(console, 'licences', { file: text }, given);
}

/** `unisono licences inspect FILE` */
export function inspect(console: Console, file: string, { key }: Given): ExitCode {
  const text = readText(console, file);
  const pem = key === undefined ? undefined : readText(console, String(key));
  if (text === undefined || (key !== undefined && pem === undefined)) return EXIT.failed;
  const read = pem === undefined ? inspectLicence(text) : readLicence(text, readPublicKey(pem));
  if (!read.ok) {
    console.error(`${read.message} ${read.hint}`);
    return EXIT.failed;
  }
  for (const line of describeLicence(read.licence)) console.out(line);
  console.out(
    pem === undefined ? 'The signature was not checked: give the public key with --key.' : 'The signature is good.',
  );
  return EXIT.done;
}

/** `unisono licences key FILE` */
export function makeKey(console: Console, file: string): ExitCode {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const path = resolve(console.workingFolder, file);
  try {
    writeFileSync(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
    writeFileSync(`${path}.pub`, publicKey.export({ type: 'spki', format: 'pem' }), { flag: 'wx' });
  } catch (error) {
    console.error(`The keys were not written: ${error instanceof Error ? error.message : error}`);
    return EXIT.failed;
  }
  console.out(`${file} signs licences: keep it secret. ${file}.pub is for assistant.licenceKey.`);
  return EXIT.done;
}

interface MakeOptions {
  readonly key: string;
  readonly customer: string;
  readonly flex: number;
  readonly unifyPhone: number;
  readonly expires?: string;
  readonly grace: number;
  readonly serial?: string;
}

/** `unisono licences make FILE …` */
export function make(console: Console, file: string, options: MakeOptions): ExitCode {
  const pem = readText(console, options.key);
  if (pem === undefined) return EXIT.failed;
  const { customer, flex, unifyPhone, expires, grace: graceDays } = options;
  const licence = licenceSchema.safeParse({
    format: 'unisono-licence-1',
    serial: options.serial ?? randomBytes(6).toString('hex'),
    customer,
    flex,
    unifyPhone,
    issuedAt: new Date(console.epochMs()).toISOString(),
    ...(expires !== undefined && { expiresAt: expires.includes('T') ? expires : `${expires}T23:59:59Z` }),
    graceDays,
  });
  if (!licence.success) {
    for (const { path, message } of licence.error.issues) console.error(`${path.join('.')}: ${message}`);
    return EXIT.usage;
  }
  writeFileSync(resolve(console.workingFolder, file), writeLicence(licence.data, createPrivateKey(pem)));
  for (const line of describeLicence(licence.data)) console.out(line);
  console.out(`Written to ${file}.`);
  return EXIT.done;
}

function readText(console: Console, file: string): string | undefined {
  try {
    return readFileSync(resolve(console.workingFolder, file), 'utf8');
  } catch (error) {
    console.error(`${file} cannot be read: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
}
