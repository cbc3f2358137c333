/** Every screen of the phone in Chromium: accessible (axe), no wider than the screen, at both sizes, light and dark, in both languages. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { findPeer, requirePeer } from '../peers/index.ts';
import { SCENES, setScene } from './scenes.ts';
import { type Look, type Stage, startStage } from './stage.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** In the other colours and language only what differs by more than those. */
const SOME = ['keypad', 'recent', 'incoming', 'call', 'two-calls', 'poor', 'routing', 'settings', 'unreachable'];
/** On the smallest of telephones (WCAG 1.4.10), and on one held across. */
const SMALL = ['keypad', 'incoming', 'call', 'two-calls', 'conference-member', 'conference-fourth', 'move'];
/** With letters twice as large (WCAG 1.4.4): what is said may be scrolled to, and nothing is cut off. */
const LARGE = [
  'keypad',
  'recent',
  'voicemail-open',
  'settings',
  'routing',
  'incoming',
  'call',
  'call-keys',
  'two-calls',
  'move',
];
const LOOKS: readonly (Look & { readonly only?: readonly string[]; readonly letters?: string })[] = [
  { width: 360, height: 740, colorScheme: 'light', language: 'de', only: SOME },
  { width: 360, height: 740, colorScheme: 'dark', language: 'en' },
  { width: 1280, height: 800, colorScheme: 'light', language: 'en' },
  { width: 1280, height: 800, colorScheme: 'dark', language: 'de', only: SOME },
  { width: 320, height: 568, colorScheme: 'light', language: 'de', only: SMALL },
  { width: 360, height: 740, colorScheme: 'light', language: 'de', only: LARGE, letters: '200%' },
  { width: 740, height: 360, colorScheme: 'light', language: 'de', only: SMALL },
];

describe('the screens of the phone', () => {
  let stage: Stage;
  before(async () => {
    if (findPeer('chromium')) stage = await startStage();
  });
  after(() => stage?.close());

  for (const look of LOOKS) {
    const { width, height, colorScheme, language, letters = '100%' } = look;
    test(`${width}×${height}, ${colorScheme}, ${language}, letters ${letters}: accessible, in reach, and no wider than the screen`, async (t) => {
      if (!requirePeer(t, 'chromium')) return;
      const size = width < 860 ? 'narrow' : 'wide';
      const page = await stage.open(look);
      const wrong: unknown[] = [];
      for (const scene of SCENES.filter(
        ({ name, only = size }) => only === size && (look.only ?? [name]).includes(name),
      )) {
        await stage.again(page);
        await page.evaluate(`document.documentElement.style.fontSize = '${letters}'`);
        await setScene(page, scene);
        // Large letters take the room that lets everything stand on the screen at once.
        const unreached = look.letters === undefined ? await outOfReach(page) : [];
        const found = [...(await violations(page)), ...unreached, ...(await tooWide(page))];
        if (found.length > 0) wrong.push({ [scene.name]: found });
      }
      assert.deepEqual(wrong, []);
      await page.context().close();
    });
  }
});

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(
    `axe.run(document, { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
      .then(({ violations }) => violations.map(({ id, nodes }) =>
        id + ': ' + nodes.map(({ html, any }) => html.slice(0, 140) + ' ' + (any[0]?.message ?? '')).join(' | ')))`,
  );
}

/** What is wider than its place, the screen at first; what cuts its text with dots means to. */
function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(`[...document.querySelectorAll('html, .page, .stage, .incall, .incoming, .middle, .panel, .card, .item, button, .alone')]
    .flatMap((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0 && getComputedStyle(one).display !== 'inline' && !one.matches('.unseen, .skip')
      ? [(one.className || one.tagName) + ' "' + one.textContent.slice(0, 30) + '": ' + (one.scrollWidth - one.clientWidth) + ' pixels too wide'] : [])`);
}

/** Call controls that are not wholly on the screen, or too small for a thumb. */
function outOfReach(page: Page): Promise<string[]> {
  return page.evaluate(`[...document.querySelectorAll('.controls button, .decision button, .dialrow:not([hidden]) .callbutton')].flatMap((button) => {
    const { left, top, right, bottom, width, height } = button.getBoundingClientRect();
    const isSeen = left >= 0 && top >= 0 && right <= innerWidth + 1 && bottom <= innerHeight + 1;
    return isSeen && width >= 44 && height >= 44 ? [] : [button.textContent + ' ' + "out of reach: " + [left, top, right, bottom].map(Math.round)];
  })`);
}
