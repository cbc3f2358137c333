import type { System } from '@unisono/pbx';
import type { CallRecord } from '../../ports.ts';
import type { CallBook } from '../call-book.ts';
import type { Directory, Who } from '../directory.ts';
import type { WireMessage } from '../wire.ts';
import type { Check, CheckContext } from './check.ts';
import { describe } from './message-form.ts';

/** A text nobody but the clients of one UFIP device may see. */
interface Secret {
  readonly text: string;
  readonly ufipDevice: string;
}

/** What a response repeats of the request, whatever the request said (RFC 3261 §8.2.6.2). */
const REPEATED = /^(?:Via|From|To|Call-ID|CSeq|Record-Route):.*\r\n/gm;
/** What chance writes: in a million messages it writes any number. */
const CHANCE = /^Call-ID:.*\r\n|(?:branch|tag)=[^;\s>"]+|nonce="[^"]*"/gm;
/** Of a dialog that the other end began: its own addresses, given back to it (§12.2.1.1). */
const OWN_ADDRESSES = /^(?:From|To):.*\r\n/gm;

/** No auxiliary number and no account name of a client in anything sent to anybody else, nor in a record. */
export function secretsKept({ report, book }: CheckContext, system: () => System, directory: Directory): Check {
  const secrets = Array.from(system().ufipDevices.values()).flatMap(({ id, number, account }): Secret[] => [
    { text: number, ufipDevice: id },
    { text: account.username, ufipDevice: id },
  ]);
  for (const { username, ufipDevice } of directory.clients) {
    if (!secrets.some(({ text }) => text === username)) secrets.push({ text: username, ufipDevice });
  }
  return {
    name: 'secrets kept',
    onWire(wire) {
      if (wire.direction === 'in') return;
      const leak = leakTo(directory.of(wire.peer), secrets, visibleText(wire, book));
      if (leak !== undefined) report(`${leak} is shown: ${describe(wire)}`);
    },
    onRecordClosed(record) {
      const leak = secrets.find(({ text }) => shownIn(record).includes(text));
      if (leak) report(`${leak.text} stands in the record ${record.id}`);
    },
  };
}

function leakTo(who: Who, secrets: readonly Secret[], text: string): string | undefined {
  return secrets.find((secret) => secret.ufipDevice !== who.ufipDevice && text.includes(secret.text))?.text;
}

function visibleText({ message, bytes }: WireMessage, book: CallBook): string {
  const text = (bytes as Buffer).toString('latin1').replace(CHANCE, '');
  if (message.kind === 'response') return text.replace(REPEATED, '');
  return book.legs.get(message.callId)?.role === 'caller' ? text.replace(OWN_ADDRESSES, '') : text;
}

/** What the caller dialled is the caller's own; everything else in the record is ours. */
function shownIn(record: CallRecord): string {
  return JSON.stringify({ ...record, dialled: '' });
}
