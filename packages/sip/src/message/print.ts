import type { SipMessage } from './message.ts';
import { lineStart } from './names.ts';
import { HeaderInjectionError, isPrintable } from './printable.ts';

/** The start line and headers as a byte string; Content-Length is always written from the body. */
function printHead(message: SipMessage): string {
  const start =
    message.kind === 'request'
      ? `${message.method} ${message.uriText} SIP/2.0`
      : `SIP/2.0 ${message.status} ${message.reason}`;
  if (!isPrintable(start)) throw new HeaderInjectionError('the start line');
  const { headers } = message;
  let text = start;
  for (let i = 0; i < headers.length; i++) {
    const name = headers.nameAt(i);
    if (name !== 'Content-Length') text += lineStart(name) + headers.valueAt(i);
  }
  return `${text}\r\nContent-Length: ${message.body.length}\r\n\r\n`;
}

/** Prints a message to octets that the caller owns. Throws `HeaderInjectionError` if the start line holds a line break. */
export function printMessage(message: SipMessage): Buffer {
  const head = printHead(message);
  if (message.body.length === 0) return Buffer.from(head, 'latin1');
  const bytes = Buffer.allocUnsafe(head.length + message.body.length);
  bytes.write(head, 0, 'latin1');
  message.body.copy(bytes, head.length);
  return bytes;
}
