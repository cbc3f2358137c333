import type { SipRequest } from '@unisono/sip';

/** The key that an INFO tells of, in either of the two forms that phones send; undefined when it is about something else. */
export function digitIn(info: SipRequest): string | undefined {
  const type = info.headers.get('Content-Type') ?? '';
  const text = info.body.toString('latin1');
  const digit = /^application\/dtmf\s*(?:;|$)/i.test(type)
    ? /^\s*([0-9*#A-D])\s*$/i.exec(text)?.[1]
    : /^Signal\s*=\s*([0-9*#A-D])\s*$/im.exec(text)?.[1];
  return digit?.toUpperCase();
}
