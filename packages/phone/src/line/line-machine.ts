import type { LineRefusal, LineState } from '../state.ts';

/**
 * The registration of this device as a pure machine.
 *
 * Tries follow one schedule: 8 s doubling to 64 s, and 0.5–10 s of chance, so that not everybody comes back in the same moment. A
 * registration is never tried again while a call is up. The *connection* is another matter: who was ready and has merely lost it
 * has not tried anything yet, so the first tries to open it again wait for chance alone, and find a border that has restarted; and
 * a running call cannot be held, moved or ended without one, so while a call is up it is opened again at once and then every few seconds.
 */
export interface LineMachine {
  readonly isWanted: boolean;
  readonly socket: 'closed' | 'opening' | 'open';
  readonly openingSinceMs: number;
  readonly registration: 'none' | 'asking' | 'done';
  /** Tries in a row that came to nothing, and the loss that they began with. */
  readonly failures: number;
  /** Waits of the schedule there were since it was ready. */
  readonly waits: number;
  /** How often the connection may still be tried without a wait of the schedule. */
  readonly soonTries: number;
  readonly isCallUp: boolean;
  /** A try is due and waits for the end of the call. */
  readonly isTryPutOff: boolean;
  readonly nextTryAtMs: number | undefined;
  readonly hasBeenReady: boolean;
  readonly sinceMs: number;
  readonly refusal: { readonly why: LineRefusal; readonly detail: string } | undefined;
  /** Other credentials were asked for since the last registration. */
  readonly hasAskedForCredentials: boolean;
}

export type LineEvent =
  | { readonly type: 'want' }
  | { readonly type: 'unwant' }
  | { readonly type: 'socketOpened' }
  | { readonly type: 'socketClosed' }
  | { readonly type: 'registered' }
  /** `status` is absent where no answer came. */
  | { readonly type: 'registrationFailed'; readonly status?: number; readonly detail: string }
  | { readonly type: 'retryTimer' }
  | { readonly type: 'callUp'; readonly isUp: boolean }
  | { readonly type: 'networkChanged' }
  /** The user does not want to wait. */
  | { readonly type: 'tryNow' }
  /** Another part of the same system is reached again. */
  | { readonly type: 'maybeBack' }
  | { readonly type: 'newCredentials' };

export type LineEffect =
  | { readonly do: 'openSocket' }
  | { readonly do: 'closeSocket' }
  | { readonly do: 'register' }
  | { readonly do: 'startRetryTimer'; readonly delayMs: number }
  | { readonly do: 'stopRetryTimer' }
  /** The phone system does not know these credentials: fetch the connection data anew. */
  | { readonly do: 'askForCredentials' };

export interface LineStep {
  readonly state: LineMachine;
  readonly effects: readonly LineEffect[];
}

/** What a step needs of the world. */
export interface Chance {
  readonly nowMs: number;
  /** At least 0, less than 1. */
  readonly fraction: number;
}

const FIRST_DELAY_MS = 8_000;
const LONGEST_DELAY_MS = 64_000;
const SPREAD_MS = { from: 500, to: 10_000 } as const;
/** Reopening the connection under a running call: at once, then 1, 2, 4, 4 … s. */
const IN_CALL_FIRST_MS = 1_000;
const IN_CALL_LONGEST_MS = 4_000;
/** A connection that has not opened by then is left for another one, under a call; without one a border that has much to do is waited for. */
const IN_CALL_OPEN_MS = 4_000;
/** Two times ten seconds: a border that restarts is back by then, and 10,000 clients are spread well enough. */
const SOON_TRIES = 2;
/** A browser tells a change of the network in several ways within a moment. */
const ONE_CHANGE_MS = 500;
/** After so many tries in a row the phone system counts as unreachable. */
const UNREACHABLE_AFTER = 2;

export const FIRST_LINE: LineMachine = {
  isWanted: false,
  socket: 'closed',
  openingSinceMs: 0,
  registration: 'none',
  failures: 0,
  waits: 0,
  soonTries: 0,
  isCallUp: false,
  isTryPutOff: false,
  nextTryAtMs: undefined,
  hasBeenReady: false,
  sinceMs: 0,
  refusal: undefined,
  hasAskedForCredentials: false,
};

