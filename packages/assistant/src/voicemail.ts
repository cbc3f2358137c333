import { type LinkAnswer, type LinkQuestion, MAX_AUDIO_PART_OCTETS, MAX_GREETING_OCTETS } from '@unisono/contract';
import type { User } from '@unisono/pbx';
import type { AssistantClock, MailboxPort } from './ports.ts';

type VoicemailQuestion = Exclude<LinkQuestion, { kind: 'preview' }>;
/** Why a question has no answer: `code` and text for whoever asks. */
export interface Unanswered {
  readonly code: string;
  readonly message: string;
}

/** An upload that nobody goes on with is forgotten. */
const UPLOAD_MS = 60_000;
const MAX_UPLOADS = 20;

interface Upload {
  readonly user: string;
  readonly parts: Buffer[];
  octets: number;
  startedAtMs: number;
}

/** Answers what the cloud asks about mailboxes. What it is asked to change is durable when it answers. */
export class VoicemailDesk {
  readonly #mailboxes: MailboxPort;
  readonly #clock: AssistantClock;
  readonly #uploads = new Map<string, Upload>();
  /** The file of which a part was asked for last. */
  #open: { readonly name: string; readonly file: Buffer } | undefined;

  constructor(mailboxes: MailboxPort, clock: AssistantClock) {
    this.#mailboxes = mailboxes;
    this.#clock = clock;
  }

  async answer(user: User | undefined, question: VoicemailQuestion): Promise<LinkAnswer | Unanswered> {
    if (user === undefined) return refuse('notFound', 'There is no such person here.');
    if (question.kind === 'voicemail') return { kind: 'voicemail', box: this.#box(user) };
    if (!user.mailbox) return refuse('noSuchThing', 'This person has no mailbox.');
    switch (question.kind) {
      case 'voicemailAudio':
        return this.#part(user, question.messageId, question.offset);
      case 'voicemailChange':
        return this.#change(user, question.messageId, question.change);
      case 'voicemailGreeting':
        return this.#takeGreeting(user, question);
    }
  }

  #box(user: User) {
    const { messages, hasGreeting, maxGreetingMs } = this.#mailboxes.box(user.id);
    const latestFirst = messages.toSorted((a, b) => b.receivedAtMs - a.receivedAtMs);
    return { hasMailbox: user.mailbox, messages: user.mailbox ? latestFirst : [], hasGreeting, maxGreetingMs };
  }

  #part(user: User, messageId: string | undefined, offset: number): LinkAnswer | Unanswered {
    const name = `${user.id} ${messageId ?? ''}`;
    const known = offset > 0 && this.#open?.name === name ? this.#open.file : undefined;
    const file = known ?? this.#mailboxes.audio(user.id, messageId);
    if (file === undefined) return refuse('noSuchThing', messageId === undefined ? 'There is no own greeting.' : GONE);
    const end = offset + MAX_AUDIO_PART_OCTETS;
    this.#open = end < file.length ? { name, file } : undefined;
    const data = file.subarray(offset, end).toString('base64');
    return { kind: 'audio', offset, totalOctets: file.length, data };
  }

  async #change(user: User, messageId: string, change: 'heard' | 'deleted'): Promise<LinkAnswer | Unanswered> {
    const { messages } = this.#mailboxes.box(user.id);
    const isThere = messages.some((message) => message.messageId === messageId);
    // Done twice is done once: what is asked for is so already.
    if (!isThere) return change === 'deleted' ? { kind: 'done' } : refuse('noSuchThing', GONE);
    await this.#mailboxes.change(messageId, change);
    return { kind: 'done' };
  }

  async #takeGreeting(
    user: User,
    { uploadId, offset, totalOctets, data }: Extract<VoicemailQuestion, { kind: 'voicemailGreeting' }>,
  ): Promise<LinkAnswer | Unanswered> {
    if (totalOctets > MAX_GREETING_OCTETS) return refuse('tooLarge', 'The greeting is too long.');
    if (totalOctets === 0) return this.#setGreeting(user, undefined);
    const upload = this.#upload(uploadId, user.id);
    const part = Buffer.from(data, 'base64');
    if (upload === undefined || offset !== upload.octets || offset + part.length > totalOctets) {
      this.#uploads.delete(uploadId);
      return refuse('outOfOrder', 'Parts of the greeting are missing: send it again.');
    }
    upload.parts.push(part);
    upload.octets += part.length;
    if (upload.octets < totalOctets) return { kind: 'done' };
    this.#uploads.delete(uploadId);
    return this.#setGreeting(user, Buffer.concat(upload.parts));
  }

  async #setGreeting(user: User, file: Buffer | undefined): Promise<LinkAnswer | Unanswered> {
    const problem = await this.#mailboxes.setGreeting(user.id, file);
    return problem === undefined ? { kind: 'done' } : refuse('invalidAudio', problem);
  }

  #upload(uploadId: string, user: string): Upload | undefined {
    const nowMs = this.#clock.epochMs();
    for (const [id, { startedAtMs }] of this.#uploads) if (startedAtMs < nowMs - UPLOAD_MS) this.#uploads.delete(id);
    const known = this.#uploads.get(uploadId);
    if (known) return known.user === user ? known : undefined;
    if (this.#uploads.size >= MAX_UPLOADS) return undefined;
    const upload = { user, parts: [], octets: 0, startedAtMs: nowMs };
    this.#uploads.set(uploadId, upload);
    return upload;
  }
}

const GONE = 'This message is not there any more.';

function refuse(code: string, message: string): Unanswered {
  return { code, message };
}
