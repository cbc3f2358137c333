/** Signing in by password through the app's own screens, with everything that can go wrong and what people read then. */
import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { TOTP, URI } from 'otpauth';
import type { Page } from 'playwright-core';
import { findPeer, requirePeer } from '../peers/index.ts';
import { buildApp } from './built-app.ts';
import type { Account } from './company.ts';
import { inGerman, said } from './said.ts';
import { enterAddress, enterPassword, newPage, readQr, signInByForm, untilReady } from './sign-in-form.ts';
import { PhoneWorld } from './world.ts';

const STEP_MS = 30_000;
const NEW_PASSWORD = 'a new one, long enough';

describe('signing in by password', () => {
  let world: PhoneWorld | undefined;
  let blockedAtMs = 0;

  before(async () => {
    if (!findPeer('chromium')) return;
    buildApp();
    world = await PhoneWorld.open();
  });
  after(() => world?.close());

  function there(t: TestContext): PhoneWorld | undefined {
    return requirePeer(t, 'chromium') ? world : undefined;
  }

  test('a wrong password is told as such, the sixth costs a pause, and how long it is stands there', async (t) => {
    const { browser, door, account } = worldOf(there(t));
    if (browser === undefined) return;
    const page = await newPage(browser, 'de-DE');
    await enterAddress(page, door, account('carla').email);
    for (let attempt = 1; attempt <= 6; attempt++) {
      const answered = page.waitForResponse((response) => response.url().endsWith('/v1/sign-in/password'));
      await enterPassword(page, `guess number ${attempt}`);
      assert.equal((await answered).status(), 401);
      await page
        .getByRole('alert')
        .filter({ hasText: inGerman('problem.wrongCredentials') })
        .waitFor();
    }
    blockedAtMs = Date.now();
    // Also the right one, which would tell whoever guesses that it is right.
    await enterPassword(page, account('carla').password);
    const alert = page.getByRole('alert').filter({ hasText: /\d+/ });
    await alert.waitFor();
    const [, sec] = /(\d+)/.exec((await alert.textContent()) ?? '') ?? [];
    assert.ok(Number(sec) >= 1 && Number(sec) <= 15, `${sec} s`);
    await page.context().close();
  });

  test('the password is changed in the settings: this device stays signed in, the others are not any more', async (t) => {
    const { browser, door, account } = worldOf(there(t));
    if (browser === undefined) return;
    const [here, there2] = [await newPage(browser), await newPage(browser)];
    await Promise.all([here, there2].map((page) => signInByForm(page, door, account('david'))));
    await here.getByRole('link', { name: said('settings') }).click();
    await here.getByText(said('changePassword')).click();
    const fill = async (present: string, next: string): Promise<void> => {
      await here.getByLabel(said('currentPassword')).fill(present);
      await here.getByLabel(said('newPassword')).fill(next);
      await here.getByRole('button', { name: said('save') }).click();
    };
    await fill('not the present one', NEW_PASSWORD);
    await here.getByText(said('wrongCurrent')).waitFor();
    await fill(account('david').password, 'short');
    await here.getByText(said('problem.wrongPassword')).waitFor();
    await fill(account('david').password, NEW_PASSWORD);
    await here.getByText(said('passwordDone')).waitFor();
    await there2.getByText(said('out.revoked')).waitFor();
    await here.reload();
    await untilReady(here);
    await enterAddress(there2, door, account('david').email);
    await enterPassword(there2, account('david').password);
    await there2.getByText(said('problem.wrongCredentials')).waitFor();
    await enterPassword(there2, NEW_PASSWORD);
    await untilReady(there2);
    for (const page of [here, there2]) await page.context().close();
  });

  test('a second factor is switched on by its QR code; then sign-in wants a code of the app, or a recovery code once', async (t) => {
    const { browser, door, account } = worldOf(there(t));
    if (browser === undefined) return;
    const page = await newPage(browser);
    await signInByForm(page, door, account('ben'));
    await openSecondFactor(page);
    await page.getByRole('button', { name: said('switchOn') }).click();
    const uri = await readQr(page, said('secondFactor'));
    const app = URI.parse(uri);
    assert.ok(app instanceof TOTP);
    assert.deepEqual([app.issuer, app.label], ['Lindner Optik', account('ben').email]);
    await page.getByLabel(said('totp')).fill('000000');
    await page.getByRole('button', { name: said('switchOn') }).click();
    await page.getByText(said('problem.wrongSecondFactor')).waitFor();
    // Each code is good once: those of the time steps before, of and after now are taken one after the other.
    await page.getByLabel(said('totp')).fill(app.generate({ timestamp: Date.now() - STEP_MS }));
    await page.getByRole('button', { name: said('switchOn') }).click();
    await page.getByText(said('recovery')).waitFor();
    const [recovery = ''] = await page.locator('.codes code').allTextContents();
    await signOut(page);

    await signInWithCode(page, door, account('ben'), '123456');
    await page.getByText(said('problem.wrongSecondFactor')).waitFor();
    await page.getByLabel(said('totp')).fill(app.generate());
    await page.keyboard.press('Enter');
    await untilReady(page);
    await signOut(page);

    await signInWithCode(page, door, account('ben'), recovery.toUpperCase());
    await untilReady(page);
    await signOut(page);
    await signInWithCode(page, door, account('ben'), recovery);
    await page.getByText(said('problem.wrongSecondFactor')).waitFor();
    await page.getByLabel(said('totp')).fill(app.generate({ timestamp: Date.now() + STEP_MS }));
    await page.keyboard.press('Enter');
    await untilReady(page);

    await openSecondFactor(page);
    await page.getByText(said('secondFactorOn')).waitFor();
    await page.context().close();
  });

  test('after the pause the right password lets in', async (t) => {
    const { browser, door, account } = worldOf(there(t));
    if (browser === undefined) return;
    const page = await newPage(browser, 'de-DE');
    await enterAddress(page, door, account('carla').email);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, blockedAtMs + 15_500 - Date.now())));
    await enterPassword(page, account('carla').password);
    await untilReady(page);
    await page.context().close();
  });

  test('where the company wants a second factor, it is set up at the next sign-in before anything else', async (t) => {
    const one = there(t);
    const { browser, door, account } = worldOf(one);
    if (browser === undefined || one === undefined) return;
    const before = await newPage(browser);
    await signInByForm(before, door, account('anna'));
    await untilReady(before);
    await one.administer('connector', 'set-tenant', 'lindner-optik', '--require-totp', 'on');
    const page = await newPage(browser, 'de-DE');
    await enterAddress(page, door, account('anna').email);
    await enterPassword(page, account('anna').password);
    await page.getByRole('heading', { name: inGerman('factorDueTitle') }).waitFor();
    const app = URI.parse(await readQr(page, inGerman('secondFactor')));
    await page.getByLabel(inGerman('totp')).fill('000000');
    await page.keyboard.press('Enter');
    await page.getByText(inGerman('problem.wrongSecondFactor')).waitFor();
    await page.getByLabel(inGerman('totp')).fill((app as TOTP).generate());
    await page.keyboard.press('Enter');
    await page.getByText(inGerman('recovery')).waitFor();
    assert.equal(await page.locator('.codes code').count(), 10);
    await page.getByRole('button', { name: inGerman('goOn') }).click();
    await untilReady(page);
    // Whoever was signed in before goes on.
    await before.reload();
    await untilReady(before);
    for (const open of [page, before]) await open.context().close();
  });
});

function worldOf(world: PhoneWorld | undefined) {
  return {
    browser: world?.browser,
    door: world?.door ?? '',
    account: (user: string): Account => world?.account(user) ?? { tenant: '', email: '', password: '' },
  };
}

async function openSecondFactor(page: Page): Promise<void> {
  await page.getByRole('link', { name: said('settings') }).click();
  await page.locator('summary', { hasText: said('secondFactor') }).click();
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole('link', { name: said('settings') }).click();
  await page.getByRole('button', { name: said('signOut'), exact: true }).click();
  await page.getByLabel(said('email')).waitFor();
}

async function signInWithCode(page: Page, door: string, { email, password }: Account, code: string): Promise<void> {
  await enterAddress(page, door, email);
  await enterPassword(page, password);
  await page.getByLabel(said('totp')).fill(code);
  await page.keyboard.press('Enter');
}
