/** The demo company, and its people at phones in Chromium. */
import type { Call } from '@unisono/phone';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Unisono, UnisonoOptions } from '../interop/unisono.ts';
import { type Account, Company, startCompany } from './company.ts';
import { launchChromium, newDevice, PhonePage } from './phone-page.ts';

export type { BrowserContext, Page };

const READY_MS = 20_000;

export class PhoneWorld extends Company {
  readonly browser: Browser;

  private constructor(system: Unisono, browser: Browser) {
    super(system);
    this.browser = browser;
  }

  static async open(
    lifetimeSec = 240,
    more: Pick<UnisonoOptions, 'connector' | 'env' | 'ports'> = {},
  ): Promise<PhoneWorld> {
    const system = await startCompany({ lifetimeSec, ...more });
    return new PhoneWorld(system, await launchChromium());
  }

  signedIn(user: string, toneHz: number): Promise<PhonePage> {
    return signIn(this.browser, this.door, this.account(user), toneHz);
  }

  override async close(): Promise<void> {
    await this.browser.close();
    await super.close();
  }
}

/** A page on a device of its own, signed in at the Connector at that origin, and registered. */
export async function signIn(browser: Browser, door: string, account: Account, toneHz: number): Promise<PhonePage> {
  return signInOn(await newDevice(browser, door), door, account, toneHz);
}

/** The same on a device that was made before. */
export async function signInOn(
  context: BrowserContext,
  door: string,
  account: Account,
  toneHz: number,
): Promise<PhonePage> {
  const page = await PhonePage.open(context, door, toneHz);
  await page.waitFor('nobody to be signed in', ({ session }) => session.phase === 'signedOut');
  await page.must('signIn.withPassword', account);
  await page.waitFor('the line to be ready', ({ line }) => line.phase === 'ready', READY_MS);
  return page;
}

/** The call in that phase, with that number at the other side. */
export function callIn(phase: Call['phase'], number?: string) {
  return ({ calls }: { readonly calls: readonly Call[] }): Call | undefined =>
    calls.find((call) => call.phase === phase && (number === undefined || call.party.number === number));
}
