import type { MailboxPort } from '@unisono/assistant';
import { MAX_GREETING_MS, type VoicemailMessage } from '@unisono/gateway';
import { readWav, writeWav } from '@unisono/media';
import type { MailboxStore } from '../stores/voicemail-store.ts';

/** The mailboxes of this data folder, for the cloud. */
export function mailboxPort(store: MailboxStore): MailboxPort {
  return {
    box: (user) => ({
      messages: store.list(user).map(messageOf),
      hasGreeting: store.hasGreeting(user),
      maxGreetingMs: MAX_GREETING_MS,
    }),
    audio: (user, messageId) => {
      const isOwn = messageId === undefined || store.list(user).some(({ id }) => id === messageId);
      const audio = !isOwn ? undefined : messageId === undefined ? store.greeting(user) : store.audio(messageId);
      return audio && writeWav(audio);
    },
    change: (messageId, change) => {
      if (change === 'heard') store.markHeard(messageId);
      else store.remove(messageId);
      return store.settled();
    },
    setGreeting: async (user, wav) => {
      const read = wav === undefined ? undefined : readWav(wav);
      if (read && !read.ok) return `The greeting cannot be used: ${read.error.message}.`;
      if (read) {
        const { pcm, sampleRateHz } = read.audio;
        if (pcm.length === 0) return 'The greeting is empty.';
        if ((pcm.length / sampleRateHz) * 1_000 > MAX_GREETING_MS)
          return `The greeting is longer than ${MAX_GREETING_MS / 1_000} seconds.`;
      }
      store.setGreeting(user, read?.audio);
      await store.settled();
      return undefined;
    },
    onChange: (listener) => store.onChange(listener),
  };
}

function messageOf({ id, callerNumber, callerName, receivedAtMs, durationMs, isHeard }: VoicemailMessage) {
  const party = {
    ...(callerNumber !== undefined && { number: callerNumber }),
    ...(callerName !== undefined && callerName !== '' && { name: callerName }),
  };
  return { messageId: id, party, receivedAtMs, durationMs, isHeard };
}
