import type { Saying } from './speech.ts';

/** What the menu knows of a message. */
export interface MenuMessage {
  readonly id: string;
  readonly callerNumber: string | undefined;
  readonly receivedAtMs: number;
}

/** What the menu knows of a mailbox when it is opened; lists are oldest first. */
export interface OpenedMailbox {
  readonly user: string;
  readonly fresh: readonly MenuMessage[];
  readonly saved: readonly MenuMessage[];
  readonly hasGreeting: boolean;
}

/**
 * A conversation with a mailbox, seen as a machine.
 *
 *     number ──► pin ──► main ──┬─► message ─┬─► main
 *                 │ ▲           ├─► greeting ├─► recording
 *                 ▼ │           └─► newPin   │
 *               over            over ◄───────┘ (hang-up, three wrong PINs, silence)
 */
export type MenuState =
  /** A stranger says whose mailbox it is to be. */
  | { readonly at: 'number'; readonly digits: string }
  /** `user` undefined: there is no such mailbox, which the caller learns as a wrong PIN. */
  | { readonly at: 'pin'; readonly user: string | undefined; readonly digits: string; readonly tries: number }
  | { readonly at: 'main'; readonly box: OpenedMailbox; readonly silences: number }
  | {
      readonly at: 'message';
      readonly box: OpenedMailbox;
      readonly list: readonly MenuMessage[];
      readonly index: number;
    }
  | { readonly at: 'greeting'; readonly box: OpenedMailbox }
  | { readonly at: 'recording'; readonly box: OpenedMailbox }
  | { readonly at: 'newPin'; readonly box: OpenedMailbox; readonly digits: string; readonly first: string | undefined }
  | { readonly at: 'over' };

export type MenuEvent =
  | { readonly kind: 'digit'; readonly digit: string }
  /** Nothing was pressed for a while after all had been said. */
  | { readonly kind: 'silence' }
  /** The longest greeting has been recorded. */
  | { readonly kind: 'full' }
  /** What was asked for by `check` or `open`. */
  | { readonly kind: 'opened'; readonly box: OpenedMailbox }
  | { readonly kind: 'refused' }
  /** The answer to `storeGreeting`; false when nothing had been recorded. */
  | { readonly kind: 'stored'; readonly isStored: boolean };

export type MenuEffect =
  | { readonly kind: 'say'; readonly sayings: readonly Saying[] }
  /** Asks whether these digits are the number of a mailbox: answered by the next state's PIN question. */
  | { readonly kind: 'check'; readonly user: string | undefined; readonly pin: string }
  | { readonly kind: 'heard' | 'delete'; readonly message: string }
  | { readonly kind: 'record' }
  | { readonly kind: 'storeGreeting' }
  | { readonly kind: 'removeGreeting' }
  | { readonly kind: 'setPin'; readonly pin: string }
  | { readonly kind: 'reopen' }
  | { readonly kind: 'hangUp' };

export interface MenuStep {
  readonly state: MenuState;
  readonly effects: readonly MenuEffect[];
}

export const MAX_PIN_TRIES = 3;
const MAX_SILENCES = 2;
const MIN_PIN_DIGITS = 4;
const MAX_PIN_DIGITS = 10;
const MAX_NUMBER_DIGITS = 15;

/** Begins: with an own mailbox that needs no PIN, one that does, or with the question whose it is. */
export function begin(
  entry: { readonly open: OpenedMailbox } | { readonly pinOf: string } | { readonly anybody: true },
): MenuStep {
  if ('open' in entry) return greet(entry.open);
  if ('pinOf' in entry) return askPin(entry.pinOf, 0, []);
  return { state: { at: 'number', digits: '' }, effects: [say('enterMailbox')] };
}

/** One step. `userOf` tells whose mailbox a number is; undefined for none. */
export function step(state: MenuState, event: MenuEvent, userOf: (number: string) => string | undefined): MenuStep {
  switch (state.at) {
    case 'number':
      return onNumber(state, event, userOf);
    case 'pin':
      return onPin(state, event);
    case 'main':
      return onMain(state, event);
    case 'message':
      return onMessage(state, event);
    case 'greeting':
      return onGreeting(state, event);
    case 'recording':
      return onRecording(state, event);
    case 'newPin':
      return onNewPin(state, event);
    case 'over':
      return { state, effects: [] };
  }
}

