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

/** The answering side of RFC 3262: provisional responses sent one at a time until each is acknowledged by PRACK. */
export class ReliableResponses {
  readonly #layer: TransactionLayer;
  readonly #invite: ServerTransaction;
  readonly #user: ReliableResponsesUser;
  readonly #queue: SipResponse[] = [];
  #sequence: number;
  #current: SipResponse | undefined;
  #intervalMs = 0;
  #retransmission: Timer | undefined;
  #deadline: Timer | undefined;
  #whenIdle: (() => void) | undefined;
  #otherwise: (() => void) | undefined;

  constructor(layer: TransactionLayer, invite: ServerTransaction, user: ReliableResponsesUser) {
    this.#layer = layer;
    this.#invite = invite;
    this.#user = user;
    this.#sequence = 1 + layer.random.int(0x7fff_0000);
  }

  /** Sends `response` now, or after the ones before it were acknowledged. */
  send(response: SipResponse): void {
    response.headers.append('Require', '100rel').append('RSeq', String(this.#sequence++));
    if (this.#current) this.#queue.push(response);
    else this.#transmit(response);
  }

  /** Takes a PRACK; false when it acknowledges nothing that waits (481). */
  receivePrack(prack: SipRequest): boolean {
    const match = /^(\d+)\s+(\d+)\s+(\S+)$/.exec(prack.headers.get('RAck') ?? '');
    if (!match || !this.#current) return false;
    const [, rseq, sequence, method] = match;
    const isCurrent =
      rseq === this.#current.headers.get('RSeq') &&
      Number(sequence) === this.#invite.request.cseq.sequence &&
      method === 'INVITE';
    if (!isCurrent) return false;
    this.#stop();
    const next = this.#queue.shift();
    if (next) this.#transmit(next);
    else this.#idle();
    return true;
  }

  /**
   * Runs `then` once nothing waits for PRACK, or `otherwise` when it will not come to that; a 2xx must wait for a
   * description sent reliably (RFC 3262 §3).
   */
  whenIdle(then: () => void, otherwise: () => void): void {
    if (!this.#current) return then();
    this.#whenIdle = then;
    this.#otherwise = otherwise;
  }

  /** The dialog is over: nothing more is repeated, and what waits will not be. */
  close(): void {
    this.#stop();
    this.#queue.length = 0;
    const otherwise = this.#otherwise;
    this.#whenIdle = this.#otherwise = undefined;
    otherwise?.();
  }

  #stop(): void {
    this.#retransmission?.cancel();
    this.#deadline?.cancel();
    this.#current = undefined;
  }

  onTimer(tag: Tag): void {
    if (!this.#current) return;
    if (tag === 'giveUp') {
      this.#stop();
      this.#queue.length = 0;
      return this.#user.onPrackMissing();
    }
    this.#intervalMs *= 2;
    this.#invite.respond(this.#current);
    this.#retransmission = this.#layer.clock.startTimer<Tag>(this.#intervalMs, this, 'retransmit');
  }

  #transmit(response: SipResponse): void {
    const { clock, timers } = this.#layer;
    this.#current = response;
    this.#intervalMs = timers.t1Ms;
    this.#invite.respond(response);
    this.#retransmission = clock.startTimer<Tag>(this.#intervalMs, this, 'retransmit');
    this.#deadline = clock.startTimer<Tag>(sixtyFourT1(timers), this, 'giveUp');
  }

  #idle(): void {
    const then = this.#whenIdle;
    this.#whenIdle = this.#otherwise = undefined;
    then?.();
  }
}
