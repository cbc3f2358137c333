import type { AudioFileView } from '../contract-types.ts';
import { DONE, done, failed } from '../outcome.ts';
import type { VoicemailCommands } from '../phone.ts';
import type { VoicemailMessage } from '../state.ts';
import type { Store } from '../store.ts';

const RATE_HZ = 8_000;
const HEADER_OCTETS = 44;

/** A mailbox without a phone system: every message says a tone of one second. */
export function fakeVoicemail(store: Store): VoicemailCommands {
  let greeting: AudioFileView | undefined;
  const change = (to: (messages: readonly VoicemailMessage[]) => readonly VoicemailMessage[]): void => {
    const { voicemail } = store.getState();
    const messages = to(voicemail.messages ?? []);
    const newMessages = messages.filter(({ isHeard }) => !isHeard).length;
    store.set({ voicemail: { ...voicemail, messages, newMessages, oldMessages: messages.length - newMessages } });
  };
  const greet = (file: AudioFileView | undefined): void => {
    greeting = file;
    store.set({ voicemail: { ...store.getState().voicemail, greeting: { isOwn: file !== undefined, maxMs: 60_000 } } });
  };
  return {
    refresh: async () => DONE,
    audio: async () => done(toneFile()),
    markHeard: async (id) => {
      change((messages) => messages.map((one) => (one.id === id ? { ...one, isHeard: true } : one)));
      return DONE;
    },
    remove: async (id) => {
      change((messages) => messages.filter((one) => one.id !== id));
      return DONE;
    },
    greeting: async () => (greeting === undefined ? failed('notFound', 'It is the standard one.') : done(greeting)),
    setGreeting: async (file) => {
      greet(file);
      return DONE;
    },
    removeGreeting: async () => {
      greet(undefined);
      return DONE;
    },
  };
}

/** A WAV file of one second of 440 Hz. */
function toneFile(): AudioFileView {
  const octets = new Uint8Array(HEADER_OCTETS + RATE_HZ * 2);
  const view = new DataView(octets.buffer);
  const text = (at: number, word: string): void => octets.set(new TextEncoder().encode(word), at);
  text(0, 'RIFF');
  view.setUint32(4, octets.length - 8, true);
  text(8, 'WAVEfmt ');
  for (const [at, value] of [
    [16, 16],
    [24, RATE_HZ],
    [28, RATE_HZ * 2],
    [40, RATE_HZ * 2],
  ] as const)
    view.setUint32(at, value, true);
  for (const [at, value] of [
    [20, 1],
    [22, 1],
    [32, 2],
    [34, 16],
  ] as const)
    view.setUint16(at, value, true);
  text(36, 'data');
  for (let at = 0; at < RATE_HZ; at++)
    view.setInt16(HEADER_OCTETS + at * 2, 8_000 * Math.sin((2 * Math.PI * 440 * at) / RATE_HZ), true);
  return { contentType: 'audio/wav', data: btoa(String.fromCharCode(...octets)) };
}
