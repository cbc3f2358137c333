import type { ApplyResult, CallConfig, LegReport, RelayControl } from '../control.ts';

/** A worker as the engine sees it; calls stay where they were opened. */
export interface RelayWorker extends RelayControl {
  /** False after it has died, and for good: another one takes its place. */
  readonly isAlive: boolean;
  /** False while its code is being loaded; it can be asked, and answers later. */
  readonly isReady: boolean;
  /** Calls it was given and that were not taken away. */
  calls: number;
}

/** Asked of a thread. */
export type WorkerRequest =
  | { readonly kind: 'apply'; readonly id: number; readonly callId: string; readonly config: CallConfig }
  | { readonly kind: 'remove'; readonly id: number; readonly callId: string }
  | { readonly kind: 'report'; readonly id: number; readonly callId: string }
  | { readonly kind: 'close'; readonly id: number };

/** Heard of a thread. */
export type WorkerMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'reply'; readonly id: number; readonly result: WorkerReply }
  | {
      readonly kind: 'lost';
      readonly callId: string;
      readonly loss: 'not-connected' | 'wrong-fingerprint' | 'inactive' | 'engine-lost';
      readonly message: string;
    };

export type WorkerReply = ApplyResult | readonly LegReport[] | undefined;

export const WORKER_GONE: ApplyResult = {
  ok: false,
  code: 'unavailable',
  message: 'the worker that carries the media of this call is gone',
};
export const WORKER_LATE: ApplyResult = {
  ok: false,
  code: 'unavailable',
  message: 'the worker that carries the media of this call does not answer',
};
