/** The app's own screens in Firefox, used as people use them: found by what is written on them, clicked and typed into. */
import type { Page } from 'puppeteer-core';
import type { Unisono, UnisonoOptions } from '../interop/unisono.ts';
import { type Firefox, startFirefox } from '../peers/browser/firefox.ts';
import { HEARD, REMEMBER_PLAYED } from './app-ears.ts';
import { buildApp } from './built-app.ts';
import { type Account, Company, startCompany } from './company.ts';
import { said } from './said.ts';

/** An element of the page. */
type Found = NonNullable<Awaited<ReturnType<Page['$']>>>;

const WAIT_MS = 20_000;
const LOOK_FIRST_MS = 700;

/** The demo company, and Firefox. */
export class FirefoxWorld extends Company {
  readonly firefox: Firefox;

  private constructor(system: Unisono, firefox: Firefox) {
    super(system);
    this.firefox = firefox;
  }

  static async open(
    preferences: Readonly<Record<string, unknown>> = {},
    more: Pick<UnisonoOptions, 'connector' | 'env'> = {},
  ): Promise<FirefoxWorld> {
    buildApp();
    const system = await startCompany({ lifetimeSec: 280, ...more });
    return new FirefoxWorld(system, await startFirefox(preferences));
  }

  /** The app on a page, signed in by its form. */
  async signedIn(user: string): Promise<FirefoxApp> {
    const app = await FirefoxApp.open(this.firefox, this.door);
    await app.signIn(this.account(user));
    return app;
  }

  override async close(): Promise<void> {
    await this.firefox.close();
    await super.close();
  }
}

export class FirefoxApp {
  readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
  }

  static async open({ browser }: Firefox, door: string): Promise<FirefoxApp> {
    const page = await browser.newPage();
    page.setDefaultTimeout(WAIT_MS);
    await page.setViewport({ width: 1280, height: 800 });
    await page.evaluateOnNewDocument(REMEMBER_PLAYED);
    await page.goto(door);
    return new FirefoxApp(page);
  }

  async signIn({ email, password }: Account): Promise<void> {
    await this.type(said('email'), email);
    await this.page.keyboard.press('Enter');
    await this.type(said('password'), password);
    await this.page.keyboard.press('Enter');
    await this.text(new RegExp(` · ${said('line.ready')}`));
  }

  /** Clicks the button or link with these words on it, or with that name for assistive technology. */
  async click(name: string, kind: 'button' | 'link' = 'button'): Promise<void> {
    const [tag, text] = [kind === 'link' ? 'a' : 'button', JSON.stringify(name)];
    const found = await this.#find(
      `the ${kind} ${name}`,
      `[...document.querySelectorAll('${tag}')].find((one) => one.checkVisibility() && !one.disabled &&
        (one.getAttribute('aria-label') === ${text} || one.innerText.trim().startsWith(${text})))`,
    );
    await found.click();
  }

  /** Answers as people do: what is clicked in the moment in which the call appears was meant for something else, and does nothing. */
  async answer(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, LOOK_FIRST_MS));
    await this.click(said('answer'));
  }

  /** Types into the field with that label. */
  async type(label: string, text: string): Promise<void> {
    const found = await this.#find(
      `the field ${label}`,
      `[...document.querySelectorAll('label')].find((one) => one.innerText.trim() === ${JSON.stringify(label)})?.control`,
    );
    await found.click();
    await this.page.keyboard.type(text);
  }

  /** Turns the switch with that label. */
  async turn(label: string, isOn: boolean): Promise<void> {
    const expression = `[...document.querySelectorAll('label')].find((one) => one.innerText.includes(${JSON.stringify(label)}))?.control`;
    const found = await this.#find(`the switch ${label}`, expression);
    if ((await this.page.evaluate(`${expression}.checked`)) !== isOn) await found.click();
    await this.until(`${label} to be ${isOn}`, `${expression}.checked === ${isOn}`);
  }

  async #find(what: string, expression: string): Promise<Found> {
    await this.until(what, `(${expression}) != null`);
    const found = (await this.page.evaluateHandle(expression)).asElement();
    if (found === null) throw new Error(`${what} is not there any more`);
    return found as Found;
  }

  /** Waits until the page has words that match. */
  async text(pattern: RegExp): Promise<void> {
    await this.until(`${pattern} on the page`, `${pattern}.test(document.body.innerText)`);
  }

  async heard(frequencyHz: number): Promise<void> {
    await this.until(`${frequencyHz} Hz`, HEARD(frequencyHz));
  }

  /** Waits until that tone is heard no more. */
  async silent(frequencyHz: number): Promise<void> {
    await this.until(`no ${frequencyHz} Hz`, `${HEARD(frequencyHz)}.then((isHeard) => !isHeard)`);
  }

  async until(what: string, expression: string, timeoutMs = WAIT_MS): Promise<void> {
    for (const untilMs = performance.now() + timeoutMs; performance.now() < untilMs; ) {
      if (await this.page.evaluate(expression)) return;
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
    const seen = await this.page.evaluate('document.body.innerText');
    throw new Error(`Firefox waited ${timeoutMs} ms for ${what} in vain; the page says: ${seen}`);
  }
}
