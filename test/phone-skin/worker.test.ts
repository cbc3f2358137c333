/** The service worker: the page without a network, notifications that come and go, and pushes while no page is open. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { findPeer, peerPath, requirePeer, temporaryFolder } from '../peers/index.ts';
import { type Served, serve, vite } from './stage.ts';

interface Shown {
  readonly title: string;
  readonly tag: string;
}

describe('the service worker of the phone', () => {
  let app: Served;
  let scenes: Served;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;

  before(async () => {
    if (!findPeer('chromium')) return;
    const { path } = temporaryFolder('phone-worker');
    const [built, staged] = [join(path, 'app'), join(path, 'scenes')];
    vite('build', '--logLevel', 'error', '--outDir', built);
    vite('build', '-c', 'vite.scenes.config.ts', '--logLevel', 'error', '--outDir', staged);
    app = await serve([built], 'index.html');
    scenes = await serve([staged, built], 'scenes.html');
    browser = await chromium.launch({ executablePath: peerPath('chromium'), args: ['--no-sandbox', '--disable-gpu'] });
    context = await browser.newContext({ locale: 'en-GB' });
    await context.grantPermissions(['notifications'], { origin: scenes.origin });
    page = await context.newPage();
    page.setDefaultTimeout(10_000);
  });
  after(async () => {
    await browser?.close();
    await app?.close();
    await scenes?.close();
  });

  const story = (says: string, tell: () => Promise<void>): void => {
    test(says, async (t) => {
      if (requirePeer(t, 'chromium')) await tell();
    });
  };
  const ready = () => page.evaluate('navigator.serviceWorker.ready.then(() => undefined)');
  const shown = async (): Promise<readonly Shown[]> =>
    (await page.evaluate(`navigator.serviceWorker.getRegistration().then((one) => one.getNotifications())
      .then((list) => list.map(({ title, tag }) => ({ title, tag })))`)) as readonly Shown[];
  const until = async (what: string, isIt: (list: readonly Shown[]) => boolean, withinMs = 15_000): Promise<void> => {
    const untilMs = performance.now() + withinMs;
    let list = await shown();
    while (!isIt(list) && performance.now() < untilMs) list = await shown();
    assert.ok(isIt(list), `${what}: ${JSON.stringify(list)}`);
  };

  story('holds the page and all it needs: without a network it opens and says so', async () => {
    await page.goto(app.origin);
    await ready();
    await page.waitForFunction('caches.keys().then((names) => names.some((name) => name.startsWith("shell-")))');
    await context.setOffline(true);
    const failed: string[] = [];
    page.on('requestfailed', (request) => failed.push(new URL(request.url()).pathname));
    for (const place of ['/', '/pair', '/welcome']) {
      await page.goto(`${app.origin}${place}`);
      await page.getByRole('heading', { name: 'Unisono Phone' }).waitFor();
    }
    assert.deepEqual(
      failed.filter((path) => !path.startsWith('/v1/')),
      [],
    );
    await context.setOffline(false);
  });

  story('a call that rings in the background is notified, and withdrawn when it was answered elsewhere', async () => {
    await page.addInitScript(`Object.defineProperty(document, 'hidden', { get: () => true })`);
    await page.goto(scenes.origin);
    await page.evaluate(`navigator.serviceWorker.register('/sw.js')`);
    await ready();
    await page.evaluate(`window.callId = fake.play.incoming({ name: 'Ben Okafor', number: '4021' })`);
    await until('it is told', (list) => list.some(({ title }) => title === 'Ben Okafor is calling'));
    await page.evaluate(
      `fake.play.ended(callId, { reason: 'answeredElsewhere', isMissed: false, answeredOn: 'desk' })`,
    );
    await until('it is taken away', (list) => list.length === 0);
  });

  story('a missed call stays told', async () => {
    await page.evaluate(`window.callId = fake.play.incoming({ number: '4023' })`);
    await until('it is told', (list) => list.some(({ title }) => title === '4023 is calling'));
    await page.evaluate(`fake.play.ended(callId, { reason: 'cancelled', isMissed: true })`);
    await until(
      'only that it was missed is left',
      (list) => list.length === 1 && list[0]?.title === 'Missed call from 4023',
    );
  });

  story('a push wakes it while no page is open; the end of the call takes it away, a missed one is told', async () => {
    const session = await context.newCDPSession(page);
    const registration = new Promise<string>((done) => {
      session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
        const found = registrations.find(({ scopeURL }) => scopeURL.startsWith(scenes.origin));
        if (found !== undefined) done(found.registrationId);
      });
    });
    await session.send('ServiceWorker.enable');
    const registrationId = await registration;
    const push = (payload: object) =>
      session.send('ServiceWorker.deliverPushMessage', {
        origin: scenes.origin,
        registrationId,
        data: JSON.stringify(payload),
      });
    const party = { name: 'Carla Rossi', number: '4022' };
    await page.goto('about:blank');
    await push({ pushId: 'p1', kind: 'incomingCall', callId: 'c1', party });
    await push({ pushId: 'p2', kind: 'incomingCall', callId: 'c2', party });
    await push({ pushId: 'p3', kind: 'callEnded', callId: 'c1' });
    await push({ pushId: 'p4', kind: 'missedCall', callId: 'c2', party });
    // Looking needs a page of the same origin; a picture is no page of the phone.
    await page.goto(`${scenes.origin}/icons/icon.svg`);
    await until(
      'of two calls one was missed, none rings',
      (list) =>
        list.some(({ title }) => title === 'Missed call from Carla Rossi') &&
        !list.some(({ tag }) => tag.startsWith('push-')),
    );
  });
});
