import { type EventHeader, parseEvent } from '../message/header/event.ts';
import type { SipRequest } from '../message/message.ts';

/** The Event of a SUBSCRIBE or NOTIFY; undefined when missing or malformed. */
export function eventOf(request: SipRequest): EventHeader | undefined {
  return parseEvent(request.headers.get('Event') ?? '');
}

/** True when a request is about that very event: package and `id` (RFC 6665 §8.2.1). */
export function isAbout(request: SipRequest, event: EventHeader): boolean {
  const asked = eventOf(request);
  return asked?.package === event.package && asked.id === event.id;
}
