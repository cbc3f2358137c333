import type { MediaLoss } from '@unisono/media';
import { type Clock, Repeater } from '@unisono/sip';
import type { BorderCall } from '../call/border-call.ts';
import type { CallTable } from '../call/call-table.ts';
import type { Ending, EndReason } from '../call/ending.ts';
import type { FlowBook } from '../flow/flow-book.ts';
import type { Log } from '../log.ts';

export interface SupervisionParts {
  readonly clock: Clock;
  readonly calls: CallTable;
  readonly flows: FlowBook;
  readonly ending: Ending;
  readonly log: Log;
  /** False when the gateways ended with us: calls of before are over, and clients are told so. */
  readonly doGatewaysOutlive: boolean;
}

/** How often calls are looked at. */
const LOOK_MS = 1_000;
/** A client that is in a call and lost its connection has this long to come back. */
export const RETURN_IN_CALL_MS = 30_000;
/** One that rings or is calling. */
export const RETURN_WHILE_RINGING_MS = 10_000;
/** A call of before a restart whose media an engine of another process carries on is asked for so often. */
const CARRIED_LOOK_MS = 10_000;
const RESTARTED: EndReason = { cause: 503, text: 'The border was restarted, and the audio did not come back' };
const ALL_RESTARTED: EndReason = { cause: 503, text: 'The system was restarted' };

const LOSSES: Readonly<Record<MediaLoss, EndReason>> = {
  'not-connected': { cause: 408, text: 'No audio connection could be made' },
  'wrong-fingerprint': { cause: 488, text: 'The audio connection is not the one that was agreed' },
  inactive: { cause: 408, text: 'No audio was heard for a long time' },
  'engine-lost': { cause: 503, text: 'The media engine has stopped' },
};

/** Ends calls that cannot go on: client gone, session timer run out, media lost. */
export class Supervision {
  readonly #parts: SupervisionParts;
  readonly #repeater: Repeater;

  constructor(parts: SupervisionParts) {
    this.#parts = parts;
    this.#repeater = new Repeater(parts.clock, LOOK_MS, () => this.#lookAtAll());
  }

  start(): void {
    this.#repeater.start();
  }

  close(): void {
    this.#repeater.close();
  }

  #lookAtAll(): void {
    const nowMs = this.#parts.clock.nowMs();
    for (const call of [...this.#parts.calls]) this.#look(call, nowMs);
  }

  /** The media engine gave up a call. */
  onMediaLost(key: string, loss: MediaLoss, message: string): void {
    const call = this.#parts.calls.get(key);
    if (!call) return;
    const { cause, text } = LOSSES[loss];
    this.#parts.ending.end(call, { cause, text: message === '' ? text : `${text}: ${message}` });
  }

  /**
   * A call of before a restart goes on when its client describes its media anew, or when an engine of another process carries
   * them; else it ends, with the reason, on both sides.
   */
  #lookAtRestored(call: BorderCall, nowMs: number): void {
    const { ending, log, doGatewaysOutlive } = this.#parts;
    const isReachable = this.#parts.flows.find(call.client) !== undefined;
    if (!doGatewaysOutlive && isReachable) return ending.end(call, ALL_RESTARTED);
    const sinceMs = nowMs - call.startedAtMs;
    if (sinceMs < RETURN_IN_CALL_MS || sinceMs % CARRIED_LOOK_MS >= LOOK_MS) return;
    call.media.isCarried().then(
      (isCarried) => {
        if (!isCarried && call.media.mayBeAnchored) ending.end(call, doGatewaysOutlive ? RESTARTED : ALL_RESTARTED);
      },
      (err: unknown) => log.error({ err, call: call.key }, 'the media engine was asked about a call in vain'),
    );
  }

  #look(call: BorderCall, nowMs: number): void {
    if (call.media.mayBeAnchored) {
      this.#lookAtRestored(call, nowMs);
      // Until it is known whether anybody carries its media, there is a better reason than a client that is away.
      if (nowMs - call.startedAtMs < RETURN_IN_CALL_MS + CARRIED_LOOK_MS) return;
    }
    if (call.expiresAtMs !== undefined && call.expiresAtMs <= nowMs) {
      return this.#parts.ending.end(call, { cause: 408, text: 'The session timer has run out' });
    }
    if (this.#parts.flows.find(call.client)) {
      call.lostAtMs = undefined;
      return;
    }
    call.lostAtMs ??= nowMs;
    const mayReturnMs = call.phase === 'early' ? RETURN_WHILE_RINGING_MS : RETURN_IN_CALL_MS;
    if (nowMs - call.lostAtMs < mayReturnMs) return;
    this.#parts.ending.end(call, { cause: 480, text: "The client's connection was lost" }, 'outside');
  }
}
