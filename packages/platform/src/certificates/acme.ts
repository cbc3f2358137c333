import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChallengeServer } from './challenges.ts';
import { type CertificatePair, certificateFacts, faultOf, readPair } from './pair.ts';
import { saveFile } from './save.ts';
import { renewAtMs, retryAfterMs } from './schedule.ts';

/** Where and what for. */
export interface AcmeSettings {
  /** URL of the authority's directory (RFC 8555 §7.1.1). */
  readonly directoryUrl: string;
  /** Host names. */
  readonly names: readonly string[];
  /** Told to the authority, for warnings. */
  readonly email?: string | undefined;
}

/** One thing to do later; calling it again before then is not needed. */
export type After = (delayMs: number, act: () => void) => { cancel(): void };

export interface AcmeOptions {
  readonly settings: AcmeSettings;
  /** Folder for the account key and the certificate. */
  readonly folder: string;
  readonly challenges: ChallengeServer;
  readonly epochMs: () => number;
  readonly after: After;
  /** A new certificate. */
  readonly onPair: (pair: CertificatePair) => void;
  /** It did not work; it is tried again at that time, in milliseconds since 1970. */
  readonly onFailure: (why: string, nextAtMs: number) => void;
  /** How often and how quickly the authority is asked whether it is done, in milliseconds; for tests. */
  readonly pollMs?: number | undefined;
}

const ACCOUNT_KEY_FILE = 'acme-account-key.pem';
const CERTIFICATE_FILE = 'acme.pem';
const KEY_FILE = 'acme-key.pem';
/** Timers take no longer delays than about 24 days. */
const LONGEST_WAIT_MS = 86_400_000;

/** Gets a certificate from an authority by ACME (RFC 8555), keeps it, and renews it when two thirds of its life are over. */
export class AcmeCertificate {
  readonly #options: AcmeOptions;
  #pair: CertificatePair | undefined;
  #failures = 0;
  #notBeforeMs = 0;
  #waiting: { cancel(): void } | undefined;
  #isOrdering = false;
  #isClosed = false;

  /** Takes up the stored certificate, if it is still good for these names. */
  constructor(options: AcmeOptions) {
    this.#options = options;
    mkdirSync(options.folder, { recursive: true, mode: 0o700 });
    this.#pair = this.#stored();
  }

  /** The certificate there is; undefined before the first one came. */
  get pair(): CertificatePair | undefined {
    return this.#pair;
  }

  /** Begins to order and renew. */
  start(): void {
    if (this.#isClosed || this.#isOrdering) return;
    this.#waiting?.cancel();
    const nowMs = this.#options.epochMs();
    const dueMs = this.#pair === undefined ? nowMs : renewAtMs(certificateFacts(this.#pair.chain));
    const atMs = Math.max(dueMs, this.#notBeforeMs);
    if (atMs <= nowMs) void this.#attempt();
    else this.#waiting = this.#options.after(Math.min(atMs - nowMs, LONGEST_WAIT_MS), () => this.start());
  }

  close(): void {
    this.#isClosed = true;
    this.#waiting?.cancel();
  }

  async #attempt(): Promise<void> {
    this.#isOrdering = true;
    try {
      const pair = await order(this.#options);
      const fault = faultOf(pair, this.#options.epochMs());
      if (fault !== undefined) throw new Error(`the authority sent a certificate that cannot be used: ${fault}`);
      if (this.#isClosed) return;
      this.#keep(pair);
    } catch (error) {
      this.#failed(error instanceof Error ? error.message : String(error));
    } finally {
      this.#isOrdering = false;
    }
    this.start();
  }

  #keep(pair: CertificatePair): void {
    const { folder, onPair } = this.#options;
    saveFile(join(folder, KEY_FILE), pair.privateKey, 0o600);
    saveFile(join(folder, CERTIFICATE_FILE), pair.chain, 0o644);
    this.#pair = pair;
    this.#failures = 0;
    onPair(pair);
  }

  #failed(why: string): void {
    this.#failures++;
    this.#notBeforeMs = this.#options.epochMs() + retryAfterMs(this.#failures);
    this.#options.onFailure(why, this.#notBeforeMs);
  }

  #stored(): CertificatePair | undefined {
    const { folder, epochMs, settings } = this.#options;
    const reading = readPair(join(folder, CERTIFICATE_FILE), join(folder, KEY_FILE), epochMs());
    if (!reading.ok) return undefined;
    const { names } = certificateFacts(reading.pair.chain);
    return settings.names.every((name) => names.includes(name)) ? reading.pair : undefined;
  }
}

/** One order from beginning to end. Rejects with whatever the authority or the network had against it. */
async function order({ settings, folder, challenges, pollMs }: AcmeOptions): Promise<CertificatePair> {
  // Loaded when it is needed: it brings an HTTP client of its own.
  const acme = await import('acme-client');
  const client = new acme.Client({
    directoryUrl: settings.directoryUrl,
    accountKey: await accountKey(folder, () => acme.crypto.createPrivateEcdsaKey('P-256')),
    ...(pollMs === undefined ? {} : { backoffMin: pollMs, backoffMax: pollMs }),
  });
  const key = await acme.crypto.createPrivateEcdsaKey('P-256');
  const [privateKey, csr] = await acme.crypto.createCsr({ altNames: [...settings.names] }, key);
  const chain = await client.auto({
    csr,
    termsOfServiceAgreed: true,
    challengePriority: ['http-01'],
    // The authority's own look counts; from here the name may lead elsewhere.
    skipChallengeVerification: true,
    challengeCreateFn: async (_authorization, challenge, answer) => {
      if (challenge.type !== 'http-01')
        throw new Error(`the authority offers no http-01 challenge but ${challenge.type}`);
      challenges.add(challenge.token, answer);
    },
    challengeRemoveFn: async (_authorization, challenge) => challenges.remove(challenge.token),
    ...(settings.email === undefined ? {} : { email: settings.email }),
  });
  return { chain, privateKey: privateKey.toString() };
}

/** The key by which the authority knows us, the same for ever. */
async function accountKey(folder: string, make: () => Promise<Buffer>): Promise<string> {
  const file = join(folder, ACCOUNT_KEY_FILE);
  if (existsSync(file)) return readFileSync(file, 'utf8');
  const key = (await make()).toString();
  saveFile(file, key, 0o600);
  return key;
}
