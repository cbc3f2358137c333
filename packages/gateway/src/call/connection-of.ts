import type { Session } from '@unisono/sip';
import { Bridge } from './bridge.ts';
import type { Connection } from './connection.ts';

/** The answered call that a session is one side of; undefined before the answer, and when another side took its place. */
export function connectionOf({ handler }: Session): Connection | undefined {
  return handler instanceof Bridge ? handler.owner : undefined;
}
