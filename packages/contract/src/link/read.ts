import type { z } from 'zod';
import { DOWN_KINDS, type DownBody, downBody, type LinkQuestion, linkQuestion, QUESTION_KINDS } from './down.ts';
import { type LinkFrame, linkFrame, MAX_FRAME_OCTETS } from './frames.ts';
import { ANSWER_KINDS, type LinkAnswer, linkAnswer, UP_KINDS, type UpBody, upBody } from './up.ts';

/**
 * What came of reading. `unknown`: a newer side says something this one has never heard of; it is passed over and, for a message,
 * acknowledged, so that it does not stand in the way. `invalid`: a fault of the other side.
 */
export type Read<Value> =
  | { readonly kind: 'known'; readonly value: Value }
  | { readonly kind: 'unknown'; readonly name: string }
  | { readonly kind: 'invalid'; readonly message: string };

const FRAME_TYPES: readonly string[] = [
  'hello',
  'welcome',
  'message',
  'ack',
  'refused',
  'question',
  'answer',
  'ping',
  'pong',
  'bye',
];

/** Reads one WebSocket text message. */
export function readFrameText(text: string): Read<LinkFrame> {
  if (text.length > MAX_FRAME_OCTETS) return { kind: 'invalid', message: `a frame has ${text.length} characters` };
  try {
    return readFrame(JSON.parse(text));
  } catch {
    return { kind: 'invalid', message: 'a frame is not JSON' };
  }
}

/** Reads one frame of a long poll. */
export function readFrame(value: unknown): Read<LinkFrame> {
  return readAs(linkFrame, 'type', FRAME_TYPES, value);
}

/** Reads the body of a message to the Assistant. */
export function readDown(body: unknown): Read<DownBody> {
  return readAs(downBody, 'kind', DOWN_KINDS, body);
}

/** Reads the body of a message to the Connector. */
export function readUp(body: unknown): Read<UpBody> {
  return readAs(upBody, 'kind', UP_KINDS, body);
}

export function readQuestion(body: unknown): Read<LinkQuestion> {
  return readAs(linkQuestion, 'kind', QUESTION_KINDS, body);
}

export function readAnswer(body: unknown): Read<LinkAnswer> {
  return readAs(linkAnswer, 'kind', ANSWER_KINDS, body);
}

function readAs<Schema extends z.ZodType>(
  schema: Schema,
  discriminator: string,
  known: readonly string[],
  value: unknown,
): Read<z.output<Schema>> {
  const name = nameOf(value, discriminator);
  if (name === undefined) return { kind: 'invalid', message: `an object with "${discriminator}" was expected` };
  if (!known.includes(name)) return { kind: 'unknown', name };
  const read = schema.safeParse(value);
  if (read.success) return { kind: 'known', value: read.data };
  const [issue] = read.error.issues;
  return { kind: 'invalid', message: `${name}: ${issue?.path.join('.')} ${issue?.message}` };
}

function nameOf(value: unknown, discriminator: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const name = (value as Readonly<Record<string, unknown>>)[discriminator];
  return typeof name === 'string' ? name.slice(0, 64) : undefined;
}
