import { z } from 'zod';
import { party } from '../calls/calls.ts';
import { atMs, id } from '../values/scalars.ts';

/** Octets of audio in one message of the link; base64 makes a third more of them. */
export const MAX_AUDIO_PART_OCTETS = 524_288;
/** The longest greeting, as a file: a minute at 16 kHz. */
export const MAX_GREETING_OCTETS = 2_000_000;

/** A message that somebody left. */
export const voicemailMessage = z
  .object({ messageId: id, party, receivedAtMs: atMs, durationMs: z.int().min(0), isHeard: z.boolean() })
  .meta({ id: 'VoicemailMessage' });

/** A mailbox, the latest message first. `hasMailbox` false: this person has none. */
export const voicemailBox = z
  .object({
    hasMailbox: z.boolean(),
    messages: z.array(voicemailMessage),
    hasGreeting: z.boolean(),
    maxGreetingMs: z.int().min(0),
  })
  .meta({ id: 'VoicemailBox' });
export type VoicemailBox = z.output<typeof voicemailBox>;

/** Audio as a WAV file in base64: PCM of 16 bits, one channel, 8 or 16 kHz. */
export const audioFile = z
  .object({
    contentType: z.literal('audio/wav'),
    data: z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/, 'Write base64.'),
  })
  .meta({ id: 'AudioFile' });
export type AudioFile = z.output<typeof audioFile>;

/** A part of a file on its way over the link. */
const audioPart = {
  offset: z.int().min(0),
  totalOctets: z.int().min(0),
  data: z.string().max(Math.ceil(MAX_AUDIO_PART_OCTETS / 3) * 4),
};

/** What the Connector asks the phone system about a mailbox; the audio itself stays there. */
export const voicemailQuestions = [
  z.object({ kind: z.literal('voicemail'), userId: id }),
  /** A part of a message's audio, or of the greeting's when no message is named. */
  z.object({
    kind: z.literal('voicemailAudio'),
    userId: id,
    messageId: id.optional(),
    offset: z.int().min(0),
  }),
  z.object({
    kind: z.literal('voicemailChange'),
    userId: id,
    messageId: id,
    change: z.enum(['heard', 'deleted']),
  }),
  /** A part of a new greeting, set with its last part; `totalOctets` 0 takes the greeting away. */
  z.object({ kind: z.literal('voicemailGreeting'), userId: id, uploadId: id, ...audioPart }),
] as const;

export const voicemailAnswers = [
  z.object({ kind: z.literal('voicemail'), box: voicemailBox }),
  z.object({ kind: z.literal('audio'), ...audioPart }),
  z.object({ kind: z.literal('done') }),
] as const;
