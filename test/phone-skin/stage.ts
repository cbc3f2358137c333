/** The phone's screens on a phone without a network, in Chromium: built, served, and set to a scene. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { peerPath, temporaryFolder } from '../peers/index.ts';

const ROOT = join(import.meta.dirname, '../..');
export const APP = join(ROOT, 'apps/phone');
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
};
/** As strict as where the app is served for good. */
const POLICY = "default-src 'self'; media-src 'self' blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";
/** When it is in the scenes: a Thursday morning, the time of the people of the tests. */
export const SCENE_TIME = Date.UTC(2026, 0, 15, 9, 30);

export function vite(...args: readonly string[]): string {
  return execFileSync(process.execPath, [join(ROOT, 'node_modules/vite/bin/vite.js'), ...args], {
    cwd: APP,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

export interface Served {
  readonly origin: string;
  close(): Promise<void>;
}

/** Serves folders, the first that has the file; `/` is the page. */
export async function serve(folders: readonly string[], page: string): Promise<Served> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://x');
    const name = pathname === '/' ? page : pathname.slice(1);
    const file = folders.map((folder) => join(folder, name)).find((one) => existsSync(one) && statSync(one).isFile());
    if (file === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'content-security-policy': POLICY,
    });
    response.end(readFileSync(file));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

/** How a page is looked at. */
export interface Look {
  readonly width: number;
  readonly height: number;
  readonly colorScheme: 'light' | 'dark';
  readonly language: 'en' | 'de';
}

export interface Stage {
  /** A page of its own, with nothing remembered. */
  open(look: Look, options?: { readonly isClockFixed?: boolean }): Promise<Page>;
  /** The same page from the beginning. */
  again(page: Page): Promise<void>;
  close(): Promise<void>;
}

export async function startStage(): Promise<Stage> {
  // A folder of its own: other test files build at the same time.
  const { path } = temporaryFolder('phone-scenes');
  vite('build', '-c', 'vite.scenes.config.ts', '--logLevel', 'error', '--outDir', path);
  const served = await serve([path], 'scenes.html');
  const browser = await chromium.launch({
    executablePath: peerPath('chromium'),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      '--autoplay-policy=no-user-gesture-required',
    ],
  });
  let count = 0;
  return {
    open: async ({ width, height, colorScheme, language }, { isClockFixed = true } = {}) => {
      const isTelephone = width < 500;
      const context = await browser.newContext({
        viewport: { width, height },
        colorScheme,
        locale: language === 'de' ? 'de-DE' : 'en-GB',
        timezoneId: 'Europe/Berlin',
        hasTouch: isTelephone,
        isMobile: isTelephone,
        deviceScaleFactor: 1,
        reducedMotion: 'reduce',
        // Axe is a script that the page itself would not allow.
        bypassCSP: true,
      });
      const page = await context.newPage();
      page.setDefaultTimeout(10_000);
      if (isClockFixed) await page.clock.setFixedTime(SCENE_TIME);
      await page.goto(served.origin);
      await page.locator('h1').first().waitFor();
      return page;
    },
    again: async (page) => {
      await page.goto(`${served.origin}/?${++count}`);
      await page.locator('h1').first().waitFor();
    },
    close: async () => {
      await browser.close();
      await served.close();
    },
  };
}
