import type { MediaDialog } from './dialogs.ts';
import type { Instance } from './instance.ts';

/** One call at one instance. */
export interface RtpengineCall {
  readonly callId: string;
  readonly instance: Instance;
  /** Wall clock. */
  readonly startedAtMs: number;
  /** The engine's clock. */
  readonly createdAtMs: number;
  /** What `instance.restarts` was when it was last known to have the call. */
  restarts: number;
  dialogs: readonly MediaDialog[];
  /** When it is to be looked at next, on the engine's clock. */
  checkAtMs: number;
}
