/** Anna in a browser outside and Ben at a phone inside: the pair that most stories at the border need, and their calls. */
import type { SystemData } from '@unisono/pbx';
import type { Cast } from '../interop/cast.ts';
import type { Unisono } from '../interop/unisono.ts';
import { type Watch, watch } from '../interop/watch.ts';
import type { Baresip, BrowserPhone, PeerName } from '../peers/index.ts';

/** What each of them says. */
export const [ANNA_HZ, BEN_HZ, EVA_HZ] = [440, 660, 550];

/** The programs that such a pair needs, when Anna's browser is Chromium. */
export const PAIR_PEERS: readonly PeerName[] = ['chromium', 'baresip'];

/** Registers both; `web` is on its way to being Anna's page. */
export async function startPair(cast: Cast, gateway: Unisono, web: Promise<BrowserPhone>): Promise<Pair> {
  const [ben, anna] = await Promise.all([cast.baresip(gateway.desk('4021'), BEN_HZ), web]);
  return new Pair(anna, ben);
}

export class Pair {
  readonly web: BrowserPhone;
  readonly ben: Baresip;

  constructor(web: BrowserPhone, ben: Baresip) {
    this.web = web;
    this.ben = ben;
  }

  /** Anna calls Ben's number; resolves when both hear each other. */
  async annaCalls(): Promise<PairCall> {
    const seen = watch(this.ben);
    const id = await this.web.call('sip:4021@127.0.0.1', ANNA_HZ);
    await seen.event('CALL_INCOMING');
    await this.ben.answer();
    return this.#connected(id, seen, BEN_HZ);
  }

  /** Ben calls Anna's number and she answers in the browser; resolves when both hear each other. */
  benCalls(): Promise<PairCall> {
    return this.isCalledBy(this.ben, BEN_HZ);
  }

  /** Another phone, which says that tone, calls Anna's number, as Ben does. */
  async isCalledBy(phone: Baresip, toneHz: number): Promise<PairCall> {
    const [known, seen] = [(await this.web.view()).calls.length, watch(phone)];
    await phone.dial('4020');
    const { id } = await this.web.waitForCall(known);
    await this.web.answer(id, ANNA_HZ);
    await seen.event('CALL_ESTABLISHED');
    return this.#connected(id, seen, toneHz);
  }

  async #connected(id: number, seen: Watch, toneHz: number): Promise<PairCall> {
    const call = new PairCall(this.web, id, seen, toneHz);
    await call.bothHear();
    return call;
  }
}

/** A call between the browser and a phone, seen from both ends. */
export class PairCall {
  /** By which the browser knows it. */
  readonly id: number;
  /** What the phone has told since before the call. */
  readonly seen: Watch;
  readonly #web: BrowserPhone;
  readonly #toneHz: number;

  constructor(web: BrowserPhone, id: number, seen: Watch, toneHz: number) {
    this.#web = web;
    this.id = id;
    this.seen = seen;
    this.#toneHz = toneHz;
  }

  /** Resolves when each hears what the other says now. */
  async bothHear(timeoutMs?: number): Promise<void> {
    await Promise.all([
      this.#web.waitForTone(this.id, this.#toneHz, timeoutMs),
      this.seen.phone.waitForTone(ANNA_HZ, timeoutMs),
    ]);
  }

  /** Anna hangs up; resolves when both ends know. */
  async annaHangsUp(): Promise<void> {
    await this.#web.hangUp(this.id);
    await this.hasEnded();
  }

  /** The phone hangs up; resolves when both ends know. */
  async phoneHangsUp(): Promise<void> {
    await this.seen.phone.hangup();
    await this.hasEnded();
  }

  async hasEnded(): Promise<void> {
    await Promise.all([this.#web.waitForState(this.id, 'ended'), this.seen.event('CALL_CLOSED')]);
  }
}

/** The company with these stations' desk phones outside, so that the border lets them in. */
export function withPhonesOutside(...stations: readonly string[]): (data: SystemData) => SystemData {
  return (data) => ({
    ...data,
    stations: data.stations.map((one) =>
      stations.includes(one.id) && one.device ? { ...one, device: { ...one.device, remote: true } } : one,
    ),
  });
}
