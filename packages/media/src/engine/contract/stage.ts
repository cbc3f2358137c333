import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type AnswerRequest,
  type MediaEngine,
  type MediaEngineErrorCode,
  type MediaEngineResult,
  type MediaKey,
  type MediaProfile,
  type MediaSide,
  type OfferRequest,
  PLAIN,
  SDES,
  WEBRTC,
} from '../engine.ts';
import type { Party } from './party.ts';
import { RtpParty, type RtpPartyOptions } from './rtp-party.ts';
import { WebParty } from './web-party.ts';

const FRAME_MS = 20;
const PATIENCE_MS = 10_000;
/** How long silence has to last to count. */
const SILENCE_FRAMES = 15;

export const KINDS = ['plain', 'sdes', 'web'] as const;
export type Kind = (typeof KINDS)[number];

export const PROFILES: Readonly<Record<Kind, MediaProfile>> = { plain: PLAIN, sdes: SDES, web: WEBRTC };
/** The kinds of party that are met on each side of a border. */
export const SIDES: Readonly<Record<Kind, MediaSide>> = { plain: 'inside', sdes: 'outside', web: 'outside' };

/** A party with its tag. */
export interface Actor {
  readonly tag: string;
  readonly kind: Kind;
  readonly party: Party;
}

/** One test: parties, one call, and everything closed at the end. */
export class Stage {
  readonly engine: MediaEngine;
  readonly callId: string;
  readonly #parties: Party[] = [];

  constructor(engine: MediaEngine, callId: string) {
    this.engine = engine;
    this.callId = callId;
  }

  async actor(tag: string, kind: Kind, toneHz: number, options: Partial<RtpPartyOptions> = {}): Promise<Actor> {
    const party =
      kind === 'web'
        ? new WebParty(toneHz, options.eventNumber)
        : await RtpParty.open({ ...options, toneHz, isSdes: kind === 'sdes' });
    this.#parties.push(party);
    return { tag, kind, party };
  }

  /** A browser, with what only it can do. */
  browser(tag: string, toneHz: number) {
    const party = new WebParty(toneHz);
    this.#parties.push(party);
    return { tag, kind: 'web', party } as const;
  }

  /** A phone of the plain kind, with what only it can do. */
  async phone(tag: string, toneHz: number, options: Partial<RtpPartyOptions> = {}) {
    const party = await RtpParty.open({ ...options, toneHz });
    this.#parties.push(party);
    return { tag, kind: 'plain', party } as const;
  }

  offerRequest(from: Actor, to: Actor, sdp: string, key: Partial<MediaKey> = {}): OfferRequest {
    const parties = { from: sideOf(from), to: sideOf(to), profile: PROFILES[to.kind] };
    return { callId: this.callId, fromTag: from.tag, ...key, sdp, ...parties };
  }

  answerRequest(offerer: Actor, answerer: Actor, sdp: string, key: Partial<MediaKey> = {}): AnswerRequest {
    const tags = { fromTag: offerer.tag, toTag: answerer.tag };
    return { callId: this.callId, ...tags, ...key, sdp, from: sideOf(answerer) };
  }

  /** One whole exchange; gives what each was told. */
  async exchange(from: Actor, to: Actor, offer?: string, key: Partial<MediaKey> = {}) {
    const offered = sdpOf(
      await this.engine.offer(this.offerRequest(from, to, offer ?? (await from.party.offer()), key)),
    );
    const answered = await this.answer(from, to, await to.party.answer(offered), key);
    return { offered, answered };
  }

  /** The answer's half of an exchange. */
  async answer(from: Actor, to: Actor, sdp: string, key: Partial<MediaKey> = {}): Promise<string> {
    const { viaBranch } = key;
    const answered = sdpOf(await this.engine.answer(this.answerRequest(from, to, sdp, viaBranch ? { viaBranch } : {})));
    await from.party.accept(answered);
    return answered;
  }

  async close(): Promise<void> {
    await this.engine.delete({ callId: this.callId });
    await Promise.all(this.#parties.map((party) => party.close()));
  }
}

function sideOf({ kind }: Actor) {
  return { side: SIDES[kind], signalledFrom: ['127.0.0.1'] };
}

export function sdpOf(result: MediaEngineResult): string {
  assert.ok(result.ok, JSON.stringify(result));
  return result.sdp;
}

export function codeOf(result: MediaEngineResult): MediaEngineErrorCode | 'ok' {
  if (!result.ok) assert.match(result.error.message, /\w+ \w+/, 'a sentence for people');
  return result.ok ? 'ok' : result.error.code;
}

/** Both speak until both hear the other. */
export async function converse(a: Party, b: Party): Promise<void> {
  await speakUntil(
    [a, b],
    () => a.hears(b.toneHz) && b.hears(a.toneHz),
    () => `${told(a)}; ${told(b)}`,
  );
}

/** One speaks until the other hears it. */
export async function hear(speaker: Party, listener: Party): Promise<void> {
  await speakUntil(
    [speaker],
    () => listener.hears(speaker.toneHz),
    () => told(listener),
  );
}

/** They speak, and the listener hears nothing at all. */
export async function hearNothing(speakers: readonly Party[], listener: Party): Promise<void> {
  // What is on its way may still come.
  await delay(2 * FRAME_MS);
  listener.heard = [];
  for (let frame = 0; frame < SILENCE_FRAMES; frame++) {
    for (const party of speakers) party.speak();
    await delay(FRAME_MS);
  }
  assert.deepEqual(listener.heard, []);
}

async function speakUntil(speakers: readonly Party[], isEnough: () => boolean, tell: () => string): Promise<void> {
  for (const party of speakers) party.heard = [];
  for (let waitedMs = 0; !isEnough(); waitedMs += FRAME_MS) {
    if (waitedMs > PATIENCE_MS) assert.fail(`not heard: ${tell()}`);
    for (const party of speakers) party.speak();
    await delay(FRAME_MS);
  }
}

function told(party: Party): string {
  return `the party at ${party.toneHz} Hz has ${party.heard.length} packets`;
}

export async function until(isDone: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let waitedMs = 0; !(await isDone()); waitedMs += FRAME_MS) {
    if (waitedMs > PATIENCE_MS) assert.fail(`not within ${PATIENCE_MS} ms: ${what}`);
    await delay(FRAME_MS);
  }
}
