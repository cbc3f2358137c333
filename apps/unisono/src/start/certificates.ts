import {
  AcmeCertificate,
  CertificateFiles,
  type CertificatePair,
  ChallengeServer,
  certificateFacts,
  type DataFolder,
  type Logger,
  warningDays,
} from '@unisono/platform';
import type { Clock } from '@unisono/sip';
import { outsideOf } from '../config/border-addresses.ts';
import type { LoadedSettings } from '../config/load.ts';
import { StartError } from './start-error.ts';
import { ownCertificate, type TlsMaterial, tlsMaterial } from './tls.ts';

/** How often expiry is looked at, and the own certificate made anew when it is due. */
const LOOK_MS = 3_600_000;
const DAY_MS = 86_400_000;

export interface CertificateParts {
  readonly settings: LoadedSettings;
  readonly folder: DataFolder;
  readonly clock: Clock;
  readonly log: Logger;
  /** Has the doors whose names an authority certifies (ACME); other processes go without its certificate. */
  readonly isOrdering?: boolean | undefined;
}

/**
 * The certificate of this process as long as it runs: given files that are read again when they change, one that an authority renews
 * by ACME, or one of the own authority. Whoever shows it is told of each new one.
 */
export class Certificates {
  /** What to begin with. */
  readonly material: TlsMaterial;
  readonly #parts: CertificateParts;
  readonly #listeners: ((pair: CertificatePair) => void)[] = [];
  readonly #closers: (() => void)[] = [];
  #pair: CertificatePair;
  #files: CertificateFiles | undefined;
  #warnedDays: number | undefined;

  private constructor(parts: CertificateParts, material: TlsMaterial) {
    this.#parts = parts;
    this.material = material;
    this.#pair = { chain: material.certificate, privateKey: material.key };
  }

  /** Throws a `StartError` when what is configured cannot be used. */
  static async open(parts: CertificateParts): Promise<Certificates> {
    const { settings, folder, clock, log, isOrdering = true } = parts;
    const material = await tlsMaterial(settings, folder, clock.epochMs(), log);
    const certificates = new Certificates(parts, material);
    try {
      const { certificate, key, acme } = settings.tls;
      if (certificate !== undefined && key !== undefined) certificates.#followFiles(certificate, key);
      else if (acme.directory !== undefined && isOrdering) await certificates.#order(acme.directory);
    } catch (error) {
      certificates.close();
      throw error;
    }
    certificates.#lookAgain();
    return certificates;
  }

  /** Calls back with each new certificate. One that came before is given at once. */
  onChange(listener: (pair: CertificatePair) => void): void {
    this.#listeners.push(listener);
    if (this.#pair.chain !== this.material.certificate) listener(this.#pair);
  }

  /** The same for servers that are reached by other names than the border's, too: not what an authority issues for those alone. */
  onOwnChange(listener: (pair: CertificatePair) => void): void {
    if (this.#parts.settings.tls.acme.directory === undefined) this.onChange(listener);
  }

  /** Reads given files now (SIGHUP). */
  reload(): void {
    this.#files?.reload();
  }

  /** Milliseconds since 1970. */
  get expiresAtMs(): number {
    return certificateFacts(this.#pair.chain).validToMs;
  }

  close(): void {
    for (const close of this.#closers.splice(0)) close();
  }

  #followFiles(certificateFile: string, keyFile: string): void {
    const { clock, log } = this.#parts;
    const files = new CertificateFiles(
      {
        certificateFile,
        keyFile,
        epochMs: () => clock.epochMs(),
        onPair: (pair) => this.#use(pair, 'its files have changed'),
        onBroken: (why) => log.error({}, `the new certificate is not used, the old one stays: ${why}`),
      },
      this.#pair,
    );
    this.#files = files;
    this.#closers.push(() => files.close());
  }

  async #order(directoryUrl: string): Promise<void> {
    const { settings, folder, clock, log } = this.#parts;
    const challenges = new ChallengeServer();
    this.#closers.push(() => challenges.close());
    const [fallback = '127.0.0.1'] = outsideOf(settings).listen;
    for (const { address = fallback, port } of settings.tls.acme.challenge) {
      await listen(challenges, address, port);
    }
    const acme = new AcmeCertificate({
      settings: { directoryUrl, names: settings.sbc.names, email: settings.tls.acme.email },
      folder: folder.file('tls'),
      challenges,
      epochMs: () => clock.epochMs(),
      after: (delayMs, act) => clock.startTimer(delayMs, { onTimer: act }, 'acme'),
      onPair: (pair) => this.#use(pair, 'the authority has issued it'),
      onFailure: (why, nextAtMs) =>
        log.error({ nextAttempt: new Date(nextAtMs).toISOString() }, `no certificate from ${directoryUrl}: ${why}`),
    });
    this.#closers.push(() => acme.close());
    if (acme.pair !== undefined) this.#pair = acme.pair;
    acme.start();
  }

  #use(pair: CertificatePair, because: string): void {
    this.#pair = pair;
    this.#warnedDays = undefined;
    const { names, validToMs } = certificateFacts(pair.chain);
    this.#parts.log.info({ names, until: new Date(validToMs).toISOString(), because }, 'another certificate is in use');
    for (const listener of this.#listeners) listener(pair);
  }

  #lookAgain(): void {
    this.#warn();
    const look = {
      onTimer: () => {
        timer = this.#parts.clock.startTimer(LOOK_MS, look, 'certificate');
        this.#warn();
        void this.#renewOwn();
      },
    };
    let timer = this.#parts.clock.startTimer(LOOK_MS, look, 'certificate');
    this.#closers.push(() => timer.cancel());
  }

  /** One line for each of the days that are worth one. */
  #warn(): void {
    const facts = certificateFacts(this.#pair.chain);
    const nowMs = this.#parts.clock.epochMs();
    const days = warningDays(facts, nowMs);
    if (days === undefined || days === this.#warnedDays) return;
    this.#warnedDays = days;
    const until = new Date(facts.validToMs).toISOString();
    if (days === 0) this.#parts.log.error({ names: facts.names, until }, 'the certificate has expired');
    else {
      const daysLeft = Math.floor((facts.validToMs - nowMs) / DAY_MS);
      this.#parts.log.warn({ names: facts.names, until, daysLeft }, 'the certificate expires soon');
    }
  }

  async #renewOwn(): Promise<void> {
    const { settings, folder, clock, log } = this.#parts;
    const { certificate, acme } = settings.tls;
    const isShown = this.#pair.chain === this.material.certificate || acme.directory === undefined;
    if (certificate !== undefined || !isShown) return;
    try {
      const made = await ownCertificate(settings, folder, clock.epochMs(), log);
      if (made.chain !== this.#pair.chain) this.#use({ chain: made.chain, privateKey: made.privateKey }, 'it was due');
    } catch (err) {
      log.error({ err }, 'the certificate could not be made anew');
    }
  }
}

async function listen(challenges: ChallengeServer, address: string, port: number): Promise<void> {
  try {
    await challenges.listen(address, port);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError(
      `the port ${address}:${port} on which the authority looks for us (tls.acme.challenge) cannot be had: ${reason}`,
    );
  }
}
