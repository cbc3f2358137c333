/** A new device reads the code on another one with its camera, and then speaks with its microphone. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { watch } from '../interop/watch.ts';
import { sine, wavFile } from '../peers/audio.ts';
import { findPeer, requirePeer } from '../peers/index.ts';
import { temporaryFolder } from '../peers/process.ts';
import { HEARD, REMEMBER_PLAYED } from './app-ears.ts';
import { buildApp } from './built-app.ts';
import { writeFilm } from './camera-film.ts';
import { FAKE_DEVICES, launchChromium } from './phone-page.ts';
import { said } from './said.ts';
import { drawnQr, newPage, signInByForm, untilReady } from './sign-in-form.ts';
import { PhoneWorld } from './world.ts';

const BEN_HZ = 880;
const SPEAKER_HZ = 620;
const SPEECH_SEC = 10;

describe('camera and microphone of a new device', () => {
  let world: PhoneWorld | undefined;
  let first: Page;
  const browsers: Browser[] = [];
  const folder = temporaryFolder('camera');
  const [film, speech] = [join(folder.path, 'code.y4m'), join(folder.path, 'speech.wav')];

  before(async () => {
    if (!findPeer('chromium') || !findPeer('baresip')) return;
    buildApp();
    world = await PhoneWorld.open();
    writeFileSync(speech, wavFile(sine(SPEAKER_HZ, SPEECH_SEC, 48_000)));
    first = await newPage(world.browser);
    await signInByForm(first, world.door, world.account('anna'));
  });
  after(async () => {
    for (const browser of browsers) await browser.close();
    await world?.close();
    folder.remove();
  });

  function there(t: TestContext): PhoneWorld | undefined {
    return requirePeer(t, 'chromium', 'baresip') ? world : undefined;
  }

  async function showCode(): Promise<void> {
    await first.getByRole('link', { name: said('settings') }).click();
    await first.getByRole('button', { name: said('addDevice') }).click();
    await first.locator('.secret').first().waitFor();
  }

  async function letIn(page: Page): Promise<void> {
    await page.getByText(said('qrWaiting')).waitFor();
    await first.getByRole('button', { name: said('letIn') }).click();
    await untilReady(page);
  }

  async function newDevice(devices: readonly string[]): Promise<Page> {
    const browser = await launchChromium(devices);
    browsers.push(browser);
    const page = await newPage(browser);
    await page.addInitScript(REMEMBER_PLAYED);
    await page.goto(world?.door ?? '');
    await page.getByRole('button', { name: said('withQr') }).click();
    return page;
  }

  test('the camera reads the code; let in, it is called, and the desk phone hears its microphone', async (t) => {
    const world = there(t);
    if (world === undefined) return;
    await showCode();
    writeFilm(film, await drawnQr(first, said('qrAlt')));
    const page = await newDevice([
      ...FAKE_DEVICES,
      `--use-file-for-fake-video-capture=${film}`,
      `--use-file-for-fake-audio-capture=${speech}`,
    ]);
    await page.getByRole('button', { name: said('qrScan') }).click();
    await letIn(page);
    const ben = await world.cast.baresip(world.system.desk('4021'), BEN_HZ, { name: 'ben' });
    const now = watch(ben);
    await ben.dial('4020');
    await page.getByRole('button', { name: said('answer') }).press('Enter');
    await now.event('CALL_ESTABLISHED');
    await Promise.all([page.waitForFunction(HEARD(BEN_HZ)), ben.waitForTone(SPEAKER_HZ)]);
    await page.getByRole('button', { name: said('hangUp') }).click();
    await now.event('CALL_CLOSED');
  });

  test('without a camera the page says so, and the code is typed', async (t) => {
    if (there(t) === undefined) return;
    await showCode();
    const code = (await first.locator('.secret').first().textContent()) ?? '';
    const page = await newDevice([]);
    await page.getByRole('button', { name: said('qrScan') }).click();
    await page.getByText(said('qrNoCamera')).waitFor();
    await page.getByLabel(said('qrCode')).fill(code);
    await page.getByRole('button', { name: said('next') }).click();
    await letIn(page);
  });
});
