/** A browser's own RTCPeerConnection, without any library between. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { energy, energyAt } from '../peers/audio.ts';
import { type Browser, type BrowserName, launchBrowser, type Tab } from '../peers/browser/launch.ts';

const SCRIPT = readFileSync(join(import.meta.dirname, 'page', 'peer.mjs'));
const HTML = '<!doctype html><meta charset="utf-8"><script type="module" src="/peer.mjs"></script>';
const POLL_MS = 50;
const WAIT_MS = 15_000;
/** Share of the energy that has to lie at the frequency, and the least energy that is no silence. */
const TONE_SHARE = 0.8;
const SILENCE = 1e-5;

export interface PeerFigures {
  readonly packetsReceived?: number;
  readonly packetsLost?: number;
  readonly packetsSent?: number;
  readonly roundTripSec?: number;
  readonly srtpCipher?: string;
}

export class WebPeers {
  readonly #browser: Browser;
  readonly #url: string;
  readonly #closeServer: () => void;

  private constructor(browser: Browser, url: string, closeServer: () => void) {
    this.#browser = browser;
    this.#url = url;
    this.#closeServer = closeServer;
  }

  static async start(name: BrowserName): Promise<WebPeers> {
    const server = createServer((request, response) => {
      const isScript = request.url === '/peer.mjs';
      response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html');
      response.end(isScript ? SCRIPT : HTML);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const browser = await launchBrowser(name);
    return new WebPeers(browser, `http://127.0.0.1:${(server.address() as AddressInfo).port}`, () => {
      server.close();
      server.closeAllConnections();
    });
  }

  /** A page that will say a tone. */
  async open(toneHz: number): Promise<WebPeer> {
    const peer = new WebPeer(await this.#browser.open(this.#url));
    await peer.do('open', toneHz);
    return peer;
  }

  async close(): Promise<void> {
    await this.#browser.close();
    this.#closeServer();
  }
}

export class WebPeer {
  readonly #tab: Tab;

  constructor(tab: Tab) {
    this.#tab = tab;
  }

  async offer(options: { iceRestart?: boolean } = {}): Promise<string> {
    return (await this.do('offer', options)) as string;
  }

  async answer(offer: string): Promise<string> {
    return (await this.do('answer', offer)) as string;
  }

  async accept(answer: string): Promise<void> {
    await this.do('accept', answer);
  }

  async figures(): Promise<PeerFigures> {
    return (await this.do('figures')) as PeerFigures;
  }

  /** Waits until the tone is heard; fails with what was heard instead. */
  async waitForTone(frequencyHz: number, timeoutMs = WAIT_MS): Promise<void> {
    const untilMs = performance.now() + timeoutMs;
    for (;;) {
      const { all, tone } = await this.#hear(frequencyHz);
      if (all > SILENCE && tone > TONE_SHARE * all) return;
      if (performance.now() > untilMs) {
        const state = JSON.stringify([await this.do('state'), await this.figures()]);
        throw new Error(`no tone of ${frequencyHz} Hz within ${timeoutMs} ms: energy ${all}, there ${tone}; ${state}`);
      }
      await delay(POLL_MS);
    }
  }

  /** Waits until nothing is heard any more. */
  async waitForSilence(timeoutMs = WAIT_MS): Promise<void> {
    const untilMs = performance.now() + timeoutMs;
    for (;;) {
      const { all } = await this.#hear(440);
      if (all < SILENCE) return;
      if (performance.now() > untilMs) throw new Error(`still something to hear after ${timeoutMs} ms: energy ${all}`);
      await delay(POLL_MS);
    }
  }

  async close(): Promise<void> {
    await this.do('close');
    await this.#tab.close();
  }

  async do(method: string, ...args: readonly unknown[]): Promise<unknown> {
    const words = args.map((arg) => JSON.stringify(arg)).join(', ');
    return await this.#tab.evaluate(
      `(async () => { while (!window.peer) await new Promise((r) => setTimeout(r, 10)); return await window.peer.${method}(${words}); })()`,
    );
  }

  async #hear(frequencyHz: number): Promise<{ readonly all: number; readonly tone: number }> {
    const heard = (await this.do('samples')) as { sampleRateHz: number; samples: number[] };
    const samples = Float64Array.from(heard.samples);
    return { all: energy(samples), tone: energyAt(frequencyHz, { sampleRateHz: heard.sampleRateHz, samples }) };
  }
}
