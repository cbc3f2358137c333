import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { Issued } from './issue.ts';
import { saveFile } from './save.ts';

const DAY_MS = 86_400_000;
/** A server certificate is made anew when it has less than this to live. */
const RENEW_BEFORE_MS = 30 * DAY_MS;

/** What a TLS server needs, and where the authority's certificate is for those who shall trust it. */
export interface ServerCertificate {
  /** PEM: the server's certificate, then the authority's. */
  chain: string;
  /** PEM. */
  privateKey: string;
  /** PEM of the authority. */
  authority: string;
  /** Path of the authority's certificate: copy this one to phones. */
  authorityFile: string;
  /** Why the server's certificate was made just now; absent when the stored one was good. */
  renewed?: string;
}

/**
 * A certificate for TLS at these host names and IP addresses, out of `folder`. What is missing, about to expire, or made for other
 * hosts is made anew; the authority stays the same as long as it can, because phones have been told to trust it.
 */
export async function ensureCertificate(
  folder: string,
  hosts: readonly string[],
  nowMs: number,
): Promise<ServerCertificate> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const authorityFile = join(folder, 'ca.pem');
  const authorityKeyFile = join(folder, 'ca-key.pem');
  const serverFile = join(folder, 'server.pem');
  const serverKeyFile = join(folder, 'server-key.pem');

  const reading = read(authorityFile, authorityKeyFile);
  const authorityFault = reading.fault ?? expiryFault(reading.issued, nowMs);
  const authority = authorityFault === undefined ? reading.issued : await makeAuthority(nowMs);
  if (authorityFault !== undefined) save(authority, authorityFile, authorityKeyFile);

  const stored = read(serverFile, serverKeyFile);
  const fault = stored.fault ?? expiryFault(stored.issued, nowMs) ?? hostFault(stored.issued, authority, hosts);
  const server = fault === undefined ? stored.issued : await makeServer(authority, hosts, nowMs);
  if (fault !== undefined) save(server, serverFile, serverKeyFile);
  return {
    chain: `${server.certificate.trimEnd()}\n${authority.certificate}`,
    privateKey: server.privateKey,
    authority: authority.certificate,
    authorityFile,
    ...(fault === undefined ? {} : { renewed: fault }),
  };
}

type Reading = { issued: Issued; fault?: string };

// The library for making certificates is loaded only when one has to be made: it would be a tenth of the time of every start.
async function makeAuthority(nowMs: number): Promise<Issued> {
  const { issueAuthority } = await import('./issue.ts');
  return issueAuthority(`Unisono development CA ${new Date(nowMs).toISOString().slice(0, 10)}`, nowMs);
}

async function makeServer(authority: Issued, hosts: readonly string[], nowMs: number): Promise<Issued> {
  const { issueServer } = await import('./issue.ts');
  return issueServer(authority, hosts, nowMs);
}

function read(certificateFile: string, keyFile: string): Reading {
  try {
    const issued = { certificate: readFileSync(certificateFile, 'utf8'), privateKey: readFileSync(keyFile, 'utf8') };
    const matches = new X509Certificate(issued.certificate).checkPrivateKey(createPrivateKey(issued.privateKey));
    return matches ? { issued } : { issued, fault: 'key and certificate did not belong together' };
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return { issued: { certificate: '', privateKey: '' }, fault: missing ? 'there was none' : 'it could not be read' };
  }
}

function expiryFault({ certificate }: Issued, nowMs: number): string | undefined {
  const { validToDate, validFromDate } = new X509Certificate(certificate);
  if (validFromDate.getTime() > nowMs) return 'it was not valid yet';
  return validToDate.getTime() - nowMs < RENEW_BEFORE_MS
    ? `it expires on ${validToDate.toISOString().slice(0, 10)}`
    : undefined;
}

function hostFault(server: Issued, authority: Issued, hosts: readonly string[]): string | undefined {
  const certificate = new X509Certificate(server.certificate);
  if (!certificate.verify(new X509Certificate(authority.certificate).publicKey))
    return 'it was signed by another authority';
  const missing = hosts.find(
    (host) => (isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host)) === undefined,
  );
  return missing === undefined ? undefined : `it was not made for ${missing}`;
}

/** Each file appears whole or not at all; the key first, so that a certificate never stands without one. */
function save({ certificate, privateKey }: Issued, certificateFile: string, keyFile: string): void {
  saveFile(keyFile, privateKey, 0o600);
  saveFile(certificateFile, certificate, 0o644);
}
