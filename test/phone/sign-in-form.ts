/** The sign-in of the app as people go through it, in English and German. */
import type { Browser, Page } from 'playwright-core';
import decode from 'qr/decode.js';
import type { Account } from './company.ts';
import { inEither } from './said.ts';

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
  await page.getByLabel(inEither('email')).fill(email);
  await page.keyboard.press('Enter');
  await passwordField(page).waitFor();
}

export function passwordField(page: Page) {
  return page.getByLabel(inEither('password'));
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

/** The QR code of that name as it is drawn on the page: rows of dark and light, the white around it included. */
export async function drawnQr(page: Page, name: string): Promise<readonly (readonly boolean[])[]> {
  const code = page.getByRole('img', { name });
  await code.locator('path[d^=M]').waitFor();
  const size = Number((await code.getAttribute('viewBox'))?.split(' ')[2] ?? 0);
  const path = (await code.locator('path').getAttribute('d')) ?? '';
  const dark = new Set([...path.matchAll(/M(\d+) (\d+)/g)].map(([, x, y]) => `${x} ${y}`));
  const line = Array.from({ length: size }, (_, index) => index);
  return line.map((y) => line.map((x) => dark.has(`${x} ${y}`)));
}

/** What the QR code of that name says. */
export async function readQr(page: Page, name: string): Promise<string> {
  const rows = await drawnQr(page, name);
  const size = rows.length * SCALE;
  const data = new Uint8Array(size * size * 4).fill(255);
  for (let pixel = 0; pixel < size * size; pixel++) {
    const [x, y] = [Math.floor((pixel % size) / SCALE), Math.floor(pixel / size / SCALE)];
    if (rows[y]?.[x]) data.fill(0, 4 * pixel, 4 * pixel + 3);
  }
  return decode({ width: size, height: size, data });
}
