import type { PhoneClock, PhoneRandom } from '../ports.ts';

/** What an offer is to say. */
export interface OfferWish {
  /** We send and do not listen (RFC 3264 §8.4): the other side is on hold. */
  readonly isHeld: boolean;
  /** New addresses and keys for the media path (RFC 8445 §2.4). */
  readonly isIceRestart: boolean;
}

/** How the other side took an offer. */
export type OfferReply =
  | { readonly kind: 'agreed'; readonly accept: () => Promise<void> }
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string; readonly retryAfterSec?: number }
  /** No answer: the connection is gone. */
  | { readonly kind: 'lost' };

/** One session's offers as they are made and sent. */
export interface OfferPort {
  /** False while another exchange is under way, whoever began it. */
  readonly isReady: boolean;
  /** Describes ourselves so and sends it. Rejects where it cannot be described. */
  send(wish: OfferWish): Promise<OfferReply>;
  /** As before the offer that came to nothing. */
  rollBack(): Promise<void>;
  /** The call is over for the other side (481), or its answer is of no use: so it is for us. */
  giveUp(status: number): void;
}

/** `superseded`: something else was wanted meanwhile. `lost`: no connection. `over`: the call has ended. */
export type OfferResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly why: 'superseded' | 'lost' | 'over' }
  | { readonly ok: false; readonly why: 'refused'; readonly status: number; readonly reason: string };

export interface OffersOptions {
  readonly port: OfferPort;
  readonly clock: PhoneClock;
  readonly random: PhoneRandom;
  /** We made the Call-ID: the call is an outgoing one. */
  readonly ownsCallId: boolean;
}

/** How long an exchange of the other side's is waited for. */
const READY_TRIES = 50;
const READY_WAIT_MS = 100;
/** How often an offer that crosses another one is made again. */
const MAX_TRIES = 8;
const LONGEST_RETRY_SEC = 10;

interface Waiting {
  readonly isFor: 'hold' | 'ice';
  readonly resolve: (result: OfferResult) => void;
}

/**
 * Offers within a running call, one at a time. One that is refused leaves the call as it was; one that crossed another is made
 * again after the wait of RFC 3261 §14.1. What is wanted may change while one is under way: the last wish counts.
 */
export class Offers {
  readonly #options: OffersOptions;
  #isHeld = false;
  #wantsHeld = false;
  #wantsIce = false;
  #waiting: Waiting[] = [];
  #isRunning = false;
  #isOpen = false;
  #isOver = false;
  #wake: (() => void) | undefined;

  constructor(options: OffersOptions) {
    this.#options = options;
  }

  /** An offer of ours is under way: one that comes now is answered 491. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** The last wish, whether agreed or not. */
  get wantsHeld(): boolean {
    return this.#wantsHeld;
  }

