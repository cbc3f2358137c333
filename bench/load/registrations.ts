/** Registers accounts with digest, one round after the other. */
import { authorization, challengeOf } from './digest.ts';
import type { DeviceAccount } from './job.ts';
import type { Link } from './link.ts';
import type { Meter } from './meter.ts';
import { headerOf, statusOf } from './text.ts';

const RESEND_MS = 500;
const GIVE_UP_MS = 4_000;
const PATIENT_GIVE_UP_MS = 60_000;
const DEFAULT_EXPIRES_SEC = 3_600;

interface Attempt {
  request: string;
  startedMs: number;
  sentMs: number;
  /** The server asked to be left alone for a while (503). */
  isPutOff: boolean;
}

export interface RegistrationOptions {
  readonly link: Pick<Link, 'send'>;
  readonly meter: Pick<Meter, 'complete' | 'fail' | 'retransmission'>;
  readonly accounts: readonly DeviceAccount[];
  readonly domain: string;
  readonly devicePort: number;
  readonly onFinished: () => void;
  readonly expiresSec?: number;
  /** Tries again when the server is overloaded (503), instead of counting that as a failure. */
  readonly isPatient?: boolean;
}

export class Registrations {
  readonly #options: RegistrationOptions;
  readonly #attempts = new Map<number, Attempt>();
  readonly #sequence: Uint32Array;
  #next = 0;

  constructor(options: RegistrationOptions) {
    this.#options = options;
    this.#sequence = new Uint32Array(options.accounts.length);
  }

  /** How many have been started. */
  get started(): number {
    return this.#next;
  }

  get running(): number {
    return this.#attempts.size;
  }

  /** Begins with the next account. */
  start(): void {
    const index = this.#next++ % this.#options.accounts.length;
    // A slow server may come round to an account that is still being registered.
    if (this.#attempts.has(index)) return;
    const now = performance.now();
    this.#attempts.set(index, { request: '', startedMs: now, sentMs: now, isPutOff: false });
    this.#send(index, '');
  }

  /** Takes a response; false when it does not answer a REGISTER. */
  receive(message: string): boolean {
    const callId = headerOf(message, 'Call-ID');
    if (!callId.startsWith('reg-')) return false;
    const index = Number.parseInt(callId.slice(4), 10);
    const attempt = this.#attempts.get(index);
    const isCurrent = Number.parseInt(headerOf(message, 'CSeq'), 10) === this.#sequence[index];
    if (!attempt || !isCurrent) this.#options.meter.retransmission();
    else this.#onStatus(index, statusOf(message), message);
    return true;
  }

  /** Sends again what was not answered, and gives up what was not answered for long. */
  sweep(): void {
    const now = performance.now();
    for (const [index, attempt] of this.#attempts) {
      const giveUpMs = this.#options.isPatient ? PATIENT_GIVE_UP_MS : GIVE_UP_MS;
      if (now - attempt.startedMs > giveUpMs) this.#fail(index, 'REGISTER not answered');
      else if (attempt.isPutOff && now - attempt.sentMs > RESEND_MS) this.#send(index, '');
      else if (now - attempt.sentMs > RESEND_MS) this.#resend(attempt, now);
    }
  }

  #onStatus(index: number, status: number, message: string): void {
    if (status === 200) return this.#end(index, () => this.#options.meter.complete());
    if (status < 200) return;
    const attempt = this.#attempts.get(index);
    if (status === 503 && this.#options.isPatient && attempt) {
      attempt.isPutOff = true;
      return;
    }
    const challenge = status === 401 ? challengeOf(message) : undefined;
    const account = this.#options.accounts[index];
    if (!challenge || !account || attempt?.request.includes('Authorization')) {
      return this.#fail(index, `REGISTER answered ${status}`);
    }
    const uri = `sip:${this.#options.domain}`;
    const value = authorization(account.authUser, account.password, 'REGISTER', uri, challenge);
    this.#send(index, `Authorization: ${value}\r\n`);
  }

  #send(index: number, credentials: string): void {
    const attempt = this.#attempts.get(index);
    const account = this.#options.accounts[index];
    if (!attempt || !account) return;
    const sequence = (this.#sequence[index] ?? 0) + 1;
    this.#sequence[index] = sequence;
    attempt.request = this.#request(account, index, sequence, credentials);
    attempt.sentMs = performance.now();
    attempt.isPutOff = false;
    this.#options.link.send(attempt.request);
  }

  #request(account: DeviceAccount, index: number, sequence: number, credentials: string): string {
    const { domain, devicePort, expiresSec = DEFAULT_EXPIRES_SEC } = this.#options;
    return (
      `REGISTER sip:${domain} SIP/2.0\r\n` +
      `Via: SIP/2.0/UDP 127.0.0.1:${devicePort};branch=z9hG4bKr${index}x${sequence}-${process.pid};rport\r\n` +
      `Max-Forwards: 70\r\nFrom: <sip:${account.user}@${domain}>;tag=r${index}x${sequence}\r\n` +
      `To: <sip:${account.user}@${domain}>\r\nCall-ID: reg-${index}-${process.pid}@127.0.0.1\r\n` +
      `CSeq: ${sequence} REGISTER\r\nContact: <sip:${account.contact}@127.0.0.1:${devicePort}>\r\n` +
      `Expires: ${expiresSec}\r\nUser-Agent: bench\r\n${credentials}Content-Length: 0\r\n\r\n`
    );
  }

  #resend(attempt: Attempt, now: number): void {
    attempt.sentMs = now;
    this.#options.meter.retransmission();
    this.#options.link.send(attempt.request);
  }

  #fail(index: number, problem: string): void {
    this.#end(index, () => this.#options.meter.fail(problem));
  }

  #end(index: number, count: () => void): void {
    this.#attempts.delete(index);
    count();
    this.#options.onFinished();
  }
}
