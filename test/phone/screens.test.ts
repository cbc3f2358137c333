/** The app itself at the real door: signed in by its own form, called by a desk phone, answered by a click; offline, its page stays. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { watch } from '../interop/watch.ts';
import { findPeer, requirePeer } from '../peers/index.ts';
import { HEARD, REMEMBER_PLAYED } from './app-ears.ts';
import { buildApp } from './built-app.ts';
import { PhoneWorld } from './world.ts';

const BEN_HZ = 880;
const READY_MS = 20_000;

describe('the app at the door', () => {
  let world: PhoneWorld | undefined;
  let page: Page;
  const problems: string[] = [];

  before(async () => {
    if (!findPeer('chromium') || !findPeer('baresip')) return;
    buildApp();
    world = await PhoneWorld.open();
    const context = await world.browser.newContext({ ignoreHTTPSErrors: true, locale: 'en-GB' });
    page = await context.newPage();
    page.setDefaultTimeout(READY_MS);
    await page.addInitScript(REMEMBER_PLAYED);
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => {
      if (/Content Security Policy/.test(message.text())) problems.push(message.text());
    });
  });
  after(() => world?.close());

  test('is signed in to by its form, and is ready', async (t) => {
    if (!requirePeer(t, 'chromium') || !requirePeer(t, 'baresip') || !world) return;
    const { tenant, email, password } = world.account('anna');
    await page.goto(world.door);
    await page.getByLabel('E-mail address').fill(email);
    await page.keyboard.press('Enter');
    const company = page.getByLabel('Company');
    await page.getByLabel('Password').or(company).first().waitFor();
    if (await company.isVisible()) {
      await company.fill(tenant);
      await page.keyboard.press('Enter');
    }
    await page.getByLabel('Password').fill(password);
    await page.keyboard.press('Enter');
    await page.getByText('4020 · Ready').waitFor();
    // What holds now, and not what held before this client was there.
    await page.getByText(/A call now would ring/).waitFor();
    assert.deepEqual(problems, []);
  });

  test('a desk phone calls, who calls is named, and a click answers', async (t) => {
    if (!requirePeer(t, 'chromium') || !requirePeer(t, 'baresip') || !world) return;
    const ben = await world.cast.baresip(world.system.desk('4021'), BEN_HZ, { name: 'ben' });
    const now = watch(ben);
    await ben.dial('4020');
    await page.getByRole('heading', { name: 'Ben Okafor' }).waitFor();
    await page.getByRole('button', { name: 'Answer' }).press('Enter');
    await now.event('CALL_ESTABLISHED');
    await page.getByRole('button', { name: 'Hold' }).and(page.locator(':enabled')).waitFor();
    await page.waitForFunction(HEARD(BEN_HZ));
    await page.getByRole('button', { name: 'Hang up' }).click();
    await now.event('CALL_CLOSED');
    await page.getByRole('link', { name: 'Recent' }).click();
    await page.getByRole('button', { name: /Ben Okafor.*Answered/ }).waitFor();
    assert.deepEqual(problems, []);
  });

  test('another device is signed in by the code that this one shows, once this one lets it in', async (t) => {
    if (!requirePeer(t, 'chromium') || !requirePeer(t, 'baresip') || !world) return;
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('button', { name: 'Add a device' }).click();
    const code = (await page.locator('.secret').first().textContent()) ?? '';
    const context = await world.browser.newContext({ ignoreHTTPSErrors: true, locale: 'en-GB' });
    const other = await context.newPage();
    other.setDefaultTimeout(READY_MS);
    await other.goto(`${world.door}/pair#${code}`);
    await other.getByText('Approve this device on the other one').waitFor();
    assert.ok(!other.url().includes(code), 'the code does not stay in the address');
    await page.getByText(/wants to sign in as you/).waitFor();
    await page.getByRole('button', { name: 'Approve' }).click();
    await other.getByText('4020 · Ready').waitFor();
    await page.getByText('the other device is signed in').waitFor();
    // And out again, from here.
    await page
      .getByRole('button', { name: /^Sign out .+/ })
      .first()
      .click();
    await page
      .getByRole('group', { name: /^Sign out .+/ })
      .getByRole('button', { name: 'Sign out' })
      .click();
    await other.getByText('This device was signed out from another one.').waitFor();
    await context.close();
  });

  test('what the phone system says about routing is on its page, and a choice comes into force', async (t) => {
    if (!requirePeer(t, 'chromium') || !requirePeer(t, 'baresip') || !world) return;
    await page.getByRole('link', { name: 'Routing' }).click();
    await page.getByRole('region', { name: 'What a call would do' }).getByText(/call/i).first().waitFor();
    await page.getByRole('radio', { name: /Desk phone only/ }).check();
    await page.getByText('Waiting for the phone system').waitFor({ state: 'detached' });
    await page.waitForFunction(`!document.querySelector('.preview').textContent.includes('apps')`);
    assert.ok(await page.getByRole('radio', { name: /Desk phone only/ }).isChecked());
    assert.deepEqual(problems, []);
  });
});
