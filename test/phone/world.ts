/** The whole demo company as `npm start` makes it, and its people at their phones. */
import type { Call } from '@unisono/phone';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { Cast } from '../interop/cast.ts';
import { runUnisono, startUnisono, type Unisono, type UnisonoOptions } from '../interop/unisono.ts';
import { launchChromium, newDevice, PhonePage } from './phone-page.ts';

export type { BrowserContext, Page };

const TENANT = 'lindner-optik';
const READY_MS = 20_000;

export class PhoneWorld {
  readonly system: Unisono;
  readonly cast: Cast;
  readonly browser: Browser;

  private constructor(system: Unisono, browser: Browser) {
    this.system = system;
    this.cast = new Cast(system);
    this.browser = browser;
  }

  static async open(
    lifetimeSec = 240,
    more: Pick<UnisonoOptions, 'connector' | 'env' | 'ports'> = {},
  ): Promise<PhoneWorld> {
    const system = await startUnisono({
      border: true,
      cloud: true,
      lifetimeSec,
      ...more,
      // Browsers take all there is of a small machine: late timers are no sign of too many calls here.
      config: ['limits: { lagMs: 5000 }'],
    });
    return new PhoneWorld(system, await launchChromium());
  }

  /** Where the client app is served, and the Connector behind it. */
  get door(): string {
    return `https://127.0.0.1:${this.system.doorWssPort}`;
  }

  signedIn(user: string, toneHz: number): Promise<PhonePage> {
    return signIn(this.browser, this.door, this.account(user), toneHz);
  }

  account(user: string): Account {
    return accountOf(this.system, user);
  }

  /** A command of the administration, such as `users set anna {…}`, at the running system; fails when it was refused. */
  async administer(...args: string[]): Promise<string> {
    const { output, code } = await runUnisono(...args, '--data', `${this.system.folder}/data`);
    if (code !== 0) throw new Error(`unisono ${args.join(' ')}: ${output}`);
    return output;
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.cast.close();
    await this.system.close();
  }
}

export interface Account {
  readonly tenant: string;
  readonly email: string;
  readonly password: string;
}

/** How a person of the demo company signs in. */
export function accountOf(system: Unisono, user: string): Account {
  const person = system.data.users.find(({ id }) => id === user);
  return { tenant: TENANT, email: person?.email ?? '', password: system.client(user).password ?? '' };
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
