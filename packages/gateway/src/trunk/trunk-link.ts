import type { Trunk } from '@unisono/pbx';
import {
  type Clock,
  type DigestClient,
  escapeUser,
  type Flow,
  parseNameAddr,
  type Random,
  type SipResponse,
  type Target,
  type Timer,
  type UserAgent,
} from '@unisono/sip';
import type { Log } from '../ports.ts';
import { sameContact } from '../registrar/registration.ts';
import { addressingOf, contactUserOf, digestOf } from './trunk-address.ts';

export interface TrunkLinkOptions {
  readonly ua: UserAgent;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Finds where the trunk's requests go, best first. */
  readonly locate: (use: (hops: readonly (Flow | Target)[]) => void) => void;
}

/** `unsupervised`: neither registration nor OPTIONS tell. */
export type TrunkState = 'unsupervised' | 'unknown' | 'up' | 'down';

/** Why a trunk is down: which of the two did not work, and what was heard, as `403 Forbidden` or `timeout`. */
export interface TrunkProblem {
  readonly step: 'registration' | 'options';
  readonly why: string;
}

/** Unanswered OPTIONS in a row after which a trunk counts as down. */
const MISSED_OPTIONS = 2;
/** An OPTIONS without an answer for so long counts as unanswered; Timer F would take 32 s. */
const ANSWER_WITHIN_SEC = 4;
/** While it is down it is asked this often at most, so that it is up again soon. */
const RECOVERY_INTERVAL_SEC = 15;
/** Registration retries: first delay, doubled up to the last. */
const FIRST_RETRY_SEC = 5;
const LAST_RETRY_SEC = 120;

/** How often the host's name is asked for again, when nothing else asks. */
const LOCATE_INTERVAL_SEC = 300;

/** Keeps one trunk alive: registers at the provider (RFC 3261 §10.2) and asks by OPTIONS whether the peer is there. */
export class TrunkLink {
  readonly key: string;
  readonly trunk: Trunk;
  readonly digest: DigestClient | undefined;
  readonly #options: TrunkLinkOptions;
  readonly #callId: string;
  readonly #tag: string;
  #registration: TrunkState;
  #supervision: TrunkState;
  #registrationProblem = '';
  #supervisionProblem = '';
  #sequence = 0;
  #missed = 0;
  #retrySec = FIRST_RETRY_SEC;
  #expiresSec: number;
  #registerTimer: Timer | undefined;
  #optionsTimer: Timer | undefined;
  /** Call-ID of the OPTIONS that is waited for. */
  #asked = '';
  #locateTimer: Timer | undefined;
  /** Where it was found last: what it may call from, and where a registration is taken back at once. */
  #hops: readonly (Flow | Target)[] = [];
  #contact: string | undefined;
  #isClosed = false;

  constructor(key: string, trunk: Trunk, options: TrunkLinkOptions) {
    this.key = key;
    this.trunk = trunk;
    this.#options = options;
    this.digest = digestOf(trunk, options.random);
    this.#callId = options.random.hex(16);
    this.#tag = options.random.hex(8);
    this.#registration = trunk.registration ? 'unknown' : 'unsupervised';
    this.#supervision = trunk.optionsIntervalSec > 0 ? 'unknown' : 'unsupervised';
    this.#expiresSec = trunk.registration?.expiresSec ?? 0;
  }

  /** Down when the peer does not answer OPTIONS; a failed registration alone does not stop outgoing calls. */
  get isDown(): boolean {
    return this.#supervision === 'down';
  }

