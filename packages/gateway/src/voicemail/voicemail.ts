import {
  type AttendantEndpoint,
  createAttendant,
  type MediaEndpoint,
  type MediaHost,
  type WavAudio,
} from '@unisono/media';
import type { Language, System, User } from '@unisono/pbx';
import type { Clock, Random } from '@unisono/sip';
import type { Log, SystemSource, VoicemailMessage, VoicemailStore } from '../ports.ts';
import { MailboxConversation } from './conversation.ts';
import type { OpenedMailbox } from './menu.ts';
import { PinGate } from './pin-gate.ts';
import { spoken } from './speaker.ts';
import type { Saying } from './speech.ts';
import { MAX_MESSAGE_MS, MAX_MESSAGES, MIN_MESSAGE_MS } from './voicemail-limits.ts';

export interface VoicemailOptions {
  readonly host: MediaHost;
  readonly store: VoicemailStore;
  readonly system: SystemSource;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** Who leaves a message. */
export interface Depositor {
  readonly number: string | undefined;
  readonly name: string | undefined;
  /** Id of the call's record. */
  readonly call: string;
}

/** The mailboxes: takes messages, and lets people hear theirs. */
export class Voicemail {
  readonly store: VoicemailStore;
  readonly #options: VoicemailOptions;
  readonly #pins: PinGate;

  constructor(options: VoicemailOptions) {
    this.#options = options;
    this.store = options.store;
    this.#pins = new PinGate(options.clock);
  }

  /** True when the mailbox takes another message. */
  hasRoom(user: string): boolean {
    return this.store.list(user).length < MAX_MESSAGES;
  }

  /** A machine that plays the greeting and takes a message; it calls `onEnd` when it wants to hang up. */
  deposit(userId: string, from: Depositor, onEnd: () => void): MediaEndpoint {
    const user = this.#user(userId);
    const endpoint: AttendantEndpoint = createAttendant(this.#options.host, {
      onDtmf: ({ digit }) => {
        if (digit === '#') onEnd();
      },
      onClose: () => this.#keep(userId, from, endpoint.stopRecording()),
    });
    const isOwn = this.store.greeting(userId) !== undefined;
    const greeting: Saying = isOwn ? { greeting: 'own' } : { say: 'defaultGreeting' };
    const full = () => endpoint.say(this.#spoken([{ say: 'goodbye' }], user), onEnd);
    endpoint.say(this.#spoken([greeting, { say: 'beep' }], user), () => endpoint.record(MAX_MESSAGE_MS, full));
    return endpoint;
  }

  /** A machine with which people hear their messages. `station` is the caller's; undefined for a caller from outside. */
  retrieve(station: string | undefined, onEnd: () => void): MediaEndpoint {
    const { host, clock, log } = this.#options;
    const conversation: MailboxConversation = new MailboxConversation({
      clock,
      store: this.store,
      userOf: (number) => this.#mailboxAt(number)?.id,
      open: (user) => this.#open(user),
      checkPin: (user, pin) => this.#pins.check(user ?? '', this.#user(user)?.mailboxPin, pin),
      setPin: (user, pin) => this.#setPin(user, pin),
      spoken: (sayings, user) => this.#spoken(sayings, this.#user(user)),
      onEnd,
    });
    const endpoint = createAttendant(host, {
      onDtmf: ({ digit }) => conversation.onDigit(digit),
      onClose: () => conversation.close(),
    });
    const own = this.#mailboxOfStation(station);
    log.debug({ station, user: own?.id }, 'mailbox called');
    if (own === undefined && station !== undefined) conversation.refuse(endpoint);
    else if (own === undefined) conversation.begin(endpoint, { anybody: true });
    else if (own.mailboxPin !== undefined) conversation.begin(endpoint, { pinOf: own.id });
    else conversation.begin(endpoint, { open: this.#open(own.id) });
    return endpoint;
  }

  #keep(user: string, from: Depositor, audio: WavAudio | null): void {
    const durationMs = audio === null ? 0 : (audio.pcm.length * 1000) / audio.sampleRateHz;
    if (audio === null || durationMs < MIN_MESSAGE_MS) return;
    const { clock, random, log } = this.#options;
    const message: VoicemailMessage = {
      id: random.hex(12),
      user,
      callerNumber: from.number,
      callerName: from.name,
      receivedAtMs: clock.epochMs(),
      durationMs: Math.round(durationMs),
      isHeard: false,
      call: from.call,
    };
    this.store.add(message, audio);
    log.info({ user, seconds: Math.round(durationMs / 1000) }, 'a message was left');
  }

  #open(user: string): OpenedMailbox {
    const messages = this.store.list(user);
    return {
      user,
      fresh: messages.filter((one) => !one.isHeard),
      saved: messages.filter((one) => one.isHeard),
      hasGreeting: this.store.greeting(user) !== undefined,
    };
  }

  #setPin(user: string, mailboxPin: string): boolean {
    const change = { kind: 'update', list: 'users', id: user, value: { mailboxPin } } as const;
    const result = this.#options.system.apply(change, `mailbox of ${user}`);
    if (!result.ok) this.#options.log.warn({ user, why: result.message }, 'a PIN was not stored');
    return result.ok;
  }

  #spoken(sayings: readonly Saying[], user: User | undefined) {
    const recordings = {
      message: (id: string) => this.store.audio(id),
      greeting: () => (user === undefined ? undefined : this.store.greeting(user.id)),
    };
    return spoken(sayings, this.#language(user), recordings, this.#options.clock.epochMs());
  }

  #language(user: User | undefined): Language {
    return user?.language ?? this.#system().data.company.language;
  }

  #system(): System {
    return this.#options.system.current();
  }

  #user(id: string | undefined): User | undefined {
    return id === undefined ? undefined : this.#system().users.get(id);
  }

  #mailboxOfStation(station: string | undefined): User | undefined {
    const user = this.#user(station === undefined ? undefined : this.#system().userOfStation.get(station));
    return user?.mailbox ? user : undefined;
  }

  /** From outside only mailboxes with a PIN are there. */
  #mailboxAt(number: string): User | undefined {
    const owner = this.#system().numbers.get(number);
    const user = owner?.kind === 'station' ? this.#mailboxOfStation(owner.id) : undefined;
    return user?.mailboxPin === undefined ? undefined : user;
  }
}
