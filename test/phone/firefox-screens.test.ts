/** The app's own screens in Firefox at the real door: signed in by form, called by a desk phone, answered by a click. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, type TestContext, test } from 'node:test';
import { watch } from '../interop/watch.ts';
import { FIREFOX_TONE_HZ } from '../peers/browser/firefox.ts';
import { type Baresip, findPeer, requirePeer } from '../peers/index.ts';
import { type FirefoxApp, FirefoxWorld } from './firefox-app.ts';
import { said } from './said.ts';

const BEN_HZ = 880;
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const NARROW = { width: 360, height: 740 };
const WIDE = { width: 1280, height: 800 };

describe('the screens in Firefox', () => {
  let world: FirefoxWorld | undefined;
  let app: FirefoxApp;
  let ben: Baresip;

  before(async () => {
    if (!findPeer('firefox-esr') || !findPeer('baresip') || !findPeer('pulseaudio')) return;
    world = await FirefoxWorld.open();
    ben = await world.cast.baresip(world.system.desk('4021'), BEN_HZ, { name: 'ben' });
    app = await world.signedIn('anna');
  });
  after(() => world?.close());

  function isThere(t: TestContext): boolean {
    return requirePeer(t, 'firefox-esr', 'baresip', 'pulseaudio');
  }

  test('a desk phone calls, a click answers, and both hear each other; hold, resume, hang up; the history has it', async (t) => {
    if (!isThere(t)) return;
    const now = watch(ben);
    await ben.dial('4020');
    await app.text(/Ben Okafor/);
    await app.answer();
    await now.event('CALL_ESTABLISHED');
    await Promise.all([app.heard(BEN_HZ), ben.waitForTone(FIREFOX_TONE_HZ)]);
    await app.click(said('hold'));
    await app.text(new RegExp(said('phase.held')));
    await app.silent(BEN_HZ);
    await app.click(said('resumeCall'));
    await Promise.all([app.heard(BEN_HZ), ben.waitForRtp()]);
    await app.click(said('hangUp'));
    await now.event('CALL_CLOSED');
    await app.click(said('recent'), 'link');
    await app.text(/Ben Okafor[\s\S]*Answered/);
  });

  test('on a narrow screen the same: nothing is wider than it, and a call is answered and ended', async (t) => {
    if (!isThere(t)) return;
    await app.page.setViewport(NARROW);
    try {
      await app.click(said('keypad'), 'link');
      await assertFits('the keypad');
      const now = watch(ben);
      await ben.dial('4020');
      await app.text(/Ben Okafor/);
      await assertFits('a call that rings');
      await app.answer();
      await now.event('CALL_ESTABLISHED');
      await app.heard(BEN_HZ);
      await assertFits('a call');
      await app.click(said('hangUp'));
      await now.event('CALL_CLOSED');
    } finally {
      await app.page.setViewport(WIDE);
    }
  });

  const places = {
    keypad: said('keypad'),
    recent: said('recent'),
    favourites: said('favourites'),
    voicemail: said('voicemail'),
    routing: said('routingLong'),
    devices: said('devicesLong'),
    settings: said('settings'),
  } as const;
  for (const [place, heading] of Object.entries(places) as [keyof typeof places, string][])
    test(`${place}: axe finds nothing`, async (t) => {
      if (!isThere(t)) return;
      await app.click(said(place), 'link');
      await app.until(`the page ${heading}`, `document.querySelector('h1')?.innerText === '${heading}'`);
      await app.page.evaluate(AXE);
      const found = await app.page.evaluate(`(async () => {
        const { violations } = await axe.run({ runOnly: ${JSON.stringify(RULES)} });
        return violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' '));
      })()`);
      assert.deepEqual(found, []);
    });

  async function assertFits(what: string): Promise<void> {
    const widthPx = await app.page.evaluate('document.documentElement.scrollWidth');
    assert.ok(Number(widthPx) <= NARROW.width, `${what} is ${widthPx} pixels wide`);
  }
});
