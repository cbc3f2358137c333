import { readFileSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import { rootCertificates } from 'node:tls';
import { type DataFolder, ensureCertificate, type Logger } from '@unisono/platform';
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
    return { certificate: readPem(tls.certificate), key: readPem(tls.key), serverAuthorities, clientAuthorities };
  }
  const hosts = certificateHosts({ tls, ...settings }, hostname(), networkInterfaces());
  const made = await ensureCertificate(folder.file('tls'), hosts, nowMs);
  if (made.renewed !== undefined) log.info({ hosts, because: made.renewed }, 'a server certificate was made');
  return {
    certificate: made.chain,
    key: made.privateKey,
    serverAuthorities: [...serverAuthorities, made.authority],
    clientAuthorities,
    authorityFile: made.authorityFile,
    authority: made.authority,
  };
}

function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new StartError(`the file ${file} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}
