/** The app on a telephone, by touch, in both languages; and its notifications while nobody looks. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { BrowserContext, Locator, Page } from 'playwright-core';
import { type Language, textIn, type Word } from '../../apps/phone/src/words/index.ts';
import { type Watch, watch } from '../interop/watch.ts';
import { type Baresip, findPeer, requirePeer } from '../peers/index.ts';
import { HEARD, REMEMBER_PLAYED } from './app-ears.ts';
import { buildApp } from './built-app.ts';
import { enterAddress, enterPassword, passwordField, signInByForm, untilReady } from './sign-in-form.ts';
import { PhoneWorld } from './world.ts';

const BEN = { number: '4021', hz: 880 } as const;
const SIZE = { width: 360, height: 740 } as const;
const READY_MS = 20_000;
/** A tap that comes sooner than this after the call has appeared decides nothing, on purpose. */
const AIMED_MS = 450;

const PEOPLE = [
  { user: 'anna', number: '4020', language: 'en', locale: 'en-GB' },
  { user: 'carla', number: '4022', language: 'de', locale: 'de-DE' },
] as const;

describe('the app on a telephone', () => {
  let world: PhoneWorld | undefined;
  let ben: Baresip;

  before(async () => {
    if (!findPeer('chromium') || !findPeer('baresip')) return;
    buildApp();
    world = await PhoneWorld.open(240);
    ben = await world.cast.baresip(world.system.desk(BEN.number), BEN.hz, { name: 'ben' });
  });
  after(() => world?.close());
  afterEach(() => ben?.hangup().catch(() => {}));

  const isThere = (t: TestContext) => requirePeer(t, 'chromium', 'baresip');

  for (const { user, number, language, locale } of PEOPLE)
    describe(`by touch, in ${language}`, () => {
      let context: BrowserContext;
      let page: Page;
      const problems: string[] = [];
      const word = (name: Word, fill?: Record<string, string>) => textIn(language as Language, name, fill);
      const button = (name: Word): Locator => page.getByRole('button', { name: word(name), exact: true });
      const tab = (name: Word): Locator => page.getByRole('navigation').getByText(word(name), { exact: true });
      /** Under the finger, and not outside of the telephone. */
      const tap = async (what: Locator): Promise<void> => {
        await what.waitFor();
        const box = await what.boundingBox();
        const isInside = box !== null && box.x >= 0 && box.y >= 0 && box.x + box.width <= SIZE.width;
        assert.ok(isInside && box.y + box.height <= SIZE.height, `out of reach: ${JSON.stringify(box)}`);
        await what.tap();
      };
      const key = (name: string): Locator =>
        page
          .getByRole('group', { name: word('keypad') })
          .last()
          .getByRole('button', { name: new RegExp(`^[${name}]`) });
      const isNoWider = async (): Promise<void> => {
        assert.equal(await page.evaluate('document.documentElement.scrollWidth'), SIZE.width, 'nothing is cut off');
      };

      before(async () => {
        if (!world) return;
        context = await world.browser.newContext({
          ignoreHTTPSErrors: true,
          locale,
          viewport: SIZE,
          hasTouch: true,
          isMobile: true,
        });
        page = await context.newPage();
        page.setDefaultTimeout(READY_MS);
        await page.addInitScript(REMEMBER_PLAYED);
        page.on('pageerror', (error) => problems.push(String(error)));
      });
      after(() => context?.close());

      test('signs in', async (t) => {
        if (!isThere(t) || !world) return;
        const { email, password } = world.account(user);
        await enterAddress(page, world.door, email);
        await passwordField(page).tap();
        await enterPassword(page, password);
        await untilReady(page);
        assert.equal(await page.evaluate('document.documentElement.lang'), language);
        await isNoWider();
      });

      test('dials by keys, in groups; keys in the call; hangs up', async (t) => {
        if (!isThere(t)) return;
        await tap(tab('keypad'));
        for (const digit of '0301234567') await tap(key(digit));
        const field = page.getByPlaceholder(word('find'));
        assert.equal(await field.inputValue(), '030 1234567');
        for (let digits = 10; digits > 0; digits--) await tap(button('erase'));
        for (const digit of BEN.number) await tap(key(digit));
        const now = watch(ben);
        await tap(button('call'));
        await now.event('CALL_INCOMING');
        await page.getByText(word('phase.alerting')).first().waitFor();
        await page.getByRole('heading', { name: 'Ben Okafor' }).waitFor();
        await ben.answer();
        await page.waitForFunction(HEARD(BEN.hz));
        await ben.waitForRtp();
        await tap(button('keys'));
        const dtmf = () => ben.events.filter(({ type }) => type === 'CALL_DTMF_START').map(({ param }) => param);
        // The other language's round has had its own.
        const before = dtmf().length;
        for (const digit of '12#') await tap(key(digit));
        for (const untilMs = performance.now() + READY_MS; dtmf().length < before + 3 && performance.now() < untilMs; )
          await delay(50);
        assert.deepEqual(dtmf().slice(before), ['1', '2', '#']);
        await isNoWider();
        await tap(button('hangUp'));
        await now.event('CALL_CLOSED');
        await tap(button('close'));
      });

      test('is called: who calls is named, a tap answers, and mute and hold are in reach', async (t) => {
        if (!isThere(t)) return;
        const now = watch(ben);
        await ben.dial(number);
        await page.getByRole('heading', { name: 'Ben Okafor' }).waitFor();
        await isNoWider();
        await delay(AIMED_MS);
        await tap(button('answer'));
        await now.event('CALL_ESTABLISHED');
        await page.waitForFunction(HEARD(BEN.hz));
        await tap(button('hold').and(page.locator(':enabled')));
        await page.getByText(word('phase.held')).first().waitFor();
        await untilOffered(now, 'sendonly');
        await tap(page.locator('.controls').getByRole('button', { name: word('resumeCall') }));
        await page.getByText(word('phase.active')).first().waitFor();
        await untilOffered(now, 'sendrecv');
        await tap(button('mute'));
        await page.locator('.stage').getByText(word('muted'), { exact: true }).waitFor();
        await tap(button('hangUp'));
        await now.event('CALL_CLOSED');
        await tap(button('close'));
        await tap(tab('recent'));
        await page.getByRole('button', { name: new RegExp(`Ben Okafor.*${word('result.answered')}`) }).waitFor();
      });

      test('changes where calls ring, and the phone system follows', async (t) => {
        if (!isThere(t) || !world) return;
        await tap(tab('more'));
        await tap(page.getByRole('link', { name: word('routingLong') }));
        await page.getByRole('radio', { name: new RegExp(`^${word('routing.voicemail')}`) }).tap();
        await page.getByText(word('pending')).waitFor({ state: 'detached' });
        const now = watch(ben);
        await ben.dial(number);
        await now.event('CALL_ESTABLISHED');
        await ben.hangup();
        await page
          .getByRole('radio', { name: new RegExp(`^${word('routing.default')}`) })
          .first()
          .tap();
        await page.getByText(word('pending')).waitFor({ state: 'detached' });
        await isNoWider();
        assert.deepEqual(problems, []);
      });
    });

  describe('while nobody looks', () => {
    let page: Page;
    let desk: Baresip;

    before(async () => {
      if (!world) return;
      const context = await world.browser.newContext({ ignoreHTTPSErrors: true, locale: 'en-GB' });
      await context.grantPermissions(['notifications'], { origin: world.door });
      page = await context.newPage();
      page.setDefaultTimeout(READY_MS);
      await signInByForm(page, world.door, world.account('anna'));
      await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)');
      await page.evaluate(`Object.defineProperty(document, 'hidden', { get: () => true })`);
      desk = await world.cast.baresip(world.system.desk('4020'), 500, { name: 'anna-desk' });
    });

    const shown = (): Promise<string[]> =>
      page.evaluate(
        `navigator.serviceWorker.ready.then((one) => one.getNotifications()).then((list) => list.map(({ title }) => title))`,
      );
    /** Waits until exactly these notifications are there; gives when. */
    const untilShown = async (titles: readonly string[]): Promise<number> => {
      let list = await shown();
      for (const untilMs = performance.now() + READY_MS; performance.now() < untilMs; list = await shown())
        if (list.join() === titles.join()) return performance.now();
      assert.fail(`want ${titles.join()}, there is ${list.join()}`);
    };
    const calling = textIn('en', 'notify.incoming', { who: 'Ben Okafor' });
    const missed = textIn('en', 'notify.missed', { who: 'Ben Okafor' });

    test('a call is notified; answered on the desk phone its notification goes, and nothing was missed', async (t) => {
      if (!isThere(t)) return;
      const [atDesk, atBen] = [watch(desk), watch(ben)];
      await ben.dial('4020');
      await Promise.all([untilShown([calling]), atDesk.event('CALL_INCOMING')]);
      await desk.answer();
      const { atMs } = await atBen.event('CALL_ESTABLISHED');
      t.diagnostic(`gone ${Math.round((await untilShown([])) - atMs)} ms after the caller had the answer`);
      await ben.hangup();
      await atDesk.event('CALL_CLOSED');
      await untilShown([]);
    });

    test('the caller gives up: the notification goes, and one says that the call was missed', async (t) => {
      if (!isThere(t)) return;
      await ben.dial('4020');
      await untilShown([calling]);
      const sinceMs = performance.now();
      await ben.hangup();
      t.diagnostic(`changed ${Math.round((await untilShown([missed])) - sinceMs)} ms after the caller hung up`);
    });
  });
});

/** Waits until the phone is offered this direction of audio. */
async function untilOffered(now: Watch, direction: 'sendonly' | 'sendrecv'): Promise<void> {
  const offered = () => now.messages().findLast(({ text }) => text.startsWith('INVITE'))?.text ?? '';
  for (const untilMs = performance.now() + READY_MS; performance.now() < untilMs; await delay(50))
    if (offered().includes(`a=${direction}`)) return;
  assert.fail(`want ${direction}: ${offered()}`);
}
