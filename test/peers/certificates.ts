/** A certificate authority for one test, and a server certificate for 127.0.0.1 and localhost. */
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { temporaryFolder } from './process.ts';

const ECDSA = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const VALID_MS = 24 * 3600 * 1000;

/** PEM files in a temporary folder. */
export interface TestCertificates {
  readonly caFile: string;
  readonly certificateFile: string;
  readonly keyFile: string;
  remove(): void;
}

/** Peers refuse a self-signed leaf, so there is a real authority above it. */
export async function createCertificates(): Promise<TestCertificates> {
  x509.cryptoProvider.set(webcrypto);
  const authorityKeys = await generateKeys();
  const authority = await createAuthority(authorityKeys);
  const keys = await generateKeys();
  const leaf = await createLeaf(keys, authority, authorityKeys);
  const folder = temporaryFolder('certificates');
  const write = (name: string, text: string) => {
    const path = join(folder.path, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  return {
    caFile: write('ca.pem', authority.toString('pem')),
    certificateFile: write('server.pem', leaf.toString('pem')),
    keyFile: write('server.key', await privateKeyPem(keys)),
    remove: folder.remove,
  };
}

async function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(ECDSA, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
}

async function createAuthority(keys: webcrypto.CryptoKeyPair): Promise<x509.X509Certificate> {
  return await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: 'CN=Unisono test authority',
    ...validity(),
    signingAlgorithm: ECDSA,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 1, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  });
}

async function createLeaf(
  keys: webcrypto.CryptoKeyPair,
  authority: x509.X509Certificate,
  authorityKeys: webcrypto.CryptoKeyPair,
): Promise<x509.X509Certificate> {
  return await x509.X509CertificateGenerator.create({
    serialNumber: '02',
    subject: 'CN=localhost',
    issuer: authority.subject,
    ...validity(),
    signingAlgorithm: ECDSA,
    publicKey: keys.publicKey,
    signingKey: authorityKeys.privateKey,
    extensions: [
      new x509.SubjectAlternativeNameExtension([
        { type: 'dns', value: 'localhost' },
        { type: 'ip', value: '127.0.0.1' },
      ]),
    ],
  });
}

function validity(): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - VALID_MS), notAfter: new Date(now + VALID_MS) };
}

async function privateKeyPem(keys: webcrypto.CryptoKeyPair): Promise<string> {
  const der = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return x509.PemConverter.encode(der, 'PRIVATE KEY');
}