  hold(isHeld: boolean): Promise<OfferResult> {
    if (this.#wantsHeld !== isHeld) this.#settle('hold', { ok: false, why: 'superseded' });
    this.#wantsHeld = isHeld;
    const promise = this.#want('hold');
    // Nothing is left to wait for.
    if (isHeld === this.#isHeld && !this.#wantsIce && !this.#isOpen) this.#wake?.();
    return promise;
  }

  restartIce(): Promise<OfferResult> {
    this.#wantsIce = true;
    return this.#want('ice');
  }

  /** The call is over. */
  close(): void {
    this.#isOver = true;
    this.#wake?.();
    for (const isFor of ['hold', 'ice'] as const) this.#settle(isFor, { ok: false, why: 'over' });
  }

  #want(isFor: Waiting['isFor']): Promise<OfferResult> {
    const { promise, resolve } = Promise.withResolvers<OfferResult>();
    this.#waiting.push({ isFor, resolve });
    if (!this.#isRunning) void this.#run();
    return promise;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    let tries = 0;
    while (!this.#isOver && this.#isSomethingWanted()) {
      if (!(await this.#ready())) this.#refuse(491, 'Another Exchange Is Under Way');
      else if (!this.#isOver) {
        const waitMs = await this.#offer(++tries < MAX_TRIES);
        if (waitMs !== undefined) await this.#pause(waitMs);
        else tries = 0;
      }
    }
    this.#isRunning = false;
  }

  /** Nothing more to agree on: those who waited for it are told. */
  #isSomethingWanted(): boolean {
    if (this.#wantsHeld === this.#isHeld) this.#settle('hold', { ok: true });
    if (!this.#wantsIce) this.#settle('ice', { ok: true });
    return this.#wantsHeld !== this.#isHeld || this.#wantsIce;
  }

  /** Makes one offer; gives how long to wait before the same is tried again. */
  async #offer(mayTryAgain: boolean): Promise<number | undefined> {
    const { port } = this.#options;
    const wish = { isHeld: this.#wantsHeld, isIceRestart: this.#wantsIce };
    this.#isOpen = true;
    try {
      const reply = await port.send(wish);
      if (this.#isOver) return undefined;
      if (reply.kind === 'agreed') {
        await reply.accept();
        this.#isHeld = wish.isHeld;
        if (wish.isIceRestart) this.#wantsIce = false;
        return undefined;
      }
      await port.rollBack();
      if (reply.kind === 'lost') this.#withdraw({ ok: false, why: 'lost' });
      else return this.#refused(reply, mayTryAgain);
    } catch {
      this.#giveUp(488);
    } finally {
      this.#isOpen = false;
    }
    return undefined;
  }

  #refused(reply: OfferReply & { readonly kind: 'refused' }, mayTryAgain: boolean): number | undefined {
    const { status, reason, retryAfterSec } = reply;
    // RFC 3261 §12.2.1.2: the other side knows the call no more.
    if (status === 481 || status === 408) {
      this.#giveUp(status);
      return undefined;
    }
    if (mayTryAgain && status === 491) return this.#glareMs();
    // RFC 3261 §14.2: an offer of ours that came before is still open there.
    const isSoon = retryAfterSec !== undefined && retryAfterSec <= LONGEST_RETRY_SEC;
    if (mayTryAgain && status === 500 && isSoon) return retryAfterSec * 1_000;
    this.#refuse(status, reason);
    return undefined;
  }

  #refuse(status: number, reason: string): void {
    this.#withdraw({ ok: false, why: 'refused', status, reason });
  }

  #giveUp(status: number): void {
    if (this.#isOver) return;
    this.close();
    this.#options.port.giveUp(status);
  }

  /** All is as it was, and nothing more is wanted. */
  #withdraw(result: OfferResult): void {
    const isHoldWanted = this.#wantsHeld !== this.#isHeld;
    this.#wantsHeld = this.#isHeld;
    if (isHoldWanted) this.#settle('hold', result);
    this.#wantsIce = false;
    this.#settle('ice', result);
  }

  #settle(isFor: Waiting['isFor'], result: OfferResult): void {
    const settled = this.#waiting.filter((one) => one.isFor === isFor);
    this.#waiting = this.#waiting.filter((one) => one.isFor !== isFor);
    for (const { resolve } of settled) resolve(result);
  }

  async #ready(): Promise<boolean> {
    const { port } = this.#options;
    for (let tries = 0; tries < READY_TRIES && !this.#isOver; tries++) {
      if (port.isReady) return true;
      await this.#pause(READY_WAIT_MS);
    }
    return this.#isOver;
  }

  /** Who made the Call-ID waits 2.1 to 4 s, the other one up to 2 s, in steps of 10 ms. */
  #glareMs(): number {
    const { random, ownsCallId } = this.#options;
    const fraction = random.fraction();
    return ownsCallId ? 2_100 + 10 * Math.floor(fraction * 191) : 10 * Math.floor(fraction * 201);
  }

  #pause(delayMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#options.clock.after(delayMs, resolve);
    this.#wake = () => {
      cancel();
      resolve();
    };
    return promise;
  }
}
