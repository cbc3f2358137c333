/** The Assistant's pages in Chromium: each one reached, accessible (axe), nothing wider than the screen, and usable by keyboard alone. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import decodeQr from 'qr/decode.js';
import { findPeer, peerPath, requirePeer, temporaryFolder } from '../peers/index.ts';

const ROOT = join(import.meta.dirname, '../..');
const PAGES = join(ROOT, 'apps/console');
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** A folder for pictures of every page: `SCREENSHOTS=shots npm test -- test/console`. */
const SCREENSHOTS = process.env.SCREENSHOTS;
const START_MS = 60_000;

const PLACES = [
  '',
  'people',
  'people/anna',
  'people/new',
  'stations',
  'stations/4020',
  'stations/new',
  'sync',
  'licences',
  'gateways',
  'gateways/gw1',
  'gateways/new',
  'clusters/new',
  'trunks',
  'trunk-groups/new',
  'routes/new',
  'classes',
  'classes-of-service/new',
  'account',
  'calls',
  'calls/none',
  'audit',
  'files',
  'administrators',
];

/** Makes the pages, where they were not made yet. */
function buildPages(): void {
  if (!existsSync(join(PAGES, 'dist/index.html')))
    execFileSync(process.execPath, [join(ROOT, 'node_modules/vite/bin/vite.js'), 'build'], { cwd: PAGES });
}

