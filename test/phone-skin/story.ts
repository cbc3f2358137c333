/** One tale of somebody who uses the phone, on a page of its own with a clock that runs. */
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { findPeer, requirePeer } from '../peers/index.ts';
import { type Look, type Stage, startStage } from './stage.ts';

export const DESK: Look = { width: 1280, height: 800, colorScheme: 'light', language: 'en' };
export const TELEPHONE: Look = { width: 360, height: 740, colorScheme: 'light', language: 'en' };

export interface CallView {
  readonly phase: string;
  readonly isMuted: boolean;
  readonly isHeld: boolean;
  readonly sentDigits: string;
  readonly dialled?: string;
  readonly party: { readonly number?: string };
  readonly end?: { readonly reason: string };
}

export const callsOf = async (page: Page): Promise<readonly CallView[]> =>
  (await page.evaluate('fake.getState().calls')) as readonly CallView[];

export type Story = (says: string, look: Look, tell: (page: Page) => Promise<void>) => void;

/** Within a `describe`: what tells stories in one Chromium. */
export function stories(): Story {
  let stage: Stage;
  before(async () => {
    if (findPeer('chromium')) stage = await startStage();
  });
  after(() => stage?.close());
  return (says, look, tell) => {
    test(says, async (t) => {
      if (!requirePeer(t, 'chromium')) return;
      const page = await stage.open(look, { isClockFixed: false });
      await tell(page);
      await page.context().close();
    });
  };
}
