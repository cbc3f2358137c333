import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { VoicemailMessage } from '@unisono/gateway';
import { openStore } from './open-store.ts';
import { createVoicemailStore } from './voicemail-store.ts';

const MESSAGE: VoicemailMessage = {
  id: 'm1',
  user: 'anna',
  callerNumber: '4021',
  callerName: undefined,
  receivedAtMs: 1_000,
  durationMs: 2_000,
  isHeard: false,
  call: 'c1',
};
const AUDIO = { sampleRateHz: 8_000, pcm: Int16Array.of(1, -2, 32_767, -32_768) } as const;

test('messages and greetings are there at once, and after a restart', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'voicemail-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'test.db');
  const fail = (error: Error) => assert.fail(error);

  const store = await openStore(path);
  const mailboxes = createVoicemailStore(store, fail);
  const changed: string[] = [];
  mailboxes.onChange((user) => changed.push(user));
  mailboxes.add(MESSAGE, AUDIO);
  mailboxes.add({ ...MESSAGE, id: 'm2', receivedAtMs: 2_000 }, AUDIO);
  mailboxes.setGreeting('anna', AUDIO);
  mailboxes.setGreeting('ben', AUDIO);
  mailboxes.markHeard('m1');
  mailboxes.remove('m2');
  mailboxes.setGreeting('ben', undefined);
  assert.deepEqual(mailboxes.list('anna'), [{ ...MESSAGE, isHeard: true }]);
  assert.deepEqual(mailboxes.audio('m1'), AUDIO, 'before it is on the disk');
  assert.deepEqual(changed, ['anna', 'anna', 'anna', 'anna']);
  await store.close();

  const again = await openStore(path);
  const kept = createVoicemailStore(again, fail);
  assert.deepEqual(kept.list('anna'), [{ ...MESSAGE, isHeard: true }]);
  assert.deepEqual(kept.audio('m1'), AUDIO);
  assert.equal(kept.audio('m2'), undefined);
  assert.deepEqual(kept.greeting('anna'), AUDIO);
  assert.equal(kept.greeting('ben'), undefined);
  await again.close();
});

test('what another process does is taken over, and told', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'voicemail-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'test.db');
  const fail = (error: Error) => assert.fail(error);
  const [here, there] = [await openStore(path), await openStore(path)];
  const [ours, theirs] = [createVoicemailStore(here, fail), createVoicemailStore(there, fail)];
  const changed: string[] = [];
  ours.onChange((user) => changed.push(user));

  theirs.add(MESSAGE, AUDIO);
  theirs.setGreeting('anna', AUDIO);
  await theirs.settled();
  ours.refresh();
  assert.deepEqual(ours.list('anna'), [MESSAGE]);
  assert.deepEqual(ours.greeting('anna'), AUDIO);
  ours.refresh();
  assert.deepEqual(changed, ['anna']);

  ours.markHeard('m1');
  ours.refresh();
  assert.equal(ours.list('anna')[0]?.isHeard, true, 'what is on its way to the disk is newer than what is there');
  await ours.settled();
  theirs.refresh();
  assert.equal(theirs.list('anna')[0]?.isHeard, true);
  theirs.remove('m1');
  await theirs.settled();
  ours.refresh();
  assert.deepEqual(ours.list('anna'), []);
  await here.close();
  await there.close();
});