export function stepLine(state: LineMachine, event: LineEvent, chance: Chance): LineStep {
  switch (event.type) {
    case 'want':
      return state.isWanted ? same(state) : open({ ...FIRST_LINE, isCallUp: state.isCallUp, isWanted: true }, chance);
    case 'unwant':
      return { state: { ...FIRST_LINE, isCallUp: state.isCallUp }, effects: [STOP_TIMER, { do: 'closeSocket' }] };
    default:
      return state.isWanted ? stepWanted(state, event, chance) : same(state);
  }
}

const STOP_TIMER: LineEffect = { do: 'stopRetryTimer' };

function same(state: LineMachine): LineStep {
  return { state, effects: [] };
}

function stepWanted(state: LineMachine, event: LineEvent, chance: Chance): LineStep {
  switch (event.type) {
    case 'socketOpened':
      if (state.socket !== 'opening') return same(state);
      return ask({ ...state, socket: 'open' });
    case 'socketClosed':
      if (state.socket === 'closed') return same(state);
      return lost({ ...state, socket: 'closed', registration: 'none' }, chance);
    case 'registered':
      return registered(state, chance);
    case 'registrationFailed':
      return registrationFailed(state, event, chance);
    case 'retryTimer':
      return tryAgain({ ...state, nextTryAtMs: undefined }, chance);
    case 'callUp':
      return callUp(state, event.isUp, chance);
    case 'networkChanged':
      return reopen(state, chance);
    case 'tryNow':
      return state.nextTryAtMs === undefined ? same(state) : tryAgain({ ...state, nextTryAtMs: undefined }, chance);
    case 'maybeBack':
      return sooner(state, chance);
    case 'newCredentials':
      if (state.socket !== 'open' || state.registration === 'asking') return same(state);
      // A registration that stands goes on standing while it is made anew; only that it failed would be told.
      return state.registration === 'done' ? { state, effects: [{ do: 'register' }] } : ask(state);
    default:
      return same(state);
  }
}

function open(state: LineMachine, { nowMs }: Chance): LineStep {
  const sinceMs = state.sinceMs === 0 ? nowMs : state.sinceMs;
  const opening = {
    ...state,
    socket: 'opening',
    openingSinceMs: nowMs,
    nextTryAtMs: undefined,
    isTryPutOff: false,
    sinceMs,
  } as const;
  const effects: LineEffect[] = [STOP_TIMER, { do: 'openSocket' }];
  if (state.isCallUp) effects.push({ do: 'startRetryTimer', delayMs: IN_CALL_OPEN_MS });
  return { state: opening, effects };
}

function ask(state: LineMachine): LineStep {
  const asking = { ...state, registration: 'asking', nextTryAtMs: undefined, isTryPutOff: false } as const;
  return { state: asking, effects: [STOP_TIMER, { do: 'register' }] };
}

function registered(state: LineMachine, { nowMs }: Chance): LineStep {
  const isNews = state.registration !== 'done' || state.failures > 0 || !state.hasBeenReady;
  const ready: LineMachine = {
    ...state,
    registration: 'done',
    failures: 0,
    waits: 0,
    soonTries: SOON_TRIES,
    hasBeenReady: true,
    refusal: undefined,
    hasAskedForCredentials: false,
    sinceMs: isNews ? nowMs : state.sinceMs,
    nextTryAtMs: undefined,
    isTryPutOff: false,
  };
  return { state: ready, effects: [STOP_TIMER] };
}

/** The connection is lost, or was not reached. */
function lost(state: LineMachine, chance: Chance): LineStep {
  const next = noteFailure(state, chance);
  if (state.isCallUp) return later(next, inCallDelayMs(state.failures), chance.nowMs);
  if (state.soonTries === 0) return scheduled(next, chance);
  return later({ ...next, soonTries: state.soonTries - 1 }, spreadMs(chance.fraction), chance.nowMs);
}

/** A registration came to nothing. */
function failed(state: LineMachine, chance: Chance): LineStep {
  return scheduled({ ...noteFailure(state, chance), soonTries: 0 }, chance);
}

function noteFailure(state: LineMachine, { nowMs }: Chance): LineMachine {
  const wasReady = state.hasBeenReady && state.failures === 0;
  return { ...state, failures: state.failures + 1, sinceMs: wasReady ? nowMs : state.sinceMs };
}

function scheduled(state: LineMachine, { nowMs, fraction }: Chance): LineStep {
  return later({ ...state, waits: state.waits + 1 }, delayMs(state.waits, fraction), nowMs);
}

