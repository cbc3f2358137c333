/** A certificate authority for one test, and a server certificate for 127.0.0.1 and localhost. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureCertificate } from '@unisono/platform';
import { temporaryFolder } from './process.ts';

/** PEM files in a temporary folder. */
export interface TestCertificates {
  readonly caFile: string;
  readonly certificateFile: string;
  readonly keyFile: string;
  remove(): void;
}

/** Peers refuse a self-signed leaf, so there is a real authority above it. */
export async function createCertificates(): Promise<TestCertificates> {
  const folder = temporaryFolder('certificates');
  const { chain, privateKey, authority } = await ensureCertificate(folder.path, ['localhost', '127.0.0.1'], Date.now());
  const write = (name: string, text: string) => {
    const path = join(folder.path, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  return {
    caFile: write('trusted.pem', authority),
    certificateFile: write('chain.pem', chain),
    keyFile: write('chain.key', privateKey),
    remove: folder.remove,
  };
}
