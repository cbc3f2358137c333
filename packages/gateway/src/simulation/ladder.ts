import type { SipMessage } from '@unisono/sip';
import type { CallBook } from './call-book.ts';
import type { Directory } from './directory.ts';
import { directionOf, mediaKeyOf } from './phone-media.ts';
import type { Entry } from './scenario/diary.ts';
import type { WireMessage } from './wire.ts';

/** One line of a story: when, and what. */
export interface Line {
  readonly atMs: number;
  readonly text: string;
}

/** Lines of a story that are told. */
const TOLD_LINES = Number(process.env.TOLD ?? 70);
const NAME_WIDTH = 26;

/**
 * What happened before a problem: the messages of the calls that it names (of all, when it names none), between the
 * deeds of the people.
 */
export function storyOf(
  messages: readonly WireMessage[],
  deeds: readonly Entry[],
  problems: readonly { readonly text: string }[],
  book: CallBook,
  directory: Directory,
): Line[] {
  const callIds = involved(messages, problems, book);
  const told = messages.filter((wire) => (callIds.size === 0 ? isOfCalls(wire) : callIds.has(wire.message.callId)));
  const lines = [
    ...told.map((wire) => ({ order: wire.number, atMs: wire.atMs, text: rung(wire, directory) })),
    ...deeds.map(({ atMs, after, text }) => ({ order: after + 0.5, atMs, text: `-- ${text}` })),
  ];
  return lines.sort((a, b) => a.order - b.order).slice(-TOLD_LINES);
}

function isOfCalls({ message }: WireMessage): boolean {
  return message.cseq.method !== 'OPTIONS' && message.cseq.method !== 'REGISTER';
}

function involved(
  messages: readonly WireMessage[],
  problems: readonly { readonly text: string }[],
  book: CallBook,
): Set<string> {
  const text = problems.map((problem) => problem.text).join('\n');
  const named = new Set<string>();
  for (const { message } of messages) if (text.includes(message.callId)) named.add(message.callId);
  for (const callId of [...named]) for (const leg of book.legs.get(callId)?.group.legs ?? []) named.add(leg.callId);
  return named;
}

function rung(wire: WireMessage, directory: Directory): string {
  const name = directory.of(wire.peer).name.padEnd(NAME_WIDTH);
  const arrow = wire.direction === 'in' ? '--->' : '<---';
  return `${name} ${arrow} gateway   ${label(wire.message)}`;
}

function label(message: SipMessage): string {
  const { cseq, callId } = message;
  const what =
    message.kind === 'request'
      ? `${message.method} ${message.uriText}`
      : `${message.status} ${message.reason} to ${cseq.method}`;
  return `${what}  [CSeq ${cseq.sequence}, ${callId.slice(0, 8)}]${media(message)}`;
}

function media(message: SipMessage): string {
  const sdp = message.body.toString('latin1');
  const key = mediaKeyOf(sdp);
  if (key === undefined) return '';
  const version = /^o=\S+ \d+ (\d+)/m.exec(sdp)?.[1];
  return `  sdp v${version} ${key} ${directionOf(sdp)}`;
}

/** Virtual time for people: `1:02:03.456`. */
export function clockTime(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  const two = (value: number) => String(value).padStart(2, '0');
  const fraction = String(Math.floor(ms % 1_000)).padStart(3, '0');
  return `${Math.floor(seconds / 3_600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${fraction}`;
}
