import { type AudioFile, ENDPOINTS, type LinkAnswer, type LinkQuestion, MAX_GREETING_OCTETS } from '@unisono/contract';
import type { SessionCaller } from '../http/caller.ts';
import { ProblemError } from '../http/problem-error.ts';
import type { LinkHub } from '../link/hub.ts';
import { userRow } from '../people/directory.ts';
import { newId } from '../secrets/secrets.ts';
import type { Site } from '../site.ts';
import { systemOf } from '../sync/connections.ts';
import { readInParts, writeInParts } from './parts.ts';

type Ask = (question: LinkQuestion) => Promise<LinkAnswer>;

/** The mailbox of a signed-in person, asked of the phone system each time: nothing of it is kept here. */
export function voicemailRoutes({ context, on }: Site, hub: LinkHub): void {
  on(ENDPOINTS.voicemail, async ({ caller }) => {
    const ask = await asker(caller);
    const answer = await ask({ kind: 'voicemail', userId: caller.userId });
    if (answer.kind !== 'voicemail') throw strange();
    return answer.box;
  });

  on(ENDPOINTS.voicemailAudio, async ({ params, caller }) => audio(caller, params.messageId));
  on(ENDPOINTS.greeting, async ({ caller }) => audio(caller, undefined));

  on(ENDPOINTS.voicemailHeard, async ({ params, caller }) => {
    await changeMessage(caller, params.messageId, 'heard');
  });
  on(ENDPOINTS.deleteVoicemail, async ({ params, caller }) => {
    await changeMessage(caller, params.messageId, 'deleted');
  });

  on(ENDPOINTS.setGreeting, async ({ body, caller }) => {
    const file = Buffer.from(body.data, 'base64');
    if (file.length > MAX_GREETING_OCTETS) throw new ProblemError('tooLarge');
    if (file.length === 0) throw new ProblemError('invalidRequest', 'The greeting is empty.');
    await upload(caller, file);
  });
  on(ENDPOINTS.deleteGreeting, async ({ caller }) => {
    await upload(caller, Buffer.alloc(0));
  });

  async function audio(caller: SessionCaller, messageId: string | undefined): Promise<AudioFile> {
    const ask = await asker(caller);
    const named = messageId === undefined ? {} : { messageId };
    const file = await readInParts(async (offset) => {
      const part = await ask({ kind: 'voicemailAudio', userId: caller.userId, ...named, offset });
      if (part.kind !== 'audio') throw strange();
      return part;
    });
    if (file === undefined) throw strange();
    return { contentType: 'audio/wav', data: file.toString('base64') };
  }

  async function changeMessage(caller: SessionCaller, messageId: string, change: 'heard' | 'deleted'): Promise<void> {
    const ask = await asker(caller);
    await ask({ kind: 'voicemailChange', userId: caller.userId, messageId, change });
  }

  async function upload(caller: SessionCaller, file: Buffer): Promise<void> {
    const ask = await asker(caller);
    const uploadId = newId(context.random, 'g');
    await writeInParts(file, (part) => ask({ kind: 'voicemailGreeting', userId: caller.userId, uploadId, ...part }));
  }

  async function asker({ tenantId, userId }: SessionCaller): Promise<Ask> {
    if ((await userRow(context.store, tenantId, userId)).phone !== 1) throw new ProblemError('phoneOff');
    const system = await systemOf(context.store, tenantId, userId);
    if (system === undefined) throw new ProblemError('noConnectionData');
    return (question) => hub.ask({ tenantId, system }, question);
  }
}

function strange(): ProblemError {
  return new ProblemError('upstream', 'The phone system gave an answer that cannot be read.');
}