  get state(): TrunkState {
    if (this.#supervision === 'down' || this.#registration === 'down') return 'down';
    if (this.#supervision === 'unknown' || this.#registration === 'unknown') return 'unknown';
    return this.#supervision === 'up' || this.#registration === 'up' ? 'up' : 'unsupervised';
  }

  /** Undefined unless it is down. */
  get problem(): TrunkProblem | undefined {
    if (this.#supervision === 'down') return { step: 'options', why: this.#supervisionProblem };
    return this.#registration === 'down' ? { step: 'registration', why: this.#registrationProblem } : undefined;
  }

  /** True when the host was last found at this address. */
  isLocatedAt(address: string): boolean {
    return this.#hops.some((hop) => ('address' in hop ? hop.address : hop.remoteAddress) === address);
  }

  start(): void {
    this.#locateAgain();
    if (this.trunk.registration) this.#register(this.#expiresSec);
    if (this.trunk.optionsIntervalSec > 0) this.#ask();
  }

  /** Stops; a registration that stands is taken back. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#registerTimer?.cancel();
    this.#optionsTimer?.cancel();
    this.#locateTimer?.cancel();
    // Whoever stops has no time to ask for a name.
    if (this.#registration === 'up') this.#sendRegister(this.#hops, 0);
  }

  onTimer(tag: 'register' | 'options' | 'unanswered' | 'locate'): void {
    if (this.#isClosed) return;
    if (tag === 'locate') return this.#locateAgain();
    if (tag === 'register') return this.#register(this.#expiresSec);
    if (tag === 'options') return this.#ask();
    this.#onUnanswered(this.#asked);
  }

  #locate(use: (hops: readonly (Flow | Target)[]) => void): void {
    this.#options.locate((hops) => {
      if (hops.length > 0) this.#hops = hops;
      use(hops);
    });
  }

  #locateAgain(): void {
    this.#locate(() => {});
    this.#locateTimer = this.#options.clock.startTimer(LOCATE_INTERVAL_SEC * 1_000, this, 'locate' as const);
  }

  // ---- registration ----

  #register(expiresSec: number): void {
    this.#locate((hops) => this.#sendRegister(hops, expiresSec));
  }

  #sendRegister(hops: readonly (Flow | Target)[], expiresSec: number): void {
    const { registration } = this.trunk;
    if (!registration) return;
    const { ua } = this.#options;
    const { uriHost, domain } = addressingOf(this.trunk);
    const user = contactUserOf(this.trunk) ?? '';
    const aor = `<sip:${escapeUser(user)}@${domain}>`;
    ua.request(
      (hop) => {
        this.#contact = ua.contactFor(hop, user);
        return ua.newRequest({
          method: 'REGISTER',
          uriText: `sip:${registration.domain ?? uriHost}`,
          from: `${aor};tag=${this.#tag}`,
          to: aor,
          callId: this.#callId,
          sequence: ++this.#sequence,
          headers: [
            ['Contact', this.#contact],
            ['Expires', String(expiresSec)],
          ],
        });
      },
      hops,
      {
        onResponse: (response) => this.#onRegisterResponse(response, expiresSec),
        onFailure: (failure) => this.#onRegisterFailed(String(failure)),
      },
      this.digest,
    );
  }

  #onRegisterResponse(response: SipResponse, askedSec: number): void {
    if (response.status < 200 || this.#isClosed) return;
    const minSec = Number(response.headers.get('Min-Expires'));
    if (response.status === 423 && minSec > askedSec && minSec <= 86_400) {
      this.#expiresSec = minSec;
      return this.#register(minSec);
    }
    if (response.status >= 300) return this.#onRegisterFailed(`${response.status} ${response.reason}`);
    if (this.#registration !== 'up') this.#options.log.info({ trunk: this.key }, 'trunk registered');
    this.#registration = 'up';
    this.#retrySec = FIRST_RETRY_SEC;
    const grantedSec = grantedBy(response, this.#contact) ?? askedSec;
    // Early enough for two tries before it runs out.
    const refreshSec = Math.max(5, Math.min(grantedSec - 10, grantedSec * 0.75));
    this.#registerTimer = this.#options.clock.startTimer(refreshSec * 1_000, this, 'register' as const);
  }

  #onRegisterFailed(why: string): void {
    if (this.#isClosed) return;
    this.#options.log.warn({ trunk: this.key, why, retrySec: this.#retrySec }, 'trunk registration failed');
    this.#registration = 'down';
    this.#registrationProblem = why;
    this.#registerTimer = this.#options.clock.startTimer(this.#retrySec * 1_000, this, 'register' as const);
    this.#retrySec = Math.min(this.#retrySec * 2, LAST_RETRY_SEC);
  }

  /** The peer is back: no need to wait for the next try. */
  #registerNow(): void {
    this.#registerTimer?.cancel();
    this.#retrySec = FIRST_RETRY_SEC;
    this.#register(this.#expiresSec);
  }

  // ---- supervision ----

  #ask(): void {
    const { ua, random } = this.#options;
    const { uriHost, domain } = addressingOf(this.trunk);
    const callId = ua.newCallId();
    const from = `<sip:ping@${domain}>;tag=${random.hex(8)}`;
    // A challenge is answered by the next request with the same Call-ID and From (RFC 3261 §22.2).
    let sequence = 0;
    this.#asked = callId;
    this.#optionsTimer = this.#options.clock.startTimer(ANSWER_WITHIN_SEC * 1_000, this, 'unanswered' as const);
    this.#locate((hops) => {
      ua.request(
        () =>
          ua.newRequest({
            method: 'OPTIONS',
            uriText: `sip:${uriHost}`,
            from,
            to: `<sip:${uriHost}>`,
            callId,
            sequence: ++sequence,
            headers: [['Accept', 'application/sdp']],
          }),
        hops.slice(0, 1),
        {
          onResponse: (response) => {
            if (response.status >= 200) this.#onOptions(response);
          },
          onFailure: (failure) => this.#onUnanswered(callId, String(failure)),
        },
        this.digest,
      );
    });
  }

  #onUnanswered(callId: string, why = 'timeout'): void {
    if (callId !== this.#asked) return;
    this.#asked = '';
    this.#onOptions(undefined, why);
  }

  /** Any final response shows that somebody is there; 503 and 408 say that calls would fail. */
  #onOptions(response: SipResponse | undefined, why = ''): void {
    if (this.#isClosed) return;
    this.#optionsTimer?.cancel();
    const isUp = response !== undefined && response.status !== 503 && response.status !== 408;
    this.#supervisionProblem = response === undefined ? why : `${response.status} ${response.reason}`;
    this.#missed = isUp ? 0 : this.#missed + 1;
    if (isUp) this.#become('up');
    else if (this.#missed >= MISSED_OPTIONS) this.#become('down');
    const { optionsIntervalSec } = this.trunk;
    const nextSec = isUp ? optionsIntervalSec : Math.min(optionsIntervalSec, RECOVERY_INTERVAL_SEC);
    this.#optionsTimer = this.#options.clock.startTimer(nextSec * 1_000, this, 'options' as const);
  }

  #become(state: 'up' | 'down'): void {
    const wasOther = this.#supervision !== state;
    this.#supervision = state;
    if (!wasOther) return;
    this.#options.log.info({ trunk: this.key, state }, 'trunk supervision');
    if (state === 'up' && this.#registration === 'down') this.#registerNow();
  }
}

/** The expiry of our own contact: a provider lists all there are (RFC 3261 §10.2.4). */
function grantedBy(response: SipResponse, own: string | undefined): number | undefined {
  const contacts = response.headers.list('Contact').map(parseNameAddr);
  const ownUri = own === undefined ? '' : (parseNameAddr(own)?.uriText ?? '');
  const ours =
    contacts.find((one) => one && sameContact(one.uriText, ownUri)) ??
    (contacts.length === 1 ? contacts[0] : undefined);
  const text = ours?.param('expires') ?? response.headers.get('Expires');
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
