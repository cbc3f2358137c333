/** The sign-in of the app as people go through it, in English and German. */
import type { Browser, Page } from 'playwright-core';
import decode from 'qr/decode.js';
import type { Account } from './world.ts';

const READY_MS = 20_000;
const SCALE = 4;

/** A device of its own that was never signed in. */
export async function newPage(browser: Browser, locale: 'en-GB' | 'de-DE' = 'en-GB'): Promise<Page> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, locale });
  const page = await context.newPage();
  page.setDefaultTimeout(READY_MS);
  return page;
}

/** Up to the form with the password. */
export async function enterAddress(page: Page, door: string, email: string): Promise<void> {
  await page.goto(door);
  await page.getByLabel(/^(E-mail address|E-Mail-Adresse)$/).fill(email);
  await page.keyboard.press('Enter');
  await passwordField(page).waitFor();
}

export function passwordField(page: Page) {
  return page.getByLabel(/^(Password|Passwort)$/);
}

export async function enterPassword(page: Page, password: string): Promise<void> {
  await passwordField(page).fill(password);
  await page.keyboard.press('Enter');
}

/** All of it; the page is ready for calls afterwards. */
export async function signInByForm(page: Page, door: string, { email, password }: Account): Promise<void> {
  await enterAddress(page, door, email);
  await enterPassword(page, password);
  await untilReady(page);
}

export async function untilReady(page: Page): Promise<void> {
  await page.getByText(/^\d+ · (Ready|Bereit)$/).waitFor();
}

/** What a camera reads in the QR code of that name on the page. */
export async function readQr(page: Page, name: string): Promise<string> {
  const code = page.getByRole('img', { name });
  await code.locator('path[d^=M]').waitFor();
  const modules = (await code.getAttribute('viewBox'))?.split(' ')[2] ?? '0';
  const path = (await code.locator('path').getAttribute('d')) ?? '';
  const size = Number(modules) * SCALE;
  const data = new Uint8Array(size * size * 4).fill(255);
  for (const [, x = '', y = ''] of path.matchAll(/M(\d+) (\d+)/g))
    for (let row = 0; row < SCALE; row++) {
      const first = 4 * ((Number(y) * SCALE + row) * size + Number(x) * SCALE);
      for (let pixel = first; pixel < first + 4 * SCALE; pixel += 4) data.fill(0, pixel, pixel + 3);
    }
  return decode({ width: size, height: size, data });
}