type At<Name extends MenuState['at']> = Extract<MenuState, { readonly at: Name }>;

function onNumber(state: At<'number'>, event: MenuEvent, userOf: (number: string) => string | undefined): MenuStep {
  if (event.kind === 'silence') return state.digits === '' ? leave() : askPin(userOf(state.digits), 0, []);
  if (event.kind !== 'digit') return stay(state);
  if (event.digit === '#') return askPin(userOf(state.digits), 0, []);
  if (event.digit === '*') return { state: { ...state, digits: '' }, effects: [say('enterMailbox')] };
  return stay({ ...state, digits: (state.digits + event.digit).slice(0, MAX_NUMBER_DIGITS) });
}

function askPin(user: string | undefined, tries: number, before: readonly Saying[]): MenuStep {
  const sayings: readonly Saying[] = [...before, { say: 'enterPin' }];
  return { state: { at: 'pin', user, digits: '', tries }, effects: [{ kind: 'say', sayings }] };
}

function onPin(state: At<'pin'>, event: MenuEvent): MenuStep {
  switch (event.kind) {
    case 'opened':
      return greet(event.box);
    case 'refused':
      return state.tries + 1 >= MAX_PIN_TRIES
        ? over([say('noEntry')])
        : askPin(state.user, state.tries + 1, [{ say: 'wrongPin' }]);
    case 'silence':
      return state.digits === '' ? leave() : check(state);
    case 'digit':
      if (event.digit === '#') return check(state);
      if (event.digit === '*') return askPin(state.user, state.tries, []);
      return stay({ ...state, digits: (state.digits + event.digit).slice(0, MAX_PIN_DIGITS) });
    default:
      return stay(state);
  }
}

function check(state: At<'pin'>): MenuStep {
  return { state: { ...state, digits: '' }, effects: [{ kind: 'check', user: state.user, pin: state.digits }] };
}

/** How many there are, and what can be done. */
function greet(box: OpenedMailbox): MenuStep {
  const { fresh, saved } = box;
  const counts: Saying[] = [];
  if (fresh.length > 0) counts.push({ count: fresh.length, of: 'new' });
  if (saved.length > 0) counts.push({ count: saved.length, of: 'saved' });
  if (counts.length === 0) counts.push({ say: 'noMessages' });
  return toMain(box, counts);
}

function toMain(box: OpenedMailbox, before: readonly Saying[] = []): MenuStep {
  return {
    state: { at: 'main', box, silences: 0 },
    effects: [{ kind: 'say', sayings: [...before, { say: 'mainMenu' }] }],
  };
}

function onMain(state: At<'main'>, event: MenuEvent): MenuStep {
  const { box } = state;
  if (event.kind === 'opened') return greet(event.box);
  if (event.kind === 'silence') {
    if (state.silences + 1 >= MAX_SILENCES) return leave();
    return { state: { ...state, silences: state.silences + 1 }, effects: [say('mainMenu')] };
  }
  if (event.kind !== 'digit') return stay(state);
  switch (event.digit) {
    case '1':
      return toMessages(box, box.fresh.length > 0 ? box.fresh : box.saved);
    case '2':
      return toMessages(box, box.saved);
    case '3':
      return { state: { at: 'greeting', box }, effects: [say('greetingMenu')] };
    case '4':
      return { state: { at: 'newPin', box, digits: '', first: undefined }, effects: [say('newPin')] };
    case '*':
    case '#':
      return leave();
    default:
      return toMain(box);
  }
}

function toMessages(box: OpenedMailbox, list: readonly MenuMessage[]): MenuStep {
  return list.length === 0 ? toMain(box, [{ say: 'noMessages' }]) : playAt(box, list, 0);
}

/** Who and when, the message, and what can be done with it; heard counts from the moment it is played. */
function playAt(
  box: OpenedMailbox,
  list: readonly MenuMessage[],
  index: number,
  before: readonly Saying[] = [],
): MenuStep {
  const message = list[index];
  if (!message) return { state: { at: 'main', box, silences: 0 }, effects: [say('endOfMessages', before), reopen] };
  const from: Saying = message.callerNumber === undefined ? { say: 'unknownCaller' } : { digits: message.callerNumber };
  const sayings: readonly Saying[] = [
    ...before,
    { time: message.receivedAtMs },
    { say: 'from' },
    from,
    { message: message.id },
    { say: 'messageMenu' },
  ];
  return {
    state: { at: 'message', box, list, index },
    effects: [
      { kind: 'heard', message: message.id },
      { kind: 'say', sayings },
    ],
  };
}

