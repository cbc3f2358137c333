import {
  parseReferTo,
  parseUriHeaders,
  printUri,
  printUriHeaders,
  type SipRequest,
  type SipResponse,
} from '@unisono/sip';
import type { Tokens } from '../token/tokens.ts';

/** Fields that name another dialog, its Call-ID first (RFC 3891, RFC 3911, RFC 4538). */
const FIELDS = ['Replaces', 'Join', 'Target-Dialog'] as const;
const DIALOG_INFO = /^application\/dialog-info\+xml\b/i;
const CALL_ID = /(\scall-id=")([^"]*)"/g;

type ChangeCallId = (callId: string) => string;

/**
 * A Call-ID that a phone inside made with its own address in it is a token outside: it must come back as it was when a client takes
 * that call over, so its address cannot just be replaced.
 */
export function hideCallIds(message: SipRequest | SipResponse, hide: ChangeCallId): void {
  changeInFields(message, hide);
  if (!DIALOG_INFO.test(message.headers.get('Content-Type') ?? '')) return;
  const text = message.body.toString('latin1');
  const hidden = text.replace(CALL_ID, (_, name: string, value: string) => {
    const callId = unescapeXml(value);
    const shown = hide(callId);
    return `${name}${shown === callId ? value : shown}"`;
  });
  if (hidden !== text) message.body = Buffer.from(hidden, 'latin1');
}

/** The Call-ID itself instead of the token that a client was given, also where it sends somebody else to take the call over. */
export function restoreCallIds(request: SipRequest, { tokens }: { readonly tokens: Tokens }): void {
  const restore: ChangeCallId = (callId) => tokens.readCallId(callId) ?? callId;
  changeInFields(request, restore);
  restoreInReference(request, restore);
}

function changeInFields({ headers }: SipRequest | SipResponse, change: ChangeCallId): void {
  for (const name of FIELDS) {
    const values = headers.all(name);
    const changed = values.map((value) => changeFirst(value, change));
    if (changed.every((value, index) => value === values[index])) continue;
    headers.remove(name);
    for (const value of changed) headers.append(name, value);
  }
}

function restoreInReference({ headers }: SipRequest, restore: ChangeCallId): void {
  const field = headers.get('Refer-To');
  const refer = field === undefined ? undefined : parseReferTo(field);
  const embedded = refer?.uri && parseUriHeaders(refer.uri.headers);
  const replaces = embedded?.get('Replaces');
  if (!refer?.uri || !embedded || replaces === undefined) return;
  const restored = changeFirst(replaces, restore);
  if (restored === replaces) return;
  embedded.set('Replaces', restored);
  headers.set(
    'Refer-To',
    `<${printUri({ ...refer.uri, headers: printUriHeaders(embedded) })}>${refer.address.paramsText}`,
  );
}

function changeFirst(value: string, change: ChangeCallId): string {
  const end = value.indexOf(';');
  const callId = (end < 0 ? value : value.slice(0, end)).trim();
  const changed = change(callId);
  return changed === callId ? value : `${changed}${end < 0 ? '' : value.slice(end)}`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
  '&amp;': '&',
};

function unescapeXml(text: string): string {
  return text.replace(/&(?:lt|gt|quot|apos|amp);/g, (entity) => ENTITIES[entity] as string);
}
