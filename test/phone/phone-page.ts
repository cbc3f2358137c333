/** A browser's tab with the phone in it, driven from the test: screens or not, the state is the same. */
import { join } from 'node:path';
import type { Outcome, PhoneState } from '@unisono/phone';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { build, type Rolldown } from 'vite';
import { energy, energyAt } from '../peers/audio.ts';
import type { StandIns } from '../peers/browser/launch.ts';
import { peerPath } from '../peers/index.ts';

const ENTRY = join(import.meta.dirname, 'page', 'bare.ts');
const HTML =
  '<!doctype html><meta charset="utf-8"><title>A phone without screens</title><script type="module" src="/bare.js"></script>';
const POLL_MS = 40;
const WAIT_MS = 12_000;
/** Share of the energy that has to lie at the frequency, and the least energy that is no silence. */
const TONE_SHARE = 0.8;
export const SILENCE = 1e-5;
/** The same where several tones are heard at once. */
const TOGETHER_SHARE = 0.2;

let bundle: Promise<string> | undefined;

function script(): Promise<string> {
  bundle ??= build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, minify: false, lib: { entry: ENTRY, formats: ['es'], fileName: 'bare' } },
  }).then((made) => {
    const { output } = (made as Rolldown.RolldownOutput[])[0] ?? (made as Rolldown.RolldownOutput);
    return output[0].code;
  });
  return bundle;
}

/** A camera and a microphone that everybody may use. */
export const FAKE_DEVICES = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'] as const;

/** Chromium that lets pages listen and speak; what its camera and microphone take up can be given. */
export function launchChromium(devices: readonly string[] = FAKE_DEVICES): Promise<Browser> {
  return chromium.launch({
    executablePath: peerPath('chromium'),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      ...devices,
      '--autoplay-policy=no-user-gesture-required',
      '--allow-loopback-in-peer-connection',
      // Chromium takes a page that the test put in place for one of the Internet, which may not connect to this machine.
      '--disable-features=WebRtcHideLocalIpsWithMdns,LocalNetworkAccessChecks',
      '--disable-background-networking',
      // A service worker is not fetched from a door whose certificate is only passed over.
      '--ignore-certificate-errors',
    ],
  });
}

/** A device of its own: storage, tabs. */
export async function newDevice(browser: Browser, door: string): Promise<BrowserContext> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  for (const [address, answer] of Object.entries(await standIns(door)))
    await context.route(address, (route) => route.fulfill(answer));
  return context;
}

/** The page without screens, served by the door as far as it can tell: the Connector behind it is of the same origin. */
export async function standIns(door: string): Promise<StandIns> {
  return {
    [`${door}/bare`]: { contentType: 'text/html', body: HTML },
    [`${door}/bare.js`]: { contentType: 'text/javascript', body: await script() },
  };
}

/** What a page is asked by. */
interface Asked {
  evaluate(expression: string): Promise<unknown>;
}

export class PhonePage {
  readonly #asked: Asked;
  readonly #page: Page | undefined;

  private constructor(asked: Asked, page?: Page) {
    this.#asked = asked;
    this.#page = page;
  }

