/** Looks at what a baresip tells from a moment on. */
import type { Baresip, BaresipEvent, TracedMessage } from '../peers/index.ts';

export interface Watch {
  readonly phone: Baresip;
  /** The first event of this type since the watch began, and when it was heard of (`performance.now()`). */
  event(type: string, timeoutMs?: number): Promise<{ readonly event: BaresipEvent; readonly atMs: number }>;
  /** True when such an event has come since. */
  has(type: string): boolean;
  /** SIP messages sent and received since. */
  messages(): TracedMessage[];
}

export function watch(phone: Baresip): Watch {
  const mark = phone.events.length;
  const messageMark = phone.sipMessages().length;
  return {
    phone,
    event: async (type, timeoutMs) => {
      const event = await phone.waitForAfter(mark, (one) => one.type === type, timeoutMs);
      return { event, atMs: performance.now() };
    },
    has: (type) => phone.events.slice(mark).some((one) => one.type === type),
    messages: () => phone.sipMessages().slice(messageMark),
  };
}
