/** A browser's tab with the phone in it, driven from the test: screens or not, the state is the same. */
import { join } from 'node:path';
import type { Outcome, PhoneState } from '@unisono/phone';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { build, type Rolldown } from 'vite';
import { energy, energyAt } from '../peers/audio.ts';
import { peerPath } from '../peers/index.ts';

const ENTRY = join(import.meta.dirname, 'page', 'bare.ts');
const HTML =
  '<!doctype html><meta charset="utf-8"><title>A phone without screens</title><script type="module" src="/bare.js"></script>';
const POLL_MS = 40;
const WAIT_MS = 12_000;
/** Share of the energy that has to lie at the frequency, and the least energy that is no silence. */
const TONE_SHARE = 0.8;
const SILENCE = 1e-5;
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

/** Chromium that lets pages listen and speak. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: peerPath('chromium'),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      '--autoplay-policy=no-user-gesture-required',
      '--allow-loopback-in-peer-connection',
      // Chromium takes a page that the test put in place for one of the Internet, which may not connect to this machine.
      '--disable-features=WebRtcHideLocalIpsWithMdns,LocalNetworkAccessChecks',
      '--disable-background-networking',
    ],
  });
}

/** A device of its own: storage, tabs. */
export async function newDevice(browser: Browser, door: string): Promise<BrowserContext> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const code = await script();
  // Served by the door as far as the page can tell: the Connector behind it is of the same origin.
  await context.route(`${door}/bare`, (route) => route.fulfill({ contentType: 'text/html', body: HTML }));
  await context.route(`${door}/bare.js`, (route) => route.fulfill({ contentType: 'text/javascript', body: code }));
  return context;
}

export class PhonePage {
  readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
  }

  static async open(context: BrowserContext, door: string, toneHz: number): Promise<PhonePage> {
    const page = await context.newPage();
    page.on('pageerror', (error) => console.error(`page: ${error.stack ?? error}`));
    await page.goto(`${door}/bare`);
    await page.waitForFunction('window.bare !== undefined');
    await page.evaluate(`window.bare.speak(${toneHz})`);
    return new PhonePage(page);
  }

  state(): Promise<PhoneState> {
    return this.page.evaluate('window.bare.phone.getState()');
  }

  /** Phases that the line went through. */
  phases(): Promise<string[]> {
    return this.page.evaluate('window.bare.phases');
  }

  /** A command such as `calls.answer`; its outcome. */
  async command<T = unknown>(name: string, ...args: unknown[]): Promise<Outcome<T>> {
    const list = args.map((one) => JSON.stringify(one)).join(', ');
    return this.page.evaluate(`window.bare.phone.${name}(${list})`);
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
    await this.#waitForSound(
      callId,
      `${frequencyHz} Hz`,
      timeoutMs,
      ({ all, at }) => all > SILENCE && at > TONE_SHARE * all,
      frequencyHz,
    );
  }

  async waitForSilence(callId: string, timeoutMs = WAIT_MS): Promise<void> {
    await this.#waitForSound(callId, 'silence', timeoutMs, ({ all }) => all <= SILENCE, 0);
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

  /** Ends what runs and takes away what is shown of it. */
  async clear(): Promise<void> {
    for (const { id, phase } of (await this.state()).calls)
      if (phase !== 'ended') await this.command('calls.hangUp', id);
    const { calls } = await this.waitFor('every call to end', (state) =>
      state.calls.every(({ phase }) => phase === 'ended') ? state : undefined,
    );
    for (const { id } of calls) await this.command('calls.dismiss', id);
  }

  async #waitForSound(
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
    const audio = (await this.page.evaluate(`window.bare.samples(${JSON.stringify(callId)})`)) as
      | { readonly sampleRateHz: number; readonly samples: readonly number[] }
      | undefined;
    if (audio === undefined) return undefined;
    const samples = Float64Array.from(audio.samples);
    return { all: energy(samples), at: energyAt(frequencyHz, { sampleRateHz: audio.sampleRateHz, samples }) };
  }
}
