import type { CallRecord } from '../../ports.ts';
import type { CallBook } from '../call-book.ts';
import type { WireMessage } from '../wire.ts';

/** How the network treats messages, as far as it matters to what may be expected. */
export interface Expectations {
  /** So long may a message that is repeated until it is answered be under way. */
  readonly deliveryMs: number;
  /** When whoever is there was last off or not reached; connections of before are gone. */
  troubledUntilMs(address: string): number;
}

/** What a check is made with. */
export interface CheckContext {
  readonly book: CallBook;
  readonly expectations: Expectations;
  /** Says what is wrong, in a sentence. */
  report(problem: string): void;
}

/** One invariant. It only listens: what it says depends on nothing but what it was told. */
export interface Check {
  readonly name: string;
  /** A message comes later than all before it: what had to be done in the same tick is done or never will be. */
  onTickEnd?(): void;
  /** Every message at the gateway's door; the book has taken note of it already. */
  onWire?(message: WireMessage): void;
  onRecordOpened?(record: CallRecord, cause: WireMessage | undefined): void;
  onRecordClosed?(record: CallRecord): void;
  /** The gateway's process ended without a word. */
  onDeath?(nowMs: number): void;
  /** Nobody has pressed a button for longer than any transaction lasts; calls may be up. */
  atRest?(nowMs: number): void;
  /** At rest, and every call has been hung up. */
  atEnd?(nowMs: number): void;
}
