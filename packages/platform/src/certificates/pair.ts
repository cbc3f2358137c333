import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** What a TLS server shows and proves: both PEM, the own certificate first in the chain. */
export interface CertificatePair {
  readonly chain: string;
  readonly privateKey: string;
}

export type PairReading =
  | { readonly ok: true; readonly pair: CertificatePair }
  | { readonly ok: false; readonly why: string };

/** Reads a pair out of two files. What is wrong with them is said in words, with the file. */
export function readPair(certificateFile: string, keyFile: string, nowMs: number): PairReading {
  const pair: { chain?: string; privateKey?: string } = {};
  for (const [part, file] of [['chain', certificateFile] as const, ['privateKey', keyFile] as const]) {
    try {
      pair[part] = readFileSync(file, 'utf8');
    } catch (error) {
      return { ok: false, why: `the file ${file} cannot be read: ${error instanceof Error ? error.message : error}` };
    }
  }
  const { chain = '', privateKey = '' } = pair;
  const fault = faultOf({ chain, privateKey }, nowMs);
  if (fault === undefined) return { ok: true, pair: { chain, privateKey } };
  return { ok: false, why: `${certificateFile} and ${keyFile}: ${fault}` };
}

/** What is wrong with a pair; undefined for a good one. One that is not valid yet passes: clocks differ. */
export function faultOf({ chain, privateKey }: CertificatePair, nowMs: number): string | undefined {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(chain);
  } catch {
    return 'this is no certificate in PEM';
  }
  try {
    if (!certificate.checkPrivateKey(createPrivateKey(privateKey))) return 'the key does not belong to the certificate';
  } catch {
    return 'the key is no private key in PEM, or has a passphrase';
  }
  return certificate.validToDate.getTime() <= nowMs
    ? `the certificate expired on ${certificate.validToDate.toISOString()}`
    : undefined;
}

/** What people want to know of a certificate. */
export interface CertificateFacts {
  /** Names and addresses it is for. */
  readonly names: readonly string[];
  readonly issuer: string;
  /** Milliseconds since 1970. */
  readonly validFromMs: number;
  readonly validToMs: number;
  /** SHA-256, in pairs of hexadecimal digits with colons, as browsers show it. */
  readonly fingerprint: string;
}

/** Throws for a text that is no certificate. */
export function certificateFacts(chain: string): CertificateFacts {
  const { subjectAltName, issuer, validFromDate, validToDate, fingerprint256 } = new X509Certificate(chain);
  return {
    names: (subjectAltName ?? '').split(', ').map((name) => name.replace(/^(?:DNS|IP Address):/, '')),
    issuer: issuer.replaceAll('\n', ', '),
    validFromMs: validFromDate.getTime(),
    validToMs: validToDate.getTime(),
    fingerprint: fingerprint256,
  };
}
