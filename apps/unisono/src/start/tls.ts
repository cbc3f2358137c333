import { readFileSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import { rootCertificates } from 'node:tls';
import { type DataFolder, ensureCertificate } from '@unisono/platform';
import { certificateHosts } from '../config/addresses.ts';
import type { LoadedSettings } from '../config/load.ts';
import { StartError } from './start-error.ts';

/** What TLS servers and clients of this process use. */
export interface TlsMaterial {
  certificate: string;
  key: string;
  /** Authorities that peers are checked against. */
  authorities: string[];
  /** Certificate that phones have to be told to trust; absent with a certificate of the operator's own. */
  authorityFile?: string;
}

/** The configured certificate, or one made by the own authority in the data folder. Throws a `StartError`. */
export async function tlsMaterial(
  { tls, ...settings }: LoadedSettings,
  folder: DataFolder,
  nowMs: number,
): Promise<TlsMaterial> {
  const authorities = tls.ca === undefined ? rootCertificates.slice() : [readPem(tls.ca)];
  if (tls.certificate !== undefined && tls.key !== undefined) {
    return { certificate: readPem(tls.certificate), key: readPem(tls.key), authorities };
  }
  const hosts = certificateHosts({ tls, ...settings }, hostname(), networkInterfaces());
  const { chain, privateKey, authority, authorityFile } = await ensureCertificate(folder.file('tls'), hosts, nowMs);
  return { certificate: chain, key: privateKey, authorities: [...authorities, authority], authorityFile };
}

function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new StartError(`the file ${file} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}
