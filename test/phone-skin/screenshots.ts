/**
 * `npm run screenshots -- [WORD] [FOLDER]`: every screen whose name has the word, at both sizes, light and dark, in both languages; and
 * without a word, or with "documents" alone, the few pictures of the documents, in docs/pictures.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { SCENES, type Scene, setScene } from './scenes.ts';
import { type Look, type Stage, startStage } from './stage.ts';

const PICTURES = join(import.meta.dirname, '../../docs/pictures');
const NARROW = { width: 360, height: 740 } as const;
const WIDE = { width: 1280, height: 800 } as const;

/** What the documents show. */
const OF_THE_DOCUMENTS: readonly (readonly [scene: string, size: 'narrow' | 'wide', colorScheme: 'light' | 'dark'])[] =
  [
    ['call-beside', 'wide', 'light'],
    ['routing', 'wide', 'light'],
    ['two-calls-beside', 'wide', 'dark'],
    ['conference', 'narrow', 'light'],
    ['keypad', 'narrow', 'light'],
    ['search', 'narrow', 'dark'],
    ['incoming', 'narrow', 'light'],
    ['call', 'narrow', 'dark'],
    ['transfer', 'narrow', 'light'],
    ['recent', 'narrow', 'light'],
    ['devices', 'narrow', 'dark'],
    ['voicemail', 'narrow', 'light'],
    ['poor', 'narrow', 'light'],
  ];

const [word, folder = 'dist/screenshots'] = process.argv.slice(2);
const stage = await startStage();
if (word === undefined || word === 'documents') await ofTheDocuments(stage);
if (word !== 'documents') await ofEverything(stage, word ?? '');
await stage.close();

async function ofTheDocuments(of: Stage): Promise<void> {
  mkdirSync(PICTURES, { recursive: true });
  for (const [name, size, colorScheme] of OF_THE_DOCUMENTS) {
    const scene = SCENES.find((one) => one.name === name);
    if (scene === undefined) throw new Error(`there is no scene ${name}`);
    const look: Look = { ...(size === 'narrow' ? NARROW : WIDE), colorScheme, language: 'en' };
    await pictured(of, scene, look, async (page) => {
      // WebP is a third of PNG; Chromium makes it when asked by its own protocol.
      const session = await page.context().newCDPSession(page);
      const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 80 });
      writeFileSync(join(PICTURES, `${name}-${size}-${colorScheme}.webp`), Buffer.from(data, 'base64'));
    });
  }
}

async function ofEverything(of: Stage, having: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const scene of SCENES.filter(({ name }) => name.includes(having)))
    for (const size of ['narrow', 'wide'] as const)
      for (const colorScheme of ['light', 'dark'] as const)
        for (const language of ['en', 'de'] as const) {
          if (scene.only !== undefined && scene.only !== size) continue;
          const look = { ...(size === 'narrow' ? NARROW : WIDE), colorScheme, language };
          const path = join(folder, `${scene.name}-${size}-${colorScheme}-${language}.png`);
          await pictured(of, scene, look, async (page) => {
            await page.screenshot({ path });
          });
        }
}

async function pictured(of: Stage, scene: Scene, look: Look, take: (page: Page) => Promise<void>): Promise<void> {
  const page = await of.open(look);
  await setScene(page, scene);
  await take(page);
  await page.context().close();
}
