import { parseRAck } from '../message/header/reliability.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { Timer } from '../time/clock.ts';
import type { TransactionLayer } from '../transaction/layer.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import { sixtyFourT1 } from '../transaction/timers.ts';

type Tag = 'retransmit' | 'giveUp';

export interface ReliableResponsesUser {
  /** No PRACK came within 64×T1: the INVITE should be refused (RFC 3262 §3). */
  onPrackMissing(): void;
}

/** A response that waits for its PRACK. */
interface Unacknowledged {
  readonly number: number;
  readonly bytes: Buffer;
  readonly hasDescription: boolean;
}

/**
 * The answering side of RFC 3262 in one dialog: provisional responses are sent one at a time, each repeated until its
 * PRACK comes.
 */
export class ReliableResponses {
  readonly #layer: TransactionLayer;
  readonly #invite: ServerTransaction;
  readonly #user: ReliableResponsesUser;
  readonly #inviteSequence: number;
  readonly #queue: SipResponse[] = [];
  #number: number;
  #hasSent = false;
  #current: Unacknowledged | undefined;
  #intervalMs = 0;
  #retransmission: Timer | undefined;
  #deadline: Timer | undefined;
  #whenSettled: (() => void) | undefined;

  constructor(layer: TransactionLayer, invite: ServerTransaction, user: ReliableResponsesUser) {
    this.#layer = layer;
    this.#invite = invite;
    this.#user = user;
    this.#inviteSequence = invite.request.cseq.sequence;
    this.#number = 1 + layer.random.int(0x7fff_0000);
  }

  /** True before the first response: in an INVITE without offer it is the one that must make it (RFC 3262 §5). */
  get isUnused(): boolean {
    return !this.#hasSent;
  }

  /** Sends `response` now, or after the ones before it were acknowledged. */
  send(response: SipResponse): void {
    this.#hasSent = true;
    if (this.#current) this.#queue.push(response);
    else this.#transmit(response);
  }

  /** True when the PRACK acknowledges the response that waits; any other is answered 481. */
  matches(prack: SipRequest): boolean {
    const rack = parseRAck(prack.headers.get('RAck') ?? '');
    return (
      rack !== undefined &&
      rack.responseNumber === this.#current?.number &&
      rack.sequence === this.#inviteSequence &&
      rack.method === 'INVITE'
    );
  }

  /** The response that waits was acknowledged: the next one goes out. */
  advance(): void {
    this.#stopTimers();
    this.#current = undefined;
    const next = this.#queue.shift();
    if (next) return this.#transmit(next);
    const then = this.#whenSettled;
    this.#whenSettled = undefined;
    then?.();
  }

  /**
   * Runs `then` as soon as a 2xx may be sent: not before every description that was sent reliably is acknowledged. Nothing
   * more is sent reliably; a response without description is not repeated any longer, its PRACK still welcome (§3).
   */
  settle(then: () => void): void {
    this.#queue.splice(0, this.#queue.length, ...this.#queue.filter((response) => response.body.length > 0));
    if (this.#current?.hasDescription || this.#queue.length > 0) {
      this.#whenSettled = then;
      return;
    }
    this.#stopTimers();
    then();
  }

  /** The INVITE is over. */
  stop(): void {
    this.#stopTimers();
    this.#queue.length = 0;
    this.#whenSettled = undefined;
  }

  onTimer(tag: Tag): void {
    if (!this.#current) return;
    if (tag === 'giveUp') {
      this.stop();
      this.#current = undefined;
      return this.#user.onPrackMissing();
    }
    this.#intervalMs *= 2;
    this.#invite.repeat(this.#current.bytes);
    this.#retransmission = this.#layer.clock.startTimer<Tag>(this.#intervalMs, this, 'retransmit');
  }

  #transmit(response: SipResponse): void {
    const { clock, timers } = this.#layer;
    const number = this.#number++;
    response.headers.append('Require', '100rel').append('RSeq', String(number));
    const bytes = this.#invite.transmit(response);
    if (!bytes) return;
    this.#current = { number, bytes, hasDescription: response.body.length > 0 };
    this.#intervalMs = timers.t1Ms;
    this.#retransmission = clock.startTimer<Tag>(this.#intervalMs, this, 'retransmit');
    this.#deadline = clock.startTimer<Tag>(sixtyFourT1(timers), this, 'giveUp');
  }

  #stopTimers(): void {
    this.#retransmission?.cancel();
    this.#deadline?.cancel();
  }
}
