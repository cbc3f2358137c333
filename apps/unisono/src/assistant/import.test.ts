import assert from 'node:assert/strict';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { test } from 'node:test';
import type { ImportOutcome, ImportRequest } from '@unisono/assistant';
import { demoSystem } from '@unisono/pbx';
import { openStore } from '../stores/open-store.ts';
import { createSystem } from '../stores/system-store.ts';
import { testFolder } from '../testing/folder.ts';
import { importInThread } from './import-in-thread.ts';

const HEAD = 'email,name,number,ufipNumber';
const ACTOR = { kind: 'administrator', id: 'a', name: 'anna', role: 'admin' } as const;
const folder = testFolder();

async function imported(name: string, requests: readonly Omit<ImportRequest, 'actor'>[]) {
  const store = await openStore(join(folder, name));
  const system = createSystem(store, demoSystem({ random: { int: () => 0 } }), 'demo', Date.now);
  const run = importInThread(store.path, undefined, system);
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const outcomes: ImportOutcome[] = await Promise.all(requests.map((one) => run({ ...one, actor: ACTOR })));
  delay.disable();
  const audit = store.read(store.query.selectFrom('assistant_audit').select(['actor', 'target']));
  await store.close();
  return { outcomes, system, audit, longestMs: delay.max / 1e6 };
}

test('a file of thousands of wrong lines is judged in a thread of its own, and nothing of it is imported', async () => {
  const lines = Array.from({ length: 20_000 }, (_, index) =>
    index % 3 === 0 ? `nobody,Person ${index},99,` : `p${index}@x.example,,${100_000 + index},`,
  );
  const began = performance.now();
  const { outcomes, system, longestMs } = await imported('wrong.db', [
    { text: [HEAD, ...lines].join('\n'), isDryRun: false },
  ]);
  const elapsedMs = performance.now() - began;
  const [outcome] = outcomes;
  assert.ok((outcome?.errorCount ?? 0) > 20_000);
  assert.deepEqual([outcome?.errors.length, outcome?.errors[0]?.line, system.version], [1000, 2, 1]);
  // On the event loop itself it would be nearly all of the time.
  assert.ok(longestMs < elapsedMs / 3, `${longestMs} of ${elapsedMs} ms`);
});

test('what a thread has imported is in force when it is done, with its audit; a dry run changes nothing', async () => {
  const text = [HEAD, 'zoe@x.example,Zoe,4070,8070'].join('\n');
  const { outcomes, system, audit } = await imported('good.db', [
    { text, isDryRun: true },
    { text, isDryRun: false },
    { text, isDryRun: false },
  ]);
  assert.deepEqual(
    outcomes.map(({ created, unchanged, refused }) => [created, unchanged, refused]),
    [
      [1, 0, undefined],
      [1, 0, undefined],
      [0, 1, undefined],
    ],
  );
  assert.equal(system.current().users.get('zoe')?.deskStation, '4070');
  assert.deepEqual(audit.map(({ actor, target }) => [actor, target.split('/')[0]]).sort(), [
    ['anna', 'stations'],
    ['anna', 'ufipDevices'],
    ['anna', 'users'],
  ]);
});

test('what the rules refuse is told as they say it', async () => {
  const { outcomes } = await imported('rules.db', [
    { text: [HEAD, 'zoe@x.example,Zoe,4020,'].join('\n'), isDryRun: false },
  ]);
  assert.match(outcomes[0]?.errors[0]?.message ?? '', /4020/);
});
