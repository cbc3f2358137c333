/** Chromium and Firefox as Debian ships them, headless, behind one small interface. */
import { chromium } from 'playwright-core';
import puppeteer from 'puppeteer-core';
import { peerPath } from '../find.ts';
import { startSoundCard } from './sound-card.ts';

export type BrowserName = 'chromium' | 'firefox';

/** An open page. */
export interface Tab {
  /** Evaluates an expression of JavaScript in the page; what it gives is plain data. */
  evaluate(expression: string): Promise<unknown>;
  close(): Promise<void>;
}

export interface Browser {
  readonly name: BrowserName;
  /** A page in a profile of its own. */
  open(url: string): Promise<Tab>;
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
    open: async (url) => {
      const context = await browser.newContext({ ignoreHTTPSErrors: true });
      const page = await context.newPage();
      await page.goto(url);
      return { evaluate: (expression) => page.evaluate(expression), close: () => context.close() };
    },
    close: () => browser.close(),
  };
}

async function launchFirefox(): Promise<Browser> {
  const soundCard = await startSoundCard();
  const browser = await puppeteer.launch({
    browser: 'firefox',
    env: { ...process.env, ...soundCard.env },
    executablePath: peerPath('firefox-esr'),
    headless: true,
    acceptInsecureCerts: true,
    extraPrefsFirefox: {
      'media.navigator.streams.fake': true,
      'media.navigator.permission.disabled': true,
      'media.autoplay.default': 0,
      'media.peerconnection.ice.loopback': true,
      'media.peerconnection.ice.force_interface': 'lo',
      'media.peerconnection.ice.obfuscate_host_addresses': false,
    },
  });
  return {
    name: 'firefox',
    open: async (url) => {
      const page = await browser.newPage();
      await page.goto(url);
      return { evaluate: (expression) => page.evaluate(expression), close: () => page.close() };
    },
    close: async () => {
      await browser.close();
      await soundCard.close();
    },
  };
}
