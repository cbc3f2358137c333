import type { Check, CheckContext } from './check.ts';
import { describe } from './message-form.ts';

/** Every minute the caller is told again, lest a proxy on the way gives up (RFC 3261 §13.3.1.1). */
const REMINDER_MS = 59_000;

interface Told {
  readonly bytes: Buffer;
  readonly atMs: number;
}

/** A caller without early media is told once that it rings: more would make some phones begin their tone anew. */
export function oneRingback({ report }: CheckContext): Check {
  const told = new Map<string, Told>();
  return {
    name: 'one ringback',
    onWire(wire) {
      const { message, direction, atMs } = wire;
      if (direction === 'in' || message.kind === 'request' || message.status !== 180 || message.body.length > 0) return;
      const key = `${message.callId} ${message.cseq.sequence}`;
      const bytes = wire.bytes as Buffer;
      const before = told.get(key);
      if (before?.bytes.equals(bytes)) return;
      if (before && atMs - before.atMs < REMINDER_MS) report(`ringing is told again: ${describe(wire)}`);
      told.set(key, { bytes, atMs });
    },
    onDeath: () => told.clear(),
    atEnd: () => told.clear(),
  };
}