function registrationFailed(
  state: LineMachine,
  { status, detail }: LineEvent & { type: 'registrationFailed' },
  chance: Chance,
): LineStep {
  // With the connection the answer is lost, too: what happens then was decided when the connection went.
  if (state.socket !== 'open') return same(state);
  // Who says nothing at all is not there: another connection may lead to one who is.
  if (status === undefined) {
    const closed = { ...state, socket: 'closed', registration: 'none' } as const;
    const { state: next, effects } = state.isCallUp ? lost(closed, chance) : failed(closed, chance);
    return { state: next, effects: [{ do: 'closeSocket' }, ...effects] };
  }
  const isRefusal = status === 401 || status === 403 || status === 404 || status === 407;
  if (!isRefusal) return failed({ ...state, registration: 'none' }, chance);
  if (!state.hasAskedForCredentials) {
    const asked = { ...state, registration: 'none', hasAskedForCredentials: true } as const;
    const { state: next, effects } = failed(asked, chance);
    return { state: next, effects: [...effects, { do: 'askForCredentials' }] };
  }
  return failed({ ...state, registration: 'none', refusal: { why: 'credentials', detail } }, chance);
}

function tryAgain(state: LineMachine, chance: Chance): LineStep {
  if (state.socket === 'closed') return open(state, chance);
  if (state.socket === 'opening') return state.isCallUp ? open(noteFailure(state, chance), chance) : same(state);
  if (state.registration !== 'none') return same(state);
  if (state.isCallUp) return { state: { ...state, isTryPutOff: true }, effects: [] };
  return ask(state);
}

function callUp(state: LineMachine, isUp: boolean, chance: Chance): LineStep {
  if (isUp === state.isCallUp) return same(state);
  // The quick tries for the call's sake were no reason to wait the longer after it.
  const failures = isUp ? state.failures : Math.min(state.failures, 1);
  const next = { ...state, isCallUp: isUp, failures };
  if (!isUp && state.isTryPutOff) return tryAgain({ ...next, isTryPutOff: false }, chance);
  return same(next);
}

/** The old connection may hang for minutes, also one that is just being opened: a new one is opened without asking it. */
function reopen(state: LineMachine, chance: Chance): LineStep {
  // What is told twice is one change.
  if (state.socket === 'opening' && chance.nowMs - state.openingSinceMs < ONE_CHANGE_MS) return same(state);
  const { state: next, effects } = open({ ...state, registration: 'none' }, chance);
  return { state: next, effects: state.socket === 'open' ? [{ do: 'closeSocket' }, ...effects] : effects };
}

function later(state: LineMachine, delayMs: number, nowMs: number): LineStep {
  return { state: { ...state, nextTryAtMs: nowMs + delayMs }, effects: [{ do: 'startRetryTimer', delayMs }] };
}

/** Not all at once: everybody hears of it in the same moment. */
function sooner(state: LineMachine, { nowMs, fraction }: Chance): LineStep {
  const delayMs = spreadMs(fraction);
  const isLater = state.nextTryAtMs !== undefined && state.nextTryAtMs > nowMs + delayMs;
  return isLater ? later(state, delayMs, nowMs) : same(state);
}

/** The wait of the schedule after so many of them. */
export function delayMs(waitsBefore: number, fraction: number): number {
  const base = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(waitsBefore, 10));
  return base + spreadMs(fraction);
}

function spreadMs(fraction: number): number {
  return Math.round(SPREAD_MS.from + fraction * (SPREAD_MS.to - SPREAD_MS.from));
}

function inCallDelayMs(failuresBefore: number): number {
  if (failuresBefore === 0) return 0;
  return Math.min(IN_CALL_LONGEST_MS, IN_CALL_FIRST_MS * 2 ** (failuresBefore - 1));
}

/** The state as people are told. */
export function lineOf(state: LineMachine): LineState {
  const { isWanted, registration, failures, hasBeenReady, sinceMs, nextTryAtMs, refusal } = state;
  if (!isWanted) return { phase: 'signedOut' };
  if (refusal !== undefined && registration !== 'done') return { phase: 'refused', ...refusal };
  if (registration === 'done' && state.socket === 'open') return { phase: 'ready', sinceMs };
  const next = nextTryAtMs === undefined ? {} : { nextTryAtMs };
  if (failures >= UNREACHABLE_AFTER) return { phase: 'unreachable', sinceMs, ...next };
  if (hasBeenReady) return { phase: 'reconnecting', sinceMs, ...next };
  return { phase: 'connecting' };
}
