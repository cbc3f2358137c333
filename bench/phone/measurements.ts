/** The client app in a real browser: how soon it can be used, and how long from a click until the other end rings. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { ScriptedPhone } from '../../test/interop/scripted/phone.ts';
import { findPeer } from '../../test/peers/index.ts';
import { type Page, PhoneWorld } from '../../test/phone/world.ts';
import type { Outcome } from '../measurements.ts';
import type { Options } from '../options.ts';
import { percentile } from '../statistics.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const LONGEST_SEC = 600;
const WAIT_MS = 20_000;
const CALLED = '4021';
const CALLING_BUTTON = 'button.callbutton';

/** The browser that it is measured in. */
export const chromiumBrowser = {
  name: 'chromium',
  missing: () => (findPeer('chromium') ? undefined : 'Chromium is not installed (apt-get install chromium)'),
} as const;

/** Everything on this machine, without cores of their own: what a person sees who has just started it. */
export async function measurePhone(options: Options): Promise<Outcome> {
  execFileSync(process.execPath, [join(ROOT, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'error'], {
    cwd: join(ROOT, 'apps', 'phone'),
  });
  const world = await PhoneWorld.open(LONGEST_SEC);
  try {
    const page = await signedIn(world);
    const readyMs: number[] = [];
    for (let load = 0; load < options.phoneLoads; load++) readyMs.push(await reload(page));
    const called = await world.cast.scripted(world.system.desk(CALLED));
    const setupMs: number[] = [];
    for (let call = 0; call < options.phoneCalls; call++) setupMs.push(await setUp(page, called));
    return {
      values: {
        calls: setupMs.length,
        setupP50Ms: percentile(setupMs, 0.5),
        setupP99Ms: percentile(setupMs, 0.99),
        usableP50Ms: percentile(readyMs, 0.5),
        usableMaxMs: Math.max(...readyMs),
      },
      problems: {},
    };
  } finally {
    await world.close();
  }
}

async function signedIn(world: PhoneWorld): Promise<Page> {
  const { email, password } = world.account('anna');
  const context = await world.browser.newContext({ ignoreHTTPSErrors: true, locale: 'en-GB' });
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT_MS);
  await page.goto(world.door);
  await page.getByLabel('E-mail address').fill(email);
  await page.keyboard.press('Enter');
  await page.getByLabel('Password').fill(password);
  await page.keyboard.press('Enter');
  await page.getByText('4020 · Ready').waitFor();
  return page;
}

/** From the request for the page until it is registered and a number can be dialled. */
async function reload(page: Page): Promise<number> {
  await page.reload({ waitUntil: 'commit' });
  await page.getByText('4020 · Ready').waitFor();
  return await page.evaluate('performance.now()');
}

/** From the click on the button until the INVITE is at the desk phone; the clocks of both are this machine's. */
async function setUp(page: Page, called: ScriptedPhone): Promise<number> {
  await page.getByPlaceholder('Name or number').fill(CALLED);
  await page.locator(`${CALLING_BUTTON}:enabled`).waitFor();
  const clickedAtMs: number = await page.evaluate(
    `(() => { const atMs = performance.timeOrigin + performance.now(); document.querySelector('${CALLING_BUTTON}').click(); return atMs; })()`,
  );
  const call = await called.nextCall(WAIT_MS);
  const rangAtMs = performance.timeOrigin + call.invite.atMs;
  call.ring();
  await page.getByText('Ringing …').first().waitFor();
  await page.getByRole('button', { name: 'Hang up' }).click();
  await call.waitForRequest('CANCEL');
  await page.getByRole('button', { name: 'Hang up' }).waitFor({ state: 'detached' });
  return rangAtMs - clickedAtMs;
}