function onMessage(state: At<'message'>, event: MenuEvent): MenuStep {
  const { box, list, index } = state;
  if (event.kind === 'silence') return playAt(box, list, index + 1, [{ say: 'saved' }]);
  if (event.kind !== 'digit') return stay(state);
  switch (event.digit) {
    case '1':
      return playAt(box, list, index);
    case '2':
    case '#':
      return playAt(box, list, index + 1, [{ say: 'saved' }]);
    case '3': {
      const { state: next, effects } = playAt(box, list, index + 1, [{ say: 'deleted' }]);
      const { id } = list[index] as MenuMessage;
      return { state: next, effects: [{ kind: 'delete', message: id }, ...effects] };
    }
    case '*':
      return { state: { at: 'main', box, silences: 0 }, effects: [reopen] };
    default:
      return { state, effects: [say('messageMenu')] };
  }
}

function onGreeting(state: At<'greeting'>, event: MenuEvent): MenuStep {
  const { box } = state;
  if (event.kind === 'silence') return toMain(box);
  if (event.kind !== 'digit') return stay(state);
  switch (event.digit) {
    case '1': {
      const own: Saying = box.hasGreeting ? { greeting: 'own' } : { say: 'noGreeting' };
      return { state, effects: [{ kind: 'say', sayings: [own, { say: 'greetingMenu' }] }] };
    }
    case '2':
      return { state: { at: 'recording', box }, effects: [say('recordGreeting'), { kind: 'record' }] };
    case '3':
      return {
        state: { at: 'greeting', box: { ...box, hasGreeting: false } },
        effects: [{ kind: 'removeGreeting' }, say('greetingMenu', [{ say: 'greetingRemoved' }])],
      };
    default:
      return toMain(box);
  }
}

/** Any key ends the recording, and so does a silence or the longest time. */
function onRecording({ box }: At<'recording'>, event: MenuEvent): MenuStep {
  if (event.kind === 'stored') {
    const before: readonly Saying[] = event.isStored ? [{ say: 'greetingStored' }] : [];
    const hasGreeting = box.hasGreeting || event.isStored;
    return { state: { at: 'greeting', box: { ...box, hasGreeting } }, effects: [say('greetingMenu', before)] };
  }
  if (event.kind === 'digit' && event.digit === '*') {
    return { state: { at: 'greeting', box }, effects: [say('greetingMenu')] };
  }
  return { state: { at: 'recording', box }, effects: [{ kind: 'storeGreeting' }] };
}

function onNewPin(state: At<'newPin'>, event: MenuEvent): MenuStep {
  const { box, digits, first } = state;
  if (event.kind === 'digit' && event.digit !== '#' && event.digit !== '*') {
    return stay({ ...state, digits: (digits + event.digit).slice(0, MAX_PIN_DIGITS) });
  }
  if (event.kind !== 'silence' && event.kind !== 'digit') return stay(state);
  if ((event.kind === 'digit' && event.digit === '*') || digits === '') return toMain(box);
  if (digits.length < MIN_PIN_DIGITS) {
    return { state: { ...state, digits: '' }, effects: [say('newPin', [{ say: 'pinTooShort' }])] };
  }
  if (first === undefined) return { state: { ...state, digits: '', first: digits }, effects: [say('newPinAgain')] };
  if (first !== digits) {
    return {
      state: { ...state, digits: '', first: undefined },
      effects: [say('newPin', [{ say: 'pinsDiffer' }])],
    };
  }
  const next = toMain(box, [{ say: 'pinStored' }]);
  return { state: next.state, effects: [{ kind: 'setPin', pin: digits }, ...next.effects] };
}

const reopen: MenuEffect = { kind: 'reopen' };

function say(name: Extract<Saying, { readonly say: string }>['say'], before: readonly Saying[] = []): MenuEffect {
  return { kind: 'say', sayings: [...before, { say: name }] };
}

function stay(state: MenuState): MenuStep {
  return { state, effects: [] };
}

function leave(): MenuStep {
  return over([say('goodbye')]);
}

function over(effects: readonly MenuEffect[]): MenuStep {
  return { state: { at: 'over' }, effects: [...effects, { kind: 'hangUp' }] };
}
