import type { SipResponse } from '../message/message.ts';
import type { Timer } from '../time/clock.ts';
import type { TransactionLayer } from '../transaction/layer.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import { sixtyFourT1 } from '../transaction/timers.ts';

type Tag = 'retransmit' | 'giveUp';

/** Repeats the 2xx of an INVITE until its ACK comes, over every transport (RFC 3261 §13.3.1.4). */
export class SuccessRetransmission {
  readonly #layer: TransactionLayer;
  readonly #invite: ServerTransaction;
  readonly #response: SipResponse;
  readonly #onNoAck: () => void;
  #intervalMs: number;
  #retransmission: Timer | undefined;
  #deadline: Timer | undefined;

  constructor(layer: TransactionLayer, invite: ServerTransaction, response: SipResponse, onNoAck: () => void) {
    this.#layer = layer;
    this.#invite = invite;
    this.#response = response;
    this.#onNoAck = onNoAck;
    this.#intervalMs = layer.timers.t1Ms;
  }

  get sequence(): number {
    return this.#invite.request.cseq.sequence;
  }

  start(): void {
    const { clock, timers } = this.#layer;
    this.#invite.respond(this.#response);
    this.#retransmission = clock.startTimer<Tag>(this.#intervalMs, this, 'retransmit');
    this.#deadline = clock.startTimer<Tag>(sixtyFourT1(timers), this, 'giveUp');
  }

  stop(): void {
    this.#retransmission?.cancel();
    this.#deadline?.cancel();
  }

  onTimer(tag: Tag): void {
    if (tag === 'giveUp') {
      this.stop();
      return this.#onNoAck();
    }
    const { clock, timers } = this.#layer;
    this.#intervalMs = Math.min(this.#intervalMs * 2, timers.t2Ms);
    this.#invite.respond(this.#response);
    this.#retransmission = clock.startTimer<Tag>(this.#intervalMs, this, 'retransmit');
  }
}
