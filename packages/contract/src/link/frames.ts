import { z } from 'zod';
import { atMs, counter, id, line } from '../values/scalars.ts';

/**
 * The link between an Assistant and the Connector, over WebSocket and over long poll with the same frames.
 *
 * ```
 *  Assistant                                   Connector
 *     ├─ hello  versions, outbox, received ──────▶│
 *     │◀───────── welcome  version, outbox, received ─┤      each side sends anew what the other has not received
 *     ├─ message seq 1 ───────────────────────────▶│
 *     │◀──────────────────────────────── ack 1 ────┤      stored on the disk, or handled
 *     │◀──────────────────────────── message seq 7 ┤
 *     ├─ ack 7 ───────────────────────────────────▶│
 * ```
 *
 * Each side numbers its messages, growing and perhaps with gaps, in an *outbox* that lives as long as its memory; a side that has lost its memory begins a
 * new outbox id. `received` is the highest number of the other side's outbox that is safe here. A message is sent until an `ack` at
 * or above its number has come. The receiver handles the numbers of an outbox in their order, each once: lower ones are old.
 */
export const MAX_FRAME_OCTETS = 1_048_576;

/** Messages of a direction that are under way without an ack. */
export const MAX_IN_FLIGHT = 500;

/** Frames of one long poll, each direction. */
export const MAX_POLL_FRAMES = 500;

const outbox = z.object({ outbox: id, received: z.object({ outbox: id, seq: counter }).optional() });

/** First frame of the Assistant. */
const hello = z.object({
  type: z.literal('hello'),
  versions: z.array(z.int().min(1)).min(1).max(20),
  software: line(100),
  ...outbox.shape,
});

/** First frame of the Connector. */
const welcome = z.object({
  type: z.literal('welcome'),
  version: z.int().min(1),
  software: line(100),
  /** Names this connection of the link; a long poll repeats it. */
  session: id,
  /** Id of the phone system that the API key stands for. */
  system: id,
  tenant: id,
  ...outbox.shape,
  /** How often to ping; silence of twice that is a dead connection. */
  pingSec: z.int().min(1),
  atMs,
});

const message = z.object({
  type: z.literal('message'),
  seq: counter,
  /** The same in every repetition, and unique. */
  id,
  atMs,
  /** `downBody` or `upBody`, read by `readDown` or `readUp`. */
  body: z.looseObject({ kind: z.string() }),
});
export type LinkMessage = z.output<typeof message>;

/** Everything up to and including `seq` of that outbox is safe. */
const ack = z.object({ type: z.literal('ack'), outbox: id, seq: counter });

/** A message that the receiver will never take: it counts as received and is reported to the sender's administrator. */
const refused = z.object({
  type: z.literal('refused'),
  outbox: id,
  seq: counter,
  code: z.string().max(64),
  message: z.string().max(1000),
});

const question = z.object({
  type: z.literal('question'),
  id,
  timeoutMs: z.int().min(1).max(60_000),
  body: z.looseObject({ kind: z.string() }),
});
const answer = z.object({
  type: z.literal('answer'),
  id,
  /** Absent with `code` and `message`: it could not be answered. */
  body: z.looseObject({ kind: z.string() }).optional(),
  code: z.string().max(64).optional(),
  message: z.string().max(1000).optional(),
});

/** `sentAtMs` of a pong is the ping's; `atMs` the answering side's clock, from which the distance of the clocks is known. */
const ping = z.object({ type: z.literal('ping'), sentAtMs: atMs });
const pong = z.object({ type: z.literal('pong'), sentAtMs: atMs, atMs });

/**
 * Last frame of the Connector, and of an Assistant that stops. `replaced`: a newer link of the same system has taken over;
 * `shutdown`: come back after `retryAfterSec`; `notAllowed`: the key was revoked; `protocol`: a frame could not be read;
 * `unsupportedVersion`; `overloaded`.
 */
const bye = z.object({
  type: z.literal('bye'),
  code: z.string().max(64),
  message: z.string().max(1000),
  retryAfterSec: z.int().min(0).optional(),
});

export const linkFrame = z
  .discriminatedUnion('type', [hello, welcome, message, ack, refused, question, answer, ping, pong, bye])
  .meta({ id: 'LinkFrame', description: 'What travels on the link.' });
export type LinkFrame = z.output<typeof linkFrame>;
export type LinkHello = z.output<typeof hello>;
export type LinkWelcome = z.output<typeof welcome>;
export type FrameOf<Type extends LinkFrame['type']> = Extract<LinkFrame, { type: Type }>;

/**
 * One long poll. The first one has a `hello` among its frames and no session; the answer has the `welcome`. A poll with something to
 * tell is answered at once; one without waits up to `waitSec` for something to hear. The next poll acknowledges what came.
 */
export const pollRequest = z
  .object({
    session: id.optional(),
    frames: z.array(z.unknown()).max(MAX_POLL_FRAMES),
    waitSec: z.int().min(0).max(55).default(25),
  })
  .meta({ id: 'LinkPollRequest' });
export const pollReply = z
  .object({ session: id.optional(), frames: z.array(z.unknown()) })
  .meta({ id: 'LinkPollReply' });
