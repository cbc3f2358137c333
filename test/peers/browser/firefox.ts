/** Firefox as Debian ships it, headless, driven by WebDriver BiDi. */
import puppeteer, { type Browser } from 'puppeteer-core';
import { peerPath } from '../find.ts';
import { startSoundCard } from './sound-card.ts';

/** What its fake microphone says. */
export const FIREFOX_TONE_HZ = 1000;

const PREFERENCES = {
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  'media.autoplay.default': 0,
  'media.peerconnection.ice.loopback': true,
  'media.peerconnection.ice.force_interface': 'lo',
  'media.peerconnection.ice.obfuscate_host_addresses': false,
} as const;

/** Without anybody at the screen: notifications are allowed, and drawn by Firefox itself, as there is no desktop to draw them. */
export const NOTIFICATIONS_ALLOWED = {
  'permissions.default.desktop-notification': 1,
  'dom.webnotifications.requireuserinteraction': false,
  'alerts.useSystemBackend': false,
} as const;

export interface Firefox {
  readonly browser: Browser;
  close(): Promise<void>;
}

/** Trusts any certificate, has a microphone and a sound card that nobody hears, and lets pages speak without a click. */
export async function startFirefox(preferences: Readonly<Record<string, unknown>> = {}): Promise<Firefox> {
  const soundCard = await startSoundCard();
  const browser = await puppeteer.launch({
    browser: 'firefox',
    env: { ...process.env, ...soundCard.env },
    executablePath: peerPath('firefox-esr'),
    headless: true,
    acceptInsecureCerts: true,
    extraPrefsFirefox: { ...PREFERENCES, ...preferences },
  });
  return {
    browser,
    close: async () => {
      await browser.close();
      await soundCard.close();
    },
  };
}
