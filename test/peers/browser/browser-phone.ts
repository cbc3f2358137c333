/** A softphone in a real browser, driven from the test. */
import { energy, energyAt } from '../audio.ts';
import { type Browser, type BrowserName, launchBrowser, type Tab } from './launch.ts';
import { type PageServer, startPageServer } from './page-server.ts';
import type { CallState, CallView, PhoneView, RegisterOptions, StreamFigures } from './view.ts';

const POLL_MS = 40;
const DEFAULT_WAIT_MS = 10_000;
/** Share of the energy that has to lie at the frequency, and the least energy that is no silence. */
const TONE_SHARE = 0.8;
const SILENCE = 1e-5;

/** A browser with the softphone's page behind it; pages of one browser are devices of their own. */
export class PhoneBrowser {
  readonly #browser: Browser;
  readonly #server: PageServer;

  constructor(browser: Browser, server: PageServer) {
    this.#browser = browser;
    this.#server = server;
  }

  get name(): BrowserName {
    return this.#browser.name;
  }

  /** Where the page comes from, as the browser tells the server it connects to. */
  get origin(): string {
    return this.#server.origin;
  }

  async openPhone(): Promise<BrowserPhone> {
    return new BrowserPhone(this.name, await this.#browser.open(this.#server.origin));
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.#server.close();
  }
}

export async function startPhoneBrowser(name: BrowserName): Promise<PhoneBrowser> {
  const [browser, server] = await Promise.all([launchBrowser(name), startPageServer()]);
  return new PhoneBrowser(browser, server);
}

export class BrowserPhone {
  readonly name: BrowserName;
  readonly #tab: Tab;

  constructor(name: BrowserName, tab: Tab) {
    this.name = name;
    this.#tab = tab;
  }

  /** Registers, and waits until that has come to something. */
  async register(options: RegisterOptions): Promise<PhoneView> {
    await this.#tab.evaluate(`(async () => { while (!window.phone) await new Promise((r) => setTimeout(r, 10)); })()`);
    await this.#do('register', options);
    return this.waitFor('an answer to REGISTER', (view) => (view.registration === 'none' ? undefined : view));
  }

  /** Calls, and gives the number by which the call is known here. */
  async call(target: string, toneHz: number): Promise<number> {
    const before = (await this.view()).calls.length;
    await this.#do('call', target, toneHz);
    return before;
  }

  answer(id: number, toneHz: number): Promise<unknown> {
    return this.#do('answer', id, toneHz);
  }

  hangUp(id: number): Promise<unknown> {
    return this.#do('hangUp', id);
  }

  reject(id: number, status: number): Promise<unknown> {
    return this.#do('reject', id, status);
  }

  hold(id: number): Promise<unknown> {
    return this.#do('hold', id);
  }

  resume(id: number): Promise<unknown> {
    return this.#do('resume', id);
  }

  refer(id: number, target: string): Promise<unknown> {
    return this.#do('refer', id, target);
  }

  restartIce(id: number): Promise<unknown> {
    return this.#do('restartIce', id);
  }

  dropSocket(): Promise<unknown> {
    return this.#do('dropSocket');
  }

  sendDigits(id: number, digits: string): Promise<unknown> {
    return this.#do('sendDigits', id, digits);
  }

  async figures(id: number): Promise<StreamFigures> {
    return (await this.#do('figures', id)) as StreamFigures;
  }

  async view(): Promise<PhoneView> {
    return (await this.#do('view')) as PhoneView;
  }

  /** Takes the registration back and closes the WebSocket. */
  stop(): Promise<unknown> {
    return this.#do('stop');
  }

  /** The next call that rings here; `after` is how many calls there were before. */
  async waitForCall(after = 0, timeoutMs = DEFAULT_WAIT_MS): Promise<CallView> {
    return this.waitFor('an incoming call', ({ calls }) => calls.slice(after).find(isRinging), timeoutMs);
  }

  async waitForState(id: number, state: CallState, timeoutMs = DEFAULT_WAIT_MS): Promise<CallView> {
    const hasBeen = ({ calls }: PhoneView) => (calls[id]?.atMs[state] === undefined ? undefined : calls[id]);
    return this.waitFor(`call ${id} to be ${state}`, hasBeen, timeoutMs);
  }

  /** Waits until the tone is what is heard in the call. */
  async waitForTone(id: number, frequencyHz: number, timeoutMs = DEFAULT_WAIT_MS): Promise<void> {
    await this.#waitForSound(
      id,
      `a tone of ${frequencyHz} Hz`,
      timeoutMs,
      (all, at) => all > SILENCE && at > TONE_SHARE * all,
      frequencyHz,
    );
  }

  async waitForSilence(id: number, timeoutMs = DEFAULT_WAIT_MS): Promise<void> {
    await this.#waitForSound(id, 'silence', timeoutMs, (all) => all <= SILENCE);
  }

  async waitFor<T>(what: string, probe: (view: PhoneView) => T | undefined, timeoutMs = DEFAULT_WAIT_MS): Promise<T> {
    let view: PhoneView | undefined;
    for (const untilMs = performance.now() + timeoutMs; performance.now() < untilMs; ) {
      view = await this.view();
      const found = probe(view);
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    throw new Error(`${this.name} waited ${timeoutMs} ms for ${what} in vain: ${JSON.stringify(view)}`);
  }

  close(): Promise<void> {
    return this.#tab.close();
  }

  async #waitForSound(
    id: number,
    what: string,
    timeoutMs: number,
    isIt: (all: number, atFrequency: number) => boolean,
    frequencyHz = 0,
  ): Promise<void> {
    let heard = 'nothing';
    for (const untilMs = performance.now() + timeoutMs; performance.now() < untilMs; ) {
      const audio = (await this.#do('samples', id)) as { sampleRateHz: number; samples: number[] } | null | undefined;
      if (audio) {
        const samples = Float64Array.from(audio.samples);
        const all = energy(samples);
        const at = energyAt(frequencyHz, { sampleRateHz: audio.sampleRateHz, samples });
        if (isIt(all, at)) return;
        heard = `energy ${all.toExponential(2)}, of which ${at.toExponential(2)} there`;
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    const figures = await this.figures(id);
    throw new Error(
      `${this.name} waited ${timeoutMs} ms for ${what} in vain: heard ${heard}; ${JSON.stringify(figures)}`,
    );
  }

  #do(method: string, ...args: unknown[]): Promise<unknown> {
    const list = args.map((one) => JSON.stringify(one)).join(', ');
    return this.#tab.evaluate(`window.phone.${method}(${list})`);
  }
}

function isRinging({ direction, state }: CallView): boolean {
  return direction === 'incoming' && state === 'ringing';
}