  /** The tab, in Chromium. */
  get page(): Page {
    if (this.#page === undefined) throw new Error('this browser is driven by expressions alone');
    return this.#page;
  }

  /** Of a page that is open already, in whatever browser. */
  static async of(asked: Asked, toneHz: number): Promise<PhonePage> {
    await asked.evaluate('(async () => { while (!window.bare) await new Promise((r) => setTimeout(r, 10)); })()');
    await asked.evaluate(`window.bare.speak(${toneHz})`);
    return new PhonePage(asked);
  }

  static async open(context: BrowserContext, door: string, toneHz: number): Promise<PhonePage> {
    const page = await context.newPage();
    page.on('pageerror', (error) => console.error(`page: ${error.stack ?? error}`));
    await page.goto(`${door}/bare`);
    await page.waitForFunction('window.bare !== undefined');
    await page.evaluate(`window.bare.speak(${toneHz})`);
    return new PhonePage(page, page);
  }

  state(): Promise<PhoneState> {
    return this.#asked.evaluate('window.bare.phone.getState()') as Promise<PhoneState>;
  }

  /** Phases that the line went through. */
  phases(): Promise<string[]> {
    return this.#asked.evaluate('window.bare.phases') as Promise<string[]>;
  }

  /** A command such as `calls.answer`; its outcome. */
  async command<T = unknown>(name: string, ...args: unknown[]): Promise<Outcome<T>> {
    const list = args.map((one) => JSON.stringify(one)).join(', ');
    return this.#asked.evaluate(`window.bare.phone.${name}(${list})`) as Promise<Outcome<T>>;
  }

  /** The same, and fails when it was refused. */
  async must<T = unknown>(name: string, ...args: unknown[]): Promise<T> {
    const outcome = await this.command<T>(name, ...args);
    if (outcome.ok) return outcome.value;
    throw new Error(`${name}: ${outcome.problem.code}, ${outcome.problem.detail}`);
  }

  async waitFor<T>(what: string, probe: (state: PhoneState) => T | undefined | false, timeoutMs = WAIT_MS): Promise<T> {
    let state: PhoneState | undefined;
    for (const untilMs = performance.now() + timeoutMs; performance.now() < untilMs; ) {
      state = await this.state();
      const found = probe(state);
      if (found !== undefined && found !== false) return found;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    const { session, line, calls, elsewhere, tab, cloud } = state ?? {};
    const seen = JSON.stringify({ session, line, calls, elsewhere, tab, cloud });
    throw new Error(`waited ${timeoutMs} ms for ${what} in vain: ${seen}`);
  }

  async waitForTone(callId: string, frequencyHz: number, timeoutMs = WAIT_MS): Promise<void> {
    await this.#waitUntilHeard(
      callId,
      `${frequencyHz} Hz`,
      timeoutMs,
      ({ all, at }) => all > SILENCE && at > TONE_SHARE * all,
      frequencyHz,
    );
  }

  /**
   * Until something is heard on the last connection that was made, as the browser counts it: Chromium does not give Web Audio the
   * sound of a track that has been stopped in both directions and goes on.
   */
  async waitToPlay(timeoutMs = WAIT_MS): Promise<void> {
    const played = async () => (await this.#asked.evaluate('window.bare.played()')) as number;
    const before = await played();
    for (const untilMs = performance.now() + timeoutMs; performance.now() < untilMs; ) {
      if ((await played()) > before + SILENCE) return;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    throw new Error(`waited ${timeoutMs} ms for any sound in vain`);
  }

  async waitForSilence(callId: string, timeoutMs = WAIT_MS): Promise<void> {
    await this.#waitUntilHeard(callId, 'silence', timeoutMs, ({ all }) => all <= SILENCE, 0);
  }

  /** Waits until anything is heard, such as words. */
  async waitForSound(callId: string, timeoutMs = WAIT_MS): Promise<void> {
    await this.#waitUntilHeard(callId, 'any sound', timeoutMs, ({ all }) => all > SILENCE, 0);
  }

  /** Waits until all of these tones are heard together. */
  async waitForTones(callId: string, frequenciesHz: readonly number[], timeoutMs = WAIT_MS): Promise<void> {
    let shares: number[] = [];
    for (const untilMs = performance.now() + timeoutMs; performance.now() < untilMs; ) {
      shares = [];
      for (const frequencyHz of frequenciesHz) {
        const heard = await this.#hear(callId, frequencyHz);
        shares.push(heard === undefined || heard.all < SILENCE ? 0 : heard.at / heard.all);
      }
      if (shares.every((share) => share > TOGETHER_SHARE)) return;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    throw new Error(
      `waited ${timeoutMs} ms for ${frequenciesHz.join(' and ')} Hz in vain: shares ${shares.join(', ')}`,
    );
  }

  /** Energy of the loudest moment that the call has while something is done. */
  async loudestDuring<T>(
    callId: string,
    doing: () => Promise<T>,
  ): Promise<{ readonly energy: number; readonly done: T }> {
    await this.#asked.evaluate(`window.bare.measure(${JSON.stringify(callId)})`);
    const done = await doing();
    return { energy: (await this.#asked.evaluate('window.bare.measured()')) as number, done };
  }

  /** As if nothing had come through on the last connection for long; gives the audio of its call as it is told then. */
  failIce(): Promise<unknown> {
    return this.#asked.evaluate('window.bare.failIce()');
  }

  /** What a browser says when it has another network. */
  async networkChanges(): Promise<void> {
    await this.#asked.evaluate("void window.dispatchEvent(new Event('online'))");
  }

  /** Ends what runs and takes away what is shown of it. */
  async clear(): Promise<void> {
    for (const { id, phase } of (await this.state()).calls)
      if (phase !== 'ended') await this.command('calls.hangUp', id);
    const { calls } = await this.waitFor('every call to end', (state) =>
      state.calls.every(({ phase }) => phase === 'ended') ? state : undefined,
    );
    for (const { id } of calls) await this.command('calls.dismiss', id);
  }

  async #waitUntilHeard(
    callId: string,
    what: string,
    timeoutMs: number,
    isIt: (heard: { readonly all: number; readonly at: number }) => boolean,
    frequencyHz: number,
  ): Promise<void> {
    let heard: { readonly all: number; readonly at: number } | undefined;
    for (const untilMs = performance.now() + timeoutMs; performance.now() < untilMs; ) {
      heard = await this.#hear(callId, frequencyHz);
      if (heard !== undefined && isIt(heard)) return;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    throw new Error(`waited ${timeoutMs} ms for ${what} in vain: ${JSON.stringify(heard)}`);
  }

  async #hear(callId: string, frequencyHz: number): Promise<{ readonly all: number; readonly at: number } | undefined> {
    const audio = (await this.#asked.evaluate(`window.bare.samples(${JSON.stringify(callId)})`)) as
      | { readonly sampleRateHz: number; readonly samples: readonly number[] }
      | undefined;
    if (audio === undefined) return undefined;
    const samples = Float64Array.from(audio.samples);
    return { all: energy(samples), at: energyAt(frequencyHz, { sampleRateHz: audio.sampleRateHz, samples }) };
  }
}
