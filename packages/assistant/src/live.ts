import { createHash } from 'node:crypto';
import type { UpBody } from '@unisono/contract';
import type { System, UserCall } from '@unisono/pbx';
import type { AssistantClock, AssistantLog, MailboxPort, NowPort } from './ports.ts';

/** How soon the cloud hears of a call: a notification on a closed app has to go within 300 ms of the answer, all the way included. */
const LOOK_MS = 50;
/** So long a ringing or its end is worth waking somebody for. */
const CALL_PUSH_MS = 60_000;
/** And a message. */
const MESSAGE_PUSH_MS = 86_400_000;

export interface LiveParts {
  readonly now: NowPort;
  readonly mailboxes: MailboxPort | undefined;
  readonly system: () => System;
  readonly clock: AssistantClock;
  readonly log: AssistantLog;
  /** The directory's person of a user; undefined when nobody is matched. */
  personOf(user: string): string | undefined;
  /** False: what happens now is told to nobody, for later it is of no use. */
  isUp(): boolean;
  tell(...bodies: UpBody[]): void;
}

type Known = ReadonlyMap<string, UserCall>;

/** Tells the cloud what runs on users' devices, wakes their clients, and says what is in their mailboxes. */
export class LiveTeller {
  readonly #parts: LiveParts;
  readonly #known = new Map<string, Known>();
  /** Messages that somebody was woken for, or that were there before. */
  readonly #messages = new Map<string, ReadonlySet<string>>();
  #mark = 0;
  #stop: () => void = () => {};
  #isClosed = false;

  constructor(parts: LiveParts) {
    this.#parts = parts;
  }

  start(): void {
    const { mailboxes, system } = this.#parts;
    if (mailboxes) for (const id of system().users.keys()) this.#messages.set(id, idsOf(mailboxes, id));
    mailboxes?.onChange((user) => this.#mailboxChanged(user));
    this.#lookLater();
  }

  close(): void {
    this.#isClosed = true;
    this.#stop();
  }

  /** What is in the mailbox of a user (RFC 3842), for a person of the directory; nothing of an empty one, unless asked to. */
  messageWaiting(person: string, user: string, alsoNone = false): UpBody[] {
    const { mailboxes, clock, system } = this.#parts;
    if (!mailboxes || !system().users.get(user)?.mailbox) return [];
    const { messages } = mailboxes.box(user);
    if (messages.length === 0 && !alsoNone) return [];
    const oldMessages = messages.filter(({ isHeard }) => isHeard).length;
    const newMessages = messages.length - oldMessages;
    return [{ kind: 'messageWaiting', userId: person, messages: { newMessages, oldMessages, atMs: clock.epochMs() } }];
  }

  #lookLater(): void {
    if (!this.#isClosed) this.#stop = this.#parts.clock.after(LOOK_MS, () => this.#look());
  }

  #look(): void {
    try {
      const { now, system } = this.#parts;
      const { mark, stations } = now.changedCalls(this.#mark);
      this.#mark = mark;
      const bodies = stations.flatMap(({ station, calls }) => {
        const user = system().userOfStation.get(station);
        return user === undefined ? [] : this.#news(user, new Map(calls.map((call) => [call.id, call])));
      });
      // All at once: what is told is written down first.
      if (bodies.length > 0) this.#parts.tell(...bodies);
    } catch (err) {
      this.#parts.log.error({ err }, 'running calls could not be told');
    }
    this.#lookLater();
  }

  #news(user: string, calls: Known): UpBody[] {
    const before = this.#known.get(user) ?? new Map<string, UserCall>();
    if (calls.size === 0) this.#known.delete(user);
    else this.#known.set(user, calls);
    const person = this.#parts.personOf(user);
    if (person === undefined || !this.#parts.isUp()) return [];
    return [...this.#started(person, before, calls), ...this.#ended(person, before, calls)];
  }

  *#started(person: string, before: Known, calls: Known): Generator<UpBody> {
    for (const [id, call] of calls) {
      const known = before.get(id);
      if (known && printOf(known) === printOf(call)) continue;
      const isSecondCall = [...calls.values()].some(
        (other) => other.id !== id && other.startedAtMs <= call.startedAtMs,
      );
      yield this.#callEvent(person, call, call.state, isSecondCall);
      if (known === undefined && isRinging(call)) yield this.#push(person, call, 'incomingCall');
      if (known !== undefined && isRinging(known) && !isRinging(call)) yield this.#push(person, call, 'callEnded');
    }
  }

  *#ended(person: string, before: Known, calls: Known): Generator<UpBody> {
    for (const [id, call] of before) {
      if (calls.has(id)) continue;
      yield this.#callEvent(person, call, 'ended', false);
      if (isRinging(call)) yield this.#push(person, call, 'callEnded');
    }
  }

  #callEvent(person: string, call: UserCall, state: string, isSecondCall: boolean): UpBody {
    const { direction, device, startedAtMs } = call;
    return {
      kind: 'callEvent',
      userId: person,
      event: {
        callId: callIdOf(call),
        direction,
        state,
        party: shownParty(call.party),
        ...(device !== undefined && { device }),
        isSecondCall,
        atMs: this.#parts.clock.epochMs(),
        startedAtMs,
      },
    };
  }

  #push(person: string, call: UserCall, kind: 'incomingCall' | 'callEnded'): UpBody {
    const callId = callIdOf(call);
    return {
      kind: 'pushRequest',
      userId: person,
      push: {
        pushId: hash(`${kind} ${callId} ${person}`),
        kind,
        callId,
        party: shownParty(call.party),
        expiresAtMs: this.#parts.clock.epochMs() + CALL_PUSH_MS,
      },
    };
  }

  #mailboxChanged(user: string): void {
    const { mailboxes, clock, personOf, tell } = this.#parts;
    if (!mailboxes) return;
    const before = this.#messages.get(user);
    this.#messages.set(user, idsOf(mailboxes, user));
    const person = personOf(user);
    if (person === undefined) return;
    const fresh = mailboxes.box(user).messages.filter((one) => !one.isHeard && !before?.has(one.messageId));
    const pushes = fresh.map(
      ({ messageId, party }): UpBody => ({
        kind: 'pushRequest',
        userId: person,
        push: {
          pushId: hash(`voicemail ${messageId}`),
          kind: 'voicemail',
          party: shownParty(party),
          expiresAtMs: clock.epochMs() + MESSAGE_PUSH_MS,
        },
      }),
    );
    tell(...this.messageWaiting(person, user, true), ...pushes);
  }
}

function idsOf(mailboxes: MailboxPort, user: string): ReadonlySet<string> {
  return new Set(mailboxes.box(user).messages.map(({ messageId }) => messageId));
}

function isRinging({ direction, state }: UserCall): boolean {
  return direction === 'incoming' && state === 'alerting';
}

function printOf({ state, device, party }: UserCall): string {
  return JSON.stringify([state, device, party.number, party.name]);
}

/** As the history names it. */
function callIdOf({ id }: UserCall): string {
  return hash(id);
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

function shownParty({ number, name }: UserCall['party']): { number?: string; name?: string } {
  const shown = name?.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/gu, ' ').slice(0, 200);
  const isNumber = number !== undefined && /^[+*#\d][\d*#() /.,;-]{0,39}$/.test(number);
  return { ...(isNumber && { number }), ...(shown && { name: shown }) };
}
