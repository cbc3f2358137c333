/** The client app in a real browser: how soon it can be used, and how long from a click until the other end rings. */
import { gzipSync } from 'node:zlib';
import type { ScriptedPhone } from '../../test/interop/scripted/phone.ts';
import { findPeer } from '../../test/peers/index.ts';
import { buildApp } from '../../test/phone/built-app.ts';
import { type Page, PhoneWorld } from '../../test/phone/world.ts';
import type { Outcome } from '../measurements.ts';
import type { Options, PhoneMeasurementName } from '../options.ts';
import { percentile } from '../statistics.ts';
import { measureBorderRestarts, measureMoves, measureNetworkChanges } from './calls-that-go-on.ts';
import { measureStops } from './stops.ts';

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
export const measurePhone: Readonly<Record<PhoneMeasurementName, (options: Options) => Promise<Outcome>>> = {
  phone: measureApp,
  'phone-stops': measureStops,
  'phone-network': measureNetworkChanges,
  'phone-moves': measureMoves,
  'phone-border': measureBorderRestarts,
};

async function measureApp(options: Options): Promise<Outcome> {
  buildApp();
  const world = await PhoneWorld.open(LONGEST_SEC);
  try {
    const { page, ...sizes } = await signedIn(world);
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
        ...sizes,
      },
      problems: {},
    };
  } finally {
    await world.close();
  }
}

async function signedIn(
  world: PhoneWorld,
): Promise<{ readonly page: Page; readonly firstLoadKb: number; readonly allScriptKb: number }> {
  const { email, password } = world.account('anna');
  const context = await world.browser.newContext({ ignoreHTTPSErrors: true, locale: 'en-GB' });
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT_MS);
  const scripts: { readonly url: string; readonly body: Promise<Buffer> }[] = [];
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script') scripts.push({ url: response.url(), body: response.body() });
  });
  await page.goto(world.door);
  // What the page names; the rest comes after the first picture.
  const named: string[] = await page.evaluate(
    `[...document.querySelectorAll('script[src], link[rel=modulepreload]')].map((one) => one.src || one.href)`,
  );
  await page.getByLabel('E-mail address').fill(email);
  await page.keyboard.press('Enter');
  await page.getByLabel('Password').fill(password);
  await page.keyboard.press('Enter');
  await page.getByText('4020 · Ready').waitFor();
  const octets = async (isMeant: (url: string) => boolean): Promise<number> => {
    const bodies = await Promise.all(scripts.filter(({ url }) => isMeant(url)).map(({ body }) => body));
    return bodies.reduce((sum, body) => sum + gzipSync(body).length, 0);
  };
  return {
    page,
    firstLoadKb: (await octets((url) => named.includes(url))) / 1_000,
    allScriptKb: (await octets(() => true)) / 1_000,
  };
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
