import type { AttendantEndpoint, PlayItem, WavAudio } from '@unisono/media';
import type { Clock, Timer, TimerTarget } from '@unisono/sip';
import type { VoicemailStore } from '../ports.ts';
import { begin, type MenuEffect, type MenuEvent, type MenuState, type OpenedMailbox, step } from './menu.ts';
import type { Saying } from './speech.ts';
import { MAX_GREETING_MS } from './voicemail-limits.ts';

/** Silence after everything was said, until it counts as an answer. */
const SILENCE_MS = 7_000;

export interface ConversationParts {
  readonly clock: Clock;
  readonly store: VoicemailStore;
  userOf(number: string): string | undefined;
  open(user: string): OpenedMailbox;
  checkPin(user: string | undefined, pin: string): boolean;
  setPin(user: string, pin: string): boolean;
  spoken(sayings: readonly Saying[], user: string | undefined): readonly PlayItem[];
  /** It has nothing more to say. */
  onEnd(): void;
}

/** Drives the menu: keys and silences in, speech and changes of the mailbox out. */
export class MailboxConversation implements TimerTarget {
  readonly #parts: ConversationParts;
  #endpoint: AttendantEndpoint | undefined;
  #state: MenuState = { at: 'over' };
  #silence: Timer | undefined;
  /** What the effects of one event want said, in one breath. */
  #sayings: Saying[] = [];
  #isClosed = false;

  constructor(parts: ConversationParts) {
    this.#parts = parts;
  }

  begin(endpoint: AttendantEndpoint, entry: Parameters<typeof begin>[0]): void {
    this.#endpoint = endpoint;
    this.#take(begin(entry));
    this.#speak();
  }

  /** The caller is known and has no mailbox. */
  refuse(endpoint: AttendantEndpoint): void {
    endpoint.say(this.#parts.spoken([{ say: 'noMailbox' }], undefined), () => this.#parts.onEnd());
  }

  onDigit(digit: string): void {
    this.#endpoint?.hush();
    this.#handle({ kind: 'digit', digit });
  }

  onTimer(): void {
    this.#handle({ kind: 'silence' });
  }

  close(): void {
    this.#isClosed = true;
    this.#silence?.cancel();
  }

  #handle(event: MenuEvent): void {
    if (this.#isClosed) return;
    this.#silence?.cancel();
    this.#take(step(this.#state, event, this.#parts.userOf));
    this.#speak();
  }

  #take({ state, effects }: { readonly state: MenuState; readonly effects: readonly MenuEffect[] }): void {
    this.#state = state;
    for (const effect of effects) this.#carryOut(effect);
  }

  #carryOut(effect: MenuEffect): void {
    const { store } = this.#parts;
    switch (effect.kind) {
      case 'say':
        this.#sayings.push(...effect.sayings);
        return;
      case 'check':
        return this.#check(effect.user, effect.pin);
      case 'heard':
        return store.markHeard(effect.message);
      case 'delete':
        return store.remove(effect.message);
      case 'record':
        return this.#record();
      case 'storeGreeting':
        return this.#storeGreeting();
      case 'removeGreeting':
        return store.setGreeting(this.#user ?? '', undefined);
      case 'setPin':
        if (!this.#parts.setPin(this.#user ?? '', effect.pin)) this.#sayings = [];
        return;
      case 'reopen':
        return this.#again({ kind: 'opened', box: this.#parts.open(this.#user ?? '') });
      case 'hangUp':
        return;
    }
  }

  #check(user: string | undefined, pin: string): void {
    const isRight = this.#parts.checkPin(user, pin);
    this.#again(isRight && user !== undefined ? { kind: 'opened', box: this.#parts.open(user) } : { kind: 'refused' });
  }

  #again(event: MenuEvent): void {
    this.#take(step(this.#state, event, this.#parts.userOf));
  }

  /** Recording begins when the tone is over. */
  #record(): void {
    this.#sayings.push({ say: 'beep' });
  }

  #storeGreeting(): void {
    const audio: WavAudio | null = this.#endpoint?.stopRecording() ?? null;
    if (audio !== null && this.#user !== undefined) this.#parts.store.setGreeting(this.#user, audio);
    this.#again({ kind: 'stored', isStored: audio !== null });
  }

  #speak(): void {
    const sayings = this.#sayings;
    this.#sayings = [];
    if (sayings.length === 0) return this.#listen();
    this.#endpoint?.say(this.#parts.spoken(sayings, this.#user), () => this.#onSaid());
  }

  #onSaid(): void {
    if (this.#state.at === 'over') return this.#parts.onEnd();
    if (this.#state.at === 'recording') {
      this.#endpoint?.record(MAX_GREETING_MS, () => this.#handle({ kind: 'full' }));
      return;
    }
    this.#listen();
  }

  #listen(): void {
    this.#silence?.cancel();
    if (!this.#isClosed && this.#state.at !== 'over')
      this.#silence = this.#parts.clock.startTimer(SILENCE_MS, this, 'silence');
  }

  get #user(): string | undefined {
    const state = this.#state;
    if ('box' in state) return state.box.user;
    return state.at === 'pin' ? state.user : undefined;
  }
}
