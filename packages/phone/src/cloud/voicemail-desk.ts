import type { VoicemailBoxView } from '../contract-types.ts';
import { DONE, type Outcome } from '../outcome.ts';
import type { VoicemailCommands } from '../phone.ts';
import type { VoicemailMessage } from '../state.ts';
import type { Store } from '../store.ts';
import type { Api } from './api.ts';

/** The mailbox: its messages stay at the phone system and are asked for when they are looked at. */
export class VoicemailDesk {
  readonly #api: Api;
  readonly #store: Store;

  constructor(api: Api, store: Store) {
    this.#api = api;
    this.#store = store;
  }

  readonly commands: VoicemailCommands = {
    refresh: () => this.refresh(),
    audio: (messageId) => this.#api.ask('voicemailAudio', { params: { messageId } }),
    markHeard: (messageId) => this.#thenRefresh(this.#api.ask('voicemailHeard', { params: { messageId } })),
    remove: (messageId) => this.#thenRefresh(this.#api.ask('deleteVoicemail', { params: { messageId } })),
    greeting: () => this.#api.ask('greeting'),
    setGreeting: (file) => this.#thenRefresh(this.#api.ask('setGreeting', { body: file })),
    removeGreeting: () => this.#thenRefresh(this.#api.ask('deleteGreeting')),
  };

  async refresh(): Promise<Outcome> {
    const box = await this.#api.ask('voicemail');
    if (!box.ok) return box;
    const messages = box.value.messages.map(messageOf);
    const newMessages = messages.filter(({ isHeard }) => !isHeard).length;
    this.#store.set({
      voicemail: {
        ...this.#store.getState().voicemail,
        ...(box.value.hasMailbox
          ? { messages, newMessages, oldMessages: messages.length - newMessages }
          : { newMessages: 0, oldMessages: 0 }),
        greeting: { isOwn: box.value.hasGreeting, maxMs: box.value.maxGreetingMs },
      },
    });
    return DONE;
  }

  /** Messages came or went: a list that was read once is read anew. */
  countsChanged(): void {
    if (this.#store.getState().voicemail.messages !== undefined) void this.refresh();
  }

  async #thenRefresh(asked: Promise<Outcome<unknown>>): Promise<Outcome> {
    const outcome = await asked;
    return outcome.ok ? this.refresh() : outcome;
  }
}

function messageOf(message: VoicemailBoxView['messages'][number]): VoicemailMessage {
  const { number, name } = message.party;
  return {
    id: message.messageId,
    from: { ...(number === undefined ? {} : { number }), ...(name === undefined ? {} : { name }) },
    atMs: message.receivedAtMs,
    durationSec: Math.round(message.durationMs / 1000),
    isHeard: message.isHeard,
  };
}
