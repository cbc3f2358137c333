import type { HeaderList } from './headers.ts';
import { isCallId, parseCSeq } from './message.ts';
import { parseNameAddr } from './name-addr.ts';
import { firstElement } from './text.ts';
import { parseVia } from './via.ts';

/** Names the first essential field that is missing or malformed, as a reason phrase. Only for messages known bad. */
export function explainMissing(headers: HeaderList): string {
  for (const name of ['Via', 'From', 'To', 'Call-ID', 'CSeq'] as const) {
    if (!headers.has(name)) return `Missing ${name}`;
  }
  if (!parseVia(firstElement(headers.get('Via') ?? ''))) return 'Malformed Via';
  if (!parseNameAddr(headers.get('From') ?? '')) return 'Malformed From';
  if (!parseNameAddr(headers.get('To') ?? '')) return 'Malformed To';
  if (!isCallId(headers.get('Call-ID') ?? '')) return 'Malformed Call-ID';
  if (!parseCSeq(headers.get('CSeq') ?? '')) return 'Malformed CSeq';
  return 'Malformed Request';
}
