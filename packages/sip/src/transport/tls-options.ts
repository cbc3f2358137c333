import {
  type ConnectionOptions,
  checkServerIdentity,
  type PeerCertificate,
  type TLSSocket,
  type TlsOptions,
} from 'node:tls';
import { DEFAULT_MIN_TLS, type TlsClientOptions, type TlsServerOptions } from './options.ts';

/** Thrown when a point needs a certificate and has none. */
class NoCertificateError extends Error {
  readonly code = 'SIP_NO_CERTIFICATE';
  constructor() {
    super('This transport needs a certificate and its key.');
  }
}

/** Node's options for a TLS server; it throws when the certificate or key is unusable. */
export function secureServerOptions(tls: TlsServerOptions | undefined): TlsOptions {
  if (!tls) throw new NoCertificateError();
  const wanted = tls.clientCertificate ?? 'none';
  return {
    cert: tls.cert,
    key: tls.key,
    minVersion: tls.minVersion ?? DEFAULT_MIN_TLS,
    requestCert: wanted !== 'none',
    rejectUnauthorized: wanted === 'required',
    ...(tls.ca === undefined ? {} : { ca: tls.ca as string }),
  };
}

/** Node's options for a connection to `serverName`, or to an address when no name is known. */
export function secureClientOptions(
  tls: TlsClientOptions | undefined,
  serverName: string | undefined,
  address: string,
): ConnectionOptions {
  return {
    minVersion: tls?.minVersion ?? DEFAULT_MIN_TLS,
    rejectUnauthorized: true,
    checkServerIdentity: (host, certificate) => checkSipIdentity(serverName ?? (host || address), certificate),
    ...(serverName === undefined ? {} : { servername: serverName }),
    ...(tls?.ca === undefined ? {} : { ca: tls.ca as string }),
    ...(tls?.cert === undefined ? {} : { cert: tls.cert, key: tls.key ?? '' }),
  };
}

/** RFC 5922 §7.1: a certificate for `sip:domain` (URI) is one for that domain; else Node's rules for DNS names hold. */
export function checkSipIdentity(name: string, certificate: PeerCertificate): Error | undefined {
  const uri = `URI:sip:${name.toLowerCase()}`;
  if (altNames(certificate).some((alt) => alt.toLowerCase() === uri.toLowerCase())) return undefined;
  return checkServerIdentity(name, certificate);
}

/** The names in the peer's certificate, when it showed one that was verified: common name, DNS, URI and IP names. */
export function certificateNames(socket: TLSSocket): readonly string[] | undefined {
  if (!socket.authorized) return undefined;
  const certificate = socket.getPeerCertificate();
  const common = certificate.subject?.CN;
  const names = altNames(certificate).map((alt) => alt.slice(alt.indexOf(':') + 1).replace(/^sips?:/i, ''));
  return [...new Set(common === undefined ? names : [...[common].flat(), ...names])];
}

function altNames(certificate: PeerCertificate): string[] {
  return certificate.subjectaltname?.split(', ') ?? [];
}
