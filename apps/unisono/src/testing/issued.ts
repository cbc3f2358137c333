import { join } from 'node:path';
import { ensureCertificate } from '@unisono/platform';

/** A certificate with its key, PEM. */
export interface Issued {
  readonly certificate: string;
  readonly privateKey: string;
}

/** For tests: a certificate for 127.0.0.1, for servers and clients, with an authority of its own in a folder. */
export async function issued(folder: string, name: string): Promise<Issued & { readonly authority: string }> {
  const made = await ensureCertificate(join(folder, name), ['127.0.0.1', 'localhost'], Date.now());
  return { certificate: made.chain, privateKey: made.privateKey, authority: made.authority };
}