/** Starts the whole system and gives the one-time link. */
async function startSystem(
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<{ link: string; stop(): Promise<void> }> {
  const ports = ['sip', 'tls', 'assistant', 'connector'].flatMap((name) => [`--${name}-port`, '0']);
  const child = spawn(
    process.execPath,
    [join(ROOT, 'apps/unisono/src/main.ts'), 'start', ...ports, '--sbc-port', 'off'],
    {
      cwd: folder,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  let said = '';
  const link = await new Promise<string>((done, fail) => {
    const timer = setTimeout(() => fail(new Error(`it did not start: ${said}`)), START_MS);
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const found = /once: (\S+)/.exec(said)?.[1];
      if (found === undefined) return;
      clearTimeout(timer);
      done(found);
    });
  });
  return {
    link,
    stop: () =>
      new Promise((done) => {
        child.once('exit', () => done());
        child.kill('SIGTERM');
      }),
  };
}

describe('the pages of the Assistant', () => {
  let browser: Browser;
  let page: Page;
  let base: string;
  let stop = async (): Promise<void> => {};

  before(async () => {
    if (!findPeer('chromium')) return;
    buildPages();
    const { path } = temporaryFolder('console');
    const system = await startSystem(path);
    stop = system.stop;
    base = system.link.split('/#')[0] ?? '';
    browser = await chromium.launch({ executablePath: peerPath('chromium'), args: ['--no-sandbox', '--disable-gpu'] });
    // Axe is a script that the pages themselves would not allow.
    const context = await browser.newContext({ ignoreHTTPSErrors: true, bypassCSP: true, locale: 'en-GB' });
    page = await context.newPage();
    await page.goto(system.link);
    await page.getByLabel('User name').fill('anna');
    await page.getByLabel('Password').fill('a long enough secret');
    await page.getByRole('button', { name: 'Create the account' }).click();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
  });
  after(async () => {
    await browser?.close();
    await stop();
  });

  const LOOKS = [
    { width: 1280, height: 800, colorScheme: 'light', language: 'en', places: PLACES },
    // What has its own form on a narrow screen.
    {
      width: 360,
      height: 740,
      colorScheme: 'dark',
      language: 'de',
      places: [
        '',
        'people',
        'stations/4020',
        'sync',
        'people/new',
        'gateways',
        'trunks',
        'trunk-groups/new',
        'routes/new',
        'classes',
        'account',
        'administrators',
      ],
    },
  ] as const;
  for (const { width, height, colorScheme, language, places } of LOOKS) {
    test(`${width}×${height}, ${colorScheme}, ${language}: accessible, and no wider than the screen`, async (t) => {
      if (!requirePeer(t, 'chromium')) return;
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      await page.evaluate((chosen) => localStorage.setItem('language', chosen), language);
      await page.reload();
      for (const place of places) {
        await page.goto(`${base}/#/${place}`);
        await page.locator('main h1').waitFor();
        await page.waitForFunction('!/(Loading|Wird geladen) …/.test(document.body.innerText)');
        assert.deepEqual(await violations(page), [], place);
        const tooWide = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
        assert.ok(Number(tooWide) <= 0, `${place} is ${tooWide} pixels too wide`);
        await picture(page, `${place.replace('/', '-') || 'overview'}-${width}-${colorScheme}-${language}`);
      }
    });
  }

  test('a new person is made by keyboard alone, and found', async (t) => {
    if (!requirePeer(t, 'chromium')) return;
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.evaluate(() => localStorage.setItem('language', 'en'));
    await page.goto(`${base}/#/people/new`);
    await page.reload();
    await page.getByLabel('Name', { exact: true }).focus();
    await page.keyboard.type('Zoe Kraft');
    await page.keyboard.press('Tab');
    await page.keyboard.type('zoe@lindner-optik.example');
    await page.keyboard.press('Enter');
    await page.getByLabel('Desk number').focus();
    await page.keyboard.press('Enter');
    await page.getByLabel('Auxiliary number').focus();
    await page.keyboard.press('Enter');
    await page.getByText('Everything fits').waitFor();
    await page.getByRole('button', { name: 'Create' }).focus();
    await page.keyboard.press('Enter');
    // The demo has no mail server: the link is shown to be handed over.
    await page.getByText(/#ut_/).waitFor();
    await page.getByText('The password is shown this once').waitFor();
    await page.goto(`${base}/#/people/zoe`);
    await page.getByText('A call now would').waitFor();
  });

  test('a station is changed; a desk phone is given to who has none, and taken away; settings are tried before', async (t) => {
    if (!requirePeer(t, 'chromium')) return;
    await page.goto(`${base}/#/stations`);
    await page.getByRole('link', { name: '4022' }).click();
    await page.getByLabel('Own number outside').fill('+4989123499');
    await page.getByRole('button', { name: 'Save' }).first().click();
    await page.getByText('Saved.').waitFor();
    await page.getByLabel('When nobody answers').selectOption('alternativeNumber');
    await page.getByLabel('Alternative number', { exact: true }).fill('4020');
    await page.getByRole('button', { name: 'Dry run' }).last().click();
    await page.getByText('It would be like this then').waitFor();
    await page.getByRole('button', { name: 'Save' }).last().click();
    await page.getByText('It would be like this then').waitFor({ state: 'detached' });
    await page.goto(`${base}/#/stations/new`);
    await page.getByLabel('Desk number').fill('4039');
    await page.getByLabel('Name shown to others').fill('Store room');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { name: 'Station 4039' }).waitFor();
    await page.getByRole('button', { name: 'Give a desk phone' }).click();
    await page.getByText('The password is shown this once').waitFor();
    assert.deepEqual(await violations(page), []);
    const told = await page.getByRole('status').textContent();
    assert.match(told ?? '', /127\.0\.0\.1:\d+\s*UDP/);
    assert.match(told ?? '', /[a-z2-9]{20}/);
    await picture(page, 'desk-phone-given');
    await page.getByRole('button', { name: 'Take the desk phone away' }).click();
    await page.getByRole('button', { name: 'Take it away now' }).click();
    await page.getByRole('button', { name: 'Give a desk phone' }).waitFor();
    await page.goto(`${base}/#/people/david`);
    await page.getByRole('button', { name: 'Give a desk phone' }).click();
    await page.getByText('The password is shown this once').waitFor();
    await page.getByRole('button', { name: 'New SIP password: Desk phone' }).waitFor();
  });

  test('a trunk group with two trunks and a route over it are made, checked first, and changed by keyboard', async (t) => {
    if (!requirePeer(t, 'chromium')) return;
    await page.goto(`${base}/#/trunk-groups/new`);
    const type = async (label: string, text: string, nth = 0): Promise<void> => {
      await page.getByLabel(label, { exact: true }).nth(nth).focus();
      await page.keyboard.type(text);
    };
    const press = async (name: string): Promise<void> => {
      await page.getByRole('button', { name, exact: true }).focus();
      await page.keyboard.press('Enter');
    };
    await type('Id', 'city');
    await press('Add: Trunk');
    await type('Id', 'city-1', 1);
    await type('Address of the peer', 'sip.city.example');
    await type('User name there', 'lindner');
    await type('Password there', 'a secret there');
    await type('Addresses its calls come from', '192.0.2.7, 192.0.2.64/26');
    await press('Dry run');
    await page.getByText('Nothing has been created yet').waitFor();
    await press('Create');
    await page.getByRole('heading', { name: 'Trunk group city' }).waitFor();
    await type('Main number', '+498912340');
    await press('Dry run');
    await page.getByText('Nothing has been changed yet').waitFor();
    await press('Save');
    await page.getByText('Saved.').waitFor();
    await page.goto(`${base}/#/trunks`);
    await page.getByRole('cell', { name: '+498912340' }).waitFor();
    // The state of now, not the name of a state that is not found.
    await page.getByRole('cell', { name: /sip\.city\.example UDP (not heard of yet|down)/ }).waitFor();
    await picture(page, 'trunk-state');
    await page.goto(`${base}/#/routes/new`);
    await type('Id', 'to-the-city');
    await type('Dialled number begins with', '+4989');
    await press('Add: Way');
    await page.getByLabel('Trunk group').focus();
    await page.getByLabel('Trunk group').selectOption('city');
    await press('Create');
    await page.getByRole('heading', { name: 'Route to-the-city' }).waitFor();
    // What is refused says the field and what would be right.
    await page.getByLabel('Dialled number begins with').fill('not a number');
    await press('Save');
    await page.getByRole('alert').getByText('pattern').waitFor();
  });

  test('a token is made and shown once; the own password is changed, and a second factor wanted', async (t) => {
    if (!requirePeer(t, 'chromium')) return;
    await page.goto(`${base}/#/administrators`);
    await page.getByLabel('What is it for?').fill('backup');
    await page.getByRole('button', { name: 'Make a token' }).click();
    const token = await page.locator('code.long').textContent();
    await page.getByRole('cell', { name: 'backup', exact: true }).waitFor();
    const asked = (headers: Record<string, string>) =>
      page.context().request.get(`${base}/api/v1/gateways`, { headers, ignoreHTTPSErrors: true });
    assert.equal((await asked({ authorization: `Bearer ${token}`, cookie: '' })).status(), 200);
    await page.getByRole('button', { name: 'Delete: backup' }).click();
    await page.getByRole('button', { name: 'Really delete?: backup' }).click();
    await page.getByRole('cell', { name: 'backup', exact: true }).waitFor({ state: 'detached' });
    await page.goto(`${base}/#/account`);
    await page.getByLabel('Password now').fill('not the password');
    await page.getByLabel('New password').fill('another long secret');
    await page.getByRole('button', { name: 'Change the password' }).click();
    await page.getByRole('alert').getByText('The current password is wrong').waitFor();
    await page.getByLabel('Password now').fill('a long enough secret');
    await page.getByRole('button', { name: 'Change the password' }).click();
    await page.getByText('The password was changed').waitFor();
    await page.getByLabel('Password', { exact: true }).fill('another long secret');
    await page.getByRole('button', { name: 'Set up a second factor' }).click();
    const key = (await page.locator('code.long').textContent())?.replaceAll(' ', '') ?? '';
    assert.match(await scanned(page), new RegExp(`^otpauth://totp/.*secret=${key}&`));
    await picture(page, 'second-factor');
    await page.getByLabel('Code', { exact: true }).fill(codeOf(key, 0));
    await page.getByRole('button', { name: 'Switch on' }).click();
    await page.getByRole('button', { name: 'Switch off' }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('User name').fill('anna');
    await page.getByLabel('Password', { exact: true }).fill('another long secret');
    await page.getByRole('button', { name: 'Sign in' }).click();
    // The code of the next step: the one of now was used.
    await page.getByLabel('Code').fill(codeOf(key, 1));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('link', { name: 'anna · admin' }).waitFor();
  });
});

test('where a second factor is required, the first page sets one up by its QR code, and nothing comes before', async (t) => {
  if (!requirePeer(t, 'chromium')) return;
  buildPages();
  const { path, remove } = temporaryFolder('console-factor');
  const system = await startSystem(path, { UNISONO_ASSISTANT_REQUIRE_TOTP: 'on' });
  const browser = await chromium.launch({
    executablePath: peerPath('chromium'),
    args: ['--no-sandbox', '--disable-gpu'],
  });
  t.after(async () => {
    await browser.close();
    await system.stop();
    remove();
  });
  const context = await browser.newContext({ ignoreHTTPSErrors: true, bypassCSP: true, locale: 'de-DE' });
  const page = await context.newPage();
  await page.setViewportSize({ width: 360, height: 740 });
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.goto(system.link);
  await page.getByLabel('Benutzername').fill('anna');
  await page.getByLabel('Passwort').fill('a long enough secret');
  await page.getByRole('button', { name: 'Konto anlegen' }).click();
  await page.getByText('vorgeschrieben').waitFor();
  await page.goto(`${system.link.split('/#')[0]}/#/people`);
  await page.reload();
  await page.getByLabel('Passwort').fill('a long enough secret');
  await page.getByRole('button', { name: 'Zweiten Faktor einrichten' }).click();
  const uri = new URL(await scanned(page));
  assert.deepEqual(await violations(page), []);
  assert.equal(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), 0);
  await picture(page, 'factor-due-360-dark-de');
  await page.getByLabel('Code', { exact: true }).fill(codeOf(uri.searchParams.get('secret') ?? '', 0));
  await page.getByRole('button', { name: 'Einschalten' }).click();
  await page.getByRole('heading', { name: 'Personen' }).waitFor();
});

/** What a camera reads of the QR code on the page. */
async function scanned(page: Page): Promise<string> {
  const code = page.getByRole('img', { name: /QR/ });
  const size = Number((await code.getAttribute('viewBox'))?.split(' ')[2]);
  const path = (await code.locator('path').getAttribute('d')) ?? '';
  const scale = 4;
  const side = size * scale;
  const data = new Uint8Array(side * side * 3).fill(255);
  for (const [, x, y] of path.matchAll(/M(\d+) (\d+)h1v1h-1z/g))
    for (let row = 0; row < scale; row++) {
      const from = ((Number(y) * scale + row) * side + Number(x) * scale) * 3;
      data.fill(0, from, from + scale * 3);
    }
  return decodeQr({ width: side, height: side, data });
}

async function picture(page: Page, name: string): Promise<void> {
  if (SCREENSHOTS === undefined) return;
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true });
}

async function violations(page: Page): Promise<unknown> {
  await page.addScriptTag({ content: AXE });
  return page.evaluate(
    `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
      violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 120)).join(' | ')))`,
  );
}

/** A code as an app makes it (RFC 6238), so many steps from now. */
function codeOf(key: string, later: number): string {
  const bits = [...key]
    .map((sign) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(sign).toString(2).padStart(5, '0'))
    .join('');
  const secret = Buffer.from((bits.match(/.{8}/g) ?? []).map((octet) => Number.parseInt(octet, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + later));
  const hash = createHmac('sha1', secret).update(counter).digest();
  const number = (hash.readUInt32BE((hash.at(-1) ?? 0) & 0xf) & 0x7fffffff) % 1_000_000;
  return String(number).padStart(6, '0');
}
