import type { WavAudio } from '@unisono/media';
import type { VoicemailMessage, VoicemailStore } from '../ports.ts';

/** Mailboxes in memory. */
export class MemoryVoicemail implements VoicemailStore {
  readonly #messages = new Map<string, { readonly message: VoicemailMessage; readonly audio: WavAudio }>();
  readonly #greetings = new Map<string, WavAudio>();
  readonly #listeners: ((user: string) => void)[] = [];

  list(user: string): readonly VoicemailMessage[] {
    return [...this.#messages.values()].map(({ message }) => message).filter((one) => one.user === user);
  }

  add(message: VoicemailMessage, audio: WavAudio): void {
    this.#messages.set(message.id, { message, audio });
    this.#changed(message.user);
  }

  audio(id: string): WavAudio | undefined {
    return this.#messages.get(id)?.audio;
  }

  markHeard(id: string): void {
    const found = this.#messages.get(id);
    if (!found) return;
    this.#messages.set(id, { ...found, message: { ...found.message, isHeard: true } });
    this.#changed(found.message.user);
  }

  remove(id: string): void {
    const found = this.#messages.get(id);
    this.#messages.delete(id);
    if (found) this.#changed(found.message.user);
  }

  greeting(user: string): WavAudio | undefined {
    return this.#greetings.get(user);
  }

  setGreeting(user: string, audio: WavAudio | undefined): void {
    if (audio === undefined) this.#greetings.delete(user);
    else this.#greetings.set(user, audio);
  }

  onChange(listener: (user: string) => void): void {
    this.#listeners.push(listener);
  }

  #changed(user: string): void {
    for (const listener of this.#listeners) listener(user);
  }
}
