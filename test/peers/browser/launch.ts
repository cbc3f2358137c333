/** Chromium and Firefox as Debian ships them, headless, behind one small interface. */
import { chromium } from 'playwright-core';
import type { Page as FirefoxPage } from 'puppeteer-core';
import { peerPath } from '../find.ts';
import { startFirefox } from './firefox.ts';

export type BrowserName = 'chromium' | 'firefox';

/** An open page. */
export interface Tab {
  /** Evaluates an expression of JavaScript in the page; what it gives is plain data. */
  evaluate(expression: string): Promise<unknown>;
  close(): Promise<void>;
}

/** Bodies by address. */
export type StandIns = Readonly<Record<string, { readonly contentType: string; readonly body: string }>>;

export interface Browser {
  readonly name: BrowserName;
  /** A page in a profile of its own; what is asked for at these addresses is answered with these bodies instead. */
  open(url: string, instead?: StandIns): Promise<Tab>;
  close(): Promise<void>;
}

/** Starts a browser that trusts any certificate and lets pages speak without a click. */
export function launchBrowser(name: BrowserName): Promise<Browser> {
  return name === 'chromium' ? launchChromium() : launchFirefox();
}

async function launchChromium(): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: peerPath('chromium'),
    headless: true,
    // Tests run as root in containers, where the sandbox does not start.
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      '--autoplay-policy=no-user-gesture-required',
      '--allow-loopback-in-peer-connection',
      '--disable-features=WebRtcHideLocalIpsWithMdns',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
  return {
    name: 'chromium',
    open: async (url, instead = {}) => {
      const context = await browser.newContext({ ignoreHTTPSErrors: true });
      const page = await context.newPage();
      for (const [address, answer] of Object.entries(instead))
        await page.route(address, (route) => route.fulfill(answer));
      await page.goto(url);
      return { evaluate: (expression) => page.evaluate(expression), close: () => context.close() };
    },
    close: () => browser.close(),
  };
}

async function launchFirefox(): Promise<Browser> {
  const { browser, close } = await startFirefox();
  return {
    name: 'firefox',
    open: async (url, instead) => {
      const page = await browser.newPage();
      if (instead) await answerInstead(page, instead);
      await page.goto(url);
      return { evaluate: (expression) => page.evaluate(expression), close: () => page.close() };
    },
    close,
  };
}

async function answerInstead(page: FirefoxPage, instead: StandIns): Promise<void> {
  await page.setRequestInterception(true);
  page.on('request', (request) => {
    const answer = instead[request.url()];
    void (answer ? request.respond({ status: 200, ...answer }) : request.continue());
  });
}
