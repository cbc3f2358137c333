import type { Check, CheckContext } from './check.ts';
import { describe } from './message-form.ts';

/** A caller without early media is told once that it rings: more would make some phones begin their tone anew. */
export function oneRingback({ report }: CheckContext): Check {
  const told = new Map<string, Buffer>();
  return {
    name: 'one ringback',
    onWire(wire) {
      const { message, direction, bytes } = wire;
      if (direction === 'in' || message.kind === 'request' || message.status !== 180 || message.body.length > 0) return;
      const key = `${message.callId} ${message.cseq.sequence}`;
      const before = told.get(key);
      if (!before) told.set(key, bytes as Buffer);
      else if (!before.equals(bytes as Buffer)) report(`ringing is told again: ${describe(wire)}`);
    },
    onDeath: () => told.clear(),
    atEnd: () => told.clear(),
  };
}
