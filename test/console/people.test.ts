/**
 * The life of a person, by clicks alone: made and invited in the administration, let in by the mail's link at the door, telephoning, removed
 * in the administration, and out.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { watch } from '../interop/watch.ts';
import { findPeer, requirePeer } from '../peers/index.ts';
import { buildApp } from '../phone/built-app.ts';
import { MailServer } from '../phone/mail-server.ts';
import { said } from '../phone/said.ts';
import { enterAddress, enterPassword, newPage, untilReady } from '../phone/sign-in-form.ts';
import { PhoneWorld } from '../phone/world.ts';

const ROOT = join(import.meta.dirname, '../..');
const PAGES = join(ROOT, 'apps/console');
/** A folder for pictures: `SCREENSHOTS=shots npm test -- test/console`. */
const SCREENSHOTS = process.env.SCREENSHOTS;
const EMAIL = 'zoe@lindner-optik.example';
const PASSWORD = 'a good one, long enough';
const BEN_HZ = 880;
const SIZES = [
  { width: 1280, height: 800 },
  { width: 360, height: 740 },
];

describe('a person’s life in the administration', () => {
  let world: PhoneWorld | undefined;
  let mail: MailServer;
  let console: Page;
  let phone: Page;
  let base: string;

  before(async () => {
    if (!findPeer('chromium') || !findPeer('baresip')) return;
    if (!existsSync(join(PAGES, 'dist/index.html')))
      execFileSync(process.execPath, [join(ROOT, 'node_modules/vite/bin/vite.js'), 'build'], { cwd: PAGES });
    buildApp();
    mail = await MailServer.start();
    world = await PhoneWorld.open(240, { connector: [`smtp: { url: "${mail.url}" }`] });
    base = `https://127.0.0.1:${world.system.assistantPort}`;
    const { path } = JSON.parse(await world.administer('invite')) as { path: string };
    console = await newPage(world.browser);
    await console.goto(base + path);
    await console.getByLabel('User name').fill('boss');
    await console.getByLabel('Password').fill('a long enough secret');
    await console.getByRole('button', { name: 'Create the account' }).click();
    await console.getByRole('heading', { name: 'Overview' }).waitFor();
  });
  after(async () => {
    await world?.close();
    mail?.close();
  });

  function there(t: Parameters<typeof requirePeer>[0]): PhoneWorld | undefined {
    return requirePeer(t, 'chromium') && requirePeer(t, 'baresip') ? world : undefined;
  }

  /** The page in both languages and sizes, for people to look at. */
  async function picture(name: string): Promise<void> {
    if (SCREENSHOTS === undefined) return;
    mkdirSync(SCREENSHOTS, { recursive: true });
    for (const [language, swap] of [
      ['en', 'Deutsch'],
      ['de', 'English'],
    ] as const) {
      for (const size of SIZES) {
        await console.setViewportSize(size);
        await console.screenshot({ path: join(SCREENSHOTS, `${name}-${size.width}-${language}.png`), fullPage: true });
      }
      await console.getByRole('button', { name: swap }).click();
    }
    await console.setViewportSize(SIZES[0] ?? { width: 1280, height: 800 });
  }

  const next = () => console.getByRole('button', { name: 'Next' }).click();

  test('each step of a new person says in words what is wrong, and goes no further', async (t) => {
    if (there(t) === undefined) return;
    await console.goto(`${base}/#/people/new`);
    await console.getByLabel('Name', { exact: true }).fill('Zoe Kraft');
    await console.getByLabel('E-mail address').fill('BEN@lindner-optik.example');
    await next();
    await console.getByRole('alert').getByText('“BEN@lindner-optik.example” belongs to somebody already').waitFor();
    await console.getByLabel('E-mail address').fill(EMAIL);
    await next();
    await console.getByLabel('Desk number').fill('abc');
    await next();
    const alert = console.getByRole('alert');
    await alert
      .getByText('Desk number “abc” is not written as it has to be. The number consists of digits only.')
      .waitFor();
    await picture('step-refused');
    assert.doesNotMatch((await alert.textContent()) ?? '', /stations|\[\d\]/);
    await console.getByLabel('Desk number').fill('4021');
    await next();
    await alert.getByText('Desk number “4021” is given to somebody already').waitFor();
    await console.getByLabel('Desk number').fill('4035');
    await next();
    await console.getByLabel('Mailbox for messages').waitFor();
    assert.ok(await console.getByLabel('Mailbox for messages').isChecked());
    await picture('step-devices');
    await next();
    assert.ok(await console.getByLabel('Invite to Unisono Phone by e-mail').isChecked());
    await console.getByText('takes calls that nobody answers').waitFor();
    await picture('step-check');
  });

  test('made and invited with one click; the mail’s link opens the phone at the door', async (t) => {
    const one = there(t);
    if (one === undefined) return;
    await console.getByRole('button', { name: 'Create' }).click();
    await console.getByText(`The invitation is on its way to ${EMAIL}.`).waitFor();
    await picture('made');
    const [link = ''] = /https:\/\/\S+#\S+/.exec((await mail.next(EMAIL)).text) ?? [];
    assert.equal(new URL(link).origin, one.door);
    phone = await newPage(one.browser);
    await phone.goto(link);
    await phone.getByLabel(said('newPassword')).fill(PASSWORD);
    await phone.getByRole('button', { name: said('signIn') }).click();
    await untilReady(phone);
    await console.getByRole('link', { name: 'Done' }).click();
    await console.getByText('The invitation was accepted').waitFor();
    await console.getByText('4035').first().waitFor();
    await console.getByRole('button', { name: /^Sign out: / }).waitFor();
    await console.getByRole('button', { name: 'Send a link for a new password' }).click();
    await console.getByText(`The link for a new password is on its way to ${EMAIL}.`).waitFor();
    assert.match((await mail.next(EMAIL)).text, /\/password#ut_/);
    await picture('person');
  });

  test('the first call, to a desk phone', async (t) => {
    const one = there(t);
    if (one === undefined) return;
    const ben = await one.cast.baresip(one.system.desk('4021'), BEN_HZ, { name: 'ben' });
    const now = watch(ben);
    await phone.getByRole('link', { name: said('keypad') }).click();
    await phone.getByPlaceholder(said('find')).fill('4021');
    await phone.getByRole('button', { name: said('call'), exact: true }).click();
    await now.event('CALL_INCOMING');
    await ben.answer();
    await now.event('CALL_ESTABLISHED');
    await ben.waitForRtp();
    await phone.getByRole('button', { name: said('hangUp') }).click();
    await now.event('CALL_CLOSED');
    await console.goto(`${base}/#/calls`);
    await console.getByLabel('Result').selectOption('answered');
    await console.getByLabel('Number or name').fill('4035');
    const row = console.getByRole('row', { name: /4035 Zoe Kraft 4021 .* answered/ });
    await row.waitFor();
    await picture('calls');
    await console.getByLabel('Result').selectOption('busy');
    await row.waitFor({ state: 'detached' });
    await console.getByLabel('Result').selectOption('');
    await row.getByRole('link').click();
    await console.getByRole('row', { name: /^Desk phone 4021 .* 200$/ }).waitFor();
    await picture('call');
  });

  test('who has not been invited is invited from the synchronisation, and in step by itself', async (t) => {
    if (there(t) === undefined) return;
    await console.goto(`${base}/#/people/new`);
    await console.getByLabel('Name', { exact: true }).fill('Yara Lind');
    await console.getByLabel('E-mail address').fill('yara@lindner-optik.example');
    for (let step = 1; step <= 3; step++) {
      await next();
      await console.getByText(`Step ${step + 1} of 4`).waitFor();
    }
    await console.getByLabel('Invite to Unisono Phone by e-mail').uncheck();
    await console.getByRole('button', { name: 'Create' }).click();
    await console.getByText('The person was created.').waitFor();
    await console.goto(`${base}/#/sync`);
    await console.getByRole('button', { name: 'Dry run' }).click();
    const invite = console.getByRole('button', { name: 'Invite: Yara Lind' });
    await invite.waitFor();
    await picture('sync');
    await invite.click();
    await mail.next('yara@lindner-optik.example');
    await console.getByRole('row', { name: /Yara Lind.*In step/ }).waitFor();
  });

  test('Unisono Phone and the mailbox are switched off and on again on the person’s page', async (t) => {
    const one = there(t);
    if (one === undefined) return;
    await console.goto(`${base}/#/people/yara`);
    await console.getByText('Invited on').waitFor();
    await console.getByRole('button', { name: 'Take the mailbox away' }).click();
    await console.getByRole('button', { name: 'Set up the mailbox' }).click();
    await console.getByRole('button', { name: 'Take the mailbox away' }).waitFor();
    await console.getByRole('button', { name: 'Switch Unisono Phone off' }).click();
    await console.getByRole('button', { name: 'off: Unisono Phone' }).click();
    await console.getByRole('button', { name: 'Switch Unisono Phone on' }).click();
    await console.getByRole('button', { name: 'Switch Unisono Phone off' }).waitFor();
    assert.match(await one.administer('users', 'show', 'yara'), /"mailbox": true/);
    await console.getByText('can be found').waitFor();
    await console.getByRole('button', { name: 'Hide in the directory' }).click();
    await console.getByText('hidden', { exact: true }).waitFor();
    const number = /"deskStation": "(\d+)"/.exec(await one.administer('users', 'show', 'yara'))?.[1] ?? '';
    assert.match(await one.administer('stations', 'show', number), /"unlisted": true/);
    await console.goto(`${base}/#/stations`);
    await console.getByRole('button', { name: `Show in the directory: ${number}` }).click();
    await console.getByRole('button', { name: `Hide in the directory: ${number}` }).waitFor();
    assert.doesNotMatch(await one.administer('stations', 'show', number), /"unlisted"/);
  });

  test('on the command line: who is still in the way is named, and goes with --with-devices', async (t) => {
    const one = there(t);
    if (one === undefined) return;
    await assert.rejects(
      one.administer('users', 'delete', 'yara'),
      /UFIP device "ufip-yara" still leads to user "yara"/,
    );
    assert.match(await one.administer('users', 'delete', 'yara', '--with-devices'), /"directory": "removed"/);
    await assert.rejects(one.administer('users', 'show', 'yara'), /There is no/);
  });

  test('removed: the preview says what goes; registration and sign-in are gone at once', async (t) => {
    const one = there(t);
    if (one === undefined) return;
    await console.goto(`${base}/#/people/zoe`);
    await console.getByRole('button', { name: 'Remove person' }).click();
    await console.getByText('Desk number 4035 of Zoe Kraft goes').waitFor();
    await console.getByText('taken out of the cloud’s directory').waitFor();
    await picture('remove');
    await console.getByRole('button', { name: 'Remove for good' }).click();
    await console.getByText('was removed, here and in the directory of the cloud.').waitFor();
    await picture('removed');
    await untilSignedOut(phone);
    const devices = await console.evaluate(
      `fetch('/api/v1/now').then((answer) => answer.json()).then((now) => now.contacts.map(({ device }) => device).join())`,
    );
    assert.doesNotMatch(String(devices), /zoe/);
    await enterAddress(phone, one.door, EMAIL);
    await enterPassword(phone, PASSWORD);
    await phone
      .getByRole('alert')
      .filter({ hasText: said('problem.wrongCredentials') })
      .waitFor();
  });
});

/** The phone says by itself that nobody is signed in any more. */
async function untilSignedOut(phone: Page): Promise<void> {
  await phone.getByLabel(said('email')).waitFor();
}
