import type { Flow, Target } from '@unisono/sip';
import { SimEndpoint } from './endpoint.ts';

export type { PhoneCall } from './phone-call.ts';

/** First and longest wait of a phone whose registration failed (seconds); doubled in between. */
const FIRST_RETRY_SEC = 8;
const LAST_RETRY_SEC = 64;

/** A SIP phone that registers. */
export class SimPhone extends SimEndpoint {
  registerStatus: number | undefined;
  #callId: string | undefined;
  #sequence = 0;
  #keepsForSec = 0;
  #retrySec = FIRST_RETRY_SEC;

  /** Registers once; 0 takes the registration back. */
  register(expiresSec = 600): void {
    const { domain, server, random } = this.options;
    const aor = `<sip:${this.username}@${domain}>`;
    const tag = random.hex(6);
    this.#callId ??= random.hex(8);
    const callId = this.#callId;
    this.ua.request(
      (hop) =>
        this.ua.newRequest({
          method: 'REGISTER',
          uriText: `sip:${domain}`,
          from: `${aor};tag=${tag}`,
          to: aor,
          callId,
          sequence: ++this.#sequence,
          headers: [
            ['Contact', this.contactFor(hop)],
            ['Expires', String(expiresSec)],
          ],
        }),
      [server],
      {
        onResponse: (response) => {
          if (response.status >= 200) this.#onRegistered(response.status, expiresSec);
        },
        onFailure: () => this.#onRegistered(408, expiresSec),
      },
      this.digest,
    );
  }

  /** Registers and goes on doing so before it expires; tries again when it fails. */
  stayRegistered(expiresSec = 600): void {
    this.#keepsForSec = expiresSec;
    this.register(expiresSec);
  }

  /** Takes the registration back and stops refreshing it. */
  deregister(): void {
    this.#keepsForSec = 0;
    this.register(0);
  }

  /** Stops refreshing: the registration expires by itself. */
  forgetToRegister(): void {
    this.#keepsForSec = 0;
  }

  onTimer(): void {
    if (this.#keepsForSec > 0) this.register(this.#keepsForSec);
  }

  override restart(): void {
    const keepsForSec = this.#keepsForSec;
    this.#callId = undefined;
    super.restart();
    if (keepsForSec > 0) this.stayRegistered(keepsForSec);
  }

  /** What it registers, header parameters included. */
  protected contactFor(hop: Flow | Target): string {
    const contact = this.ua.contactFor(hop, this.username);
    const { instance } = this.options;
    return instance === undefined ? contact : `${contact};+sip.instance="<urn:uuid:${instance}>"`;
  }

  #onRegistered(status: number, askedSec: number): void {
    this.registerStatus = status;
    if (askedSec === 0 || this.#keepsForSec === 0) return;
    const isDone = status < 300;
    const afterSec = isDone ? askedSec * 0.75 : this.#retrySec + this.options.random.int(10);
    this.#retrySec = isDone ? FIRST_RETRY_SEC : Math.min(this.#retrySec * 2, LAST_RETRY_SEC);
    this.clock.startTimer(afterSec * 1_000, this, 'register');
  }
}
