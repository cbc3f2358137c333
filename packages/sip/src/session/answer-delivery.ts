import type { Payload } from '../dialog/payload.ts';
import type { SipResponse } from '../message/message.ts';
import type { Timer } from '../time/clock.ts';
import type { TransactionLayer } from '../transaction/layer.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import { sixtyFourT1 } from '../transaction/timers.ts';

type Tag = 'retransmit' | 'giveUp';

export interface AnswerDeliveryOptions {
  readonly layer: TransactionLayer;
  readonly invite: ServerTransaction;
  readonly response: SipResponse;
  /** True for the first INVITE of the dialog: until its ACK no BYE may be sent (RFC 3261 §15). */
  readonly isFirst: boolean;
  /** The ACK came, or a later request that shows that the 2xx did; `payload` is what the ACK carried. */
  readonly onAcknowledged: (payload: Payload | undefined) => void;
  /** No ACK came within 64×T1. */
  readonly onNoAck: () => void;
}

/** The 2xx of an INVITE, repeated until its ACK comes, over every transport (RFC 3261 §13.3.1.4). */
export class AnswerDelivery {
  readonly #options: AnswerDeliveryOptions;
  readonly sequence: number;
  #bytes: Buffer | undefined;
  #intervalMs: number;
  #retransmission: Timer | undefined;
  #deadline: Timer | undefined;

  constructor(options: AnswerDeliveryOptions) {
    this.#options = options;
    this.sequence = options.invite.request.cseq.sequence;
    this.#intervalMs = options.layer.timers.t1Ms;
  }

  get isFirst(): boolean {
    return this.#options.isFirst;
  }

  start(): void {
    const { layer, invite, response } = this.#options;
    this.#bytes = invite.transmit(response);
    this.#retransmission = layer.clock.startTimer<Tag>(this.#intervalMs, this, 'retransmit');
    this.#deadline = layer.clock.startTimer<Tag>(sixtyFourT1(layer.timers), this, 'giveUp');
  }

  acknowledge(payload: Payload | undefined): void {
    this.stop();
    this.#options.onAcknowledged(payload);
  }

  stop(): void {
    this.#retransmission?.cancel();
    this.#deadline?.cancel();
  }

  onTimer(tag: Tag): void {
    if (tag === 'giveUp') {
      this.stop();
      return this.#options.onNoAck();
    }
    const { layer, invite } = this.#options;
    this.#intervalMs = Math.min(this.#intervalMs * 2, layer.timers.t2Ms);
    if (this.#bytes) invite.repeat(this.#bytes);
    this.#retransmission = layer.clock.startTimer<Tag>(this.#intervalMs, this, 'retransmit');
  }
}
