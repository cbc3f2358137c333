import { type DtlsCertificate, matchesFingerprint } from '../../../dtls/certificate.ts';
import { type DtlsKeys, DtlsSession } from '../../../dtls/session.ts';
import type { MediaClock } from '../../../time.ts';
import type { LegSecurity } from '../control.ts';
import { dtlsProtection, NO_PROTECTION, type Protection } from './protection.ts';

type DtlsSecurity = Extract<LegSecurity, { kind: 'dtls' }>;

export interface DtlsAgentOptions {
  readonly certificate: DtlsCertificate;
  readonly clock: MediaClock;
  readonly send: (datagram: Buffer) => void;
  /** Keys came, or went. */
  readonly onProtection: (protection: Protection) => void;
  readonly onWrongFingerprint: () => void;
}

/** Handshakes of one association that may fail, or that are paid for at all. */
const MAX_SESSIONS = 10;

/**
 * DTLS of one leg through its life: as client it begins when the way is known, as server when the party does. Keys count
 * only when the certificate is the signalled one, which may become known later than the handshake ends: browsers finish
 * it before their answer arrives.
 */
export class DtlsAgent {
  readonly #options: DtlsAgentOptions;
  #security: DtlsSecurity | undefined;
  #session: DtlsSession | undefined;
  #keys: DtlsKeys | undefined;
  #sessions = 0;
  #failure: string | undefined;
  #isVerified = false;
  #isPathReady = false;

  constructor(options: DtlsAgentOptions) {
    this.#options = options;
  }

  get isVerified(): boolean {
    return this.#isVerified;
  }

  /** What it waits for, for people. */
  get stage(): string {
    if (this.#keys) return 'the fingerprint of its certificate was not signalled';
    if (this.#failure !== undefined) return `the DTLS handshake failed: ${this.#failure}`;
    return this.#session ? 'the DTLS handshake did not complete' : 'the DTLS handshake did not begin';
  }

  /** Time has passed: after a failure a client begins again. */
  check(): void {
    this.#begin();
  }

  configure(security: DtlsSecurity): void {
    const before = this.#security;
    this.#security = security;
    if (before && before.association !== security.association) this.#restart();
    if (security.role === 'client') this.#begin();
    this.#verify();
  }

  /** It is known where to send. */
  pathReady(): void {
    this.#isPathReady = true;
    this.#begin();
  }

  receive(datagram: Buffer): void {
    if (!this.#security || (!this.#session && this.#sessions >= MAX_SESSIONS)) return;
    this.#session ??= this.#newSession(this.#security.role ?? 'server');
    this.#session.receive(datagram);
  }

  close(): void {
    this.#session?.close();
    this.#session = undefined;
  }

  #begin(): void {
    if (!this.#isPathReady || this.#security?.role !== 'client' || this.#session) return;
    if (this.#sessions >= MAX_SESSIONS) return;
    this.#session = this.#newSession('client');
    this.#session.start();
  }

  #restart(): void {
    this.close();
    this.#sessions = 0;
    this.#failure = undefined;
    this.#keys = undefined;
    if (this.#isVerified) this.#options.onProtection(NO_PROTECTION);
    this.#isVerified = false;
  }

  #newSession(role: 'client' | 'server'): DtlsSession {
    const { certificate, clock, send } = this.#options;
    this.#sessions++;
    const session: DtlsSession = new DtlsSession({
      role,
      certificate,
      clock,
      send,
      onConnected: (keys) => {
        if (session !== this.#session) return;
        this.#keys = keys;
        this.#verify();
      },
      // Whoever can forge one datagram must not end a call by it: the next handshake may do, and time decides.
      onFailed: (reason) => {
        if (session !== this.#session) return;
        this.#failure = reason;
        this.#session = undefined;
      },
    });
    return session;
  }

  #verify(): void {
    const fingerprints = this.#security?.fingerprints;
    if (!this.#keys || !fingerprints || this.#isVerified) return;
    if (!matchesFingerprint(this.#keys.certificate, fingerprints)) {
      this.#options.onWrongFingerprint();
      return;
    }
    this.#isVerified = true;
    this.#options.onProtection(dtlsProtection(this.#keys));
  }
}
