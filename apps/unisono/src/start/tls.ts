import { readFileSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import { rootCertificates } from 'node:tls';
import { type DataFolder, ensureCertificate, type Logger, readPair, type ServerCertificate } from '@unisono/platform';
import { certificateHosts } from '../config/addresses.ts';
import type { LoadedSettings } from '../config/load.ts';
import { StartError } from './start-error.ts';

/** What TLS servers and clients of this process use. */
export interface TlsMaterial {
  certificate: string;
  key: string;
  /** Authorities that servers are checked against to which we connect. */
  serverAuthorities: string[];
  /** Authorities that clients are checked against which show a certificate: only those that the operator named. */
  clientAuthorities: string[];
  /** Certificate that phones have to be told to trust; absent with a certificate of the operator's own. */
  authorityFile?: string;
  /** The same, PEM. */
  authority?: string;
}

/** The configured certificate, or one made by the own authority in the data folder. Throws a `StartError`. */
export async function tlsMaterial(
  { tls, ...settings }: LoadedSettings,
  folder: DataFolder,
  nowMs: number,
  log: Logger,
): Promise<TlsMaterial> {
  const clientAuthorities = tls.ca === undefined ? [] : [readPem(tls.ca)];
  const serverAuthorities = tls.ca === undefined ? rootCertificates.slice() : clientAuthorities;
  if (tls.certificate !== undefined && tls.key !== undefined) {
    const reading = readPair(tls.certificate, tls.key, nowMs);
    if (!reading.ok) throw new StartError(reading.why);
    return { certificate: reading.pair.chain, key: reading.pair.privateKey, serverAuthorities, clientAuthorities };
  }
  const made = await ownCertificate({ tls, ...settings }, folder, nowMs, log);
  return {
    certificate: made.chain,
    key: made.privateKey,
    serverAuthorities: [...serverAuthorities, made.authority],
    clientAuthorities,
    authorityFile: made.authorityFile,
    authority: made.authority,
  };
}

/** The certificate of the own authority, made anew when it is due or names have changed. */
export async function ownCertificate(
  settings: LoadedSettings,
  folder: DataFolder,
  nowMs: number,
  log: Logger,
): Promise<ServerCertificate> {
  const hosts = certificateHosts(settings, hostname(), networkInterfaces());
  const made = await ensureCertificate(folder.file('tls'), hosts, nowMs);
  if (made.renewed !== undefined) log.info({ hosts, because: made.renewed }, 'a server certificate was made');
  return made;
}

function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new StartError(`the file ${file} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}
