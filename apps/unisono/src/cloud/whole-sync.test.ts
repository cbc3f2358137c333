import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Assistant } from '@unisono/assistant';
import { ENDPOINTS } from '@unisono/contract';
import type { SystemStore } from '../stores/system-store.ts';
import { type Any, CloudWorld } from '../testing/cloud-world.ts';
import { testFolder } from '../testing/folder.ts';

const folder = testFolder();
let world: CloudWorld;
let assistant: Assistant;
let system: SystemStore;

before(async () => {
  world = await CloudWorld.open(folder);
  const parts = await world.system();
  system = parts.system;
  assistant = await world.assistant(parts);
});

after(() => world.close());

async function sync(more = {}): Promise<Any> {
  const report = await assistant.cloud?.synchronise({ trigger: 'demand', ...more });
  assert.ok(report !== undefined && report !== 'running');
  return report;
}

test('the first run uploads who matches by address, and tells of all others why not', async () => {
  for (const [name, email] of [
    ['Anna', 'ANNA@Lindner-Optik.example'],
    ['Ben', 'ben@lindner-optik.example'],
    ['Carla', 'carla@lindner-optik.example'],
    ['Eva', 'eva@lindner-optik.example'],
    ['Nora', 'nora@lindner-optik.example'],
  ]) {
    await world.person(name ?? '', email ?? '');
  }
  const report = await sync();
  assert.deepEqual([report.outcome, report.uploaded, report.withdrawn], ['done', 3, 0]);
  assert.deepEqual(
    report.rows
      .map((row: { name: string; class: string; reason: string }) => `${row.name} ${row.class} ${row.reason}`)
      .sort(),
    [
      'Anna X toAdd newMatch',
      'Ben X toAdd newMatch',
      'Carla X toAdd newMatch',
      'David Chen withoutPerson noPerson',
      'Eva X withoutDevice noDevice',
      'Nora X withoutDevice unknownAddress',
    ],
  );
  const anna = await world.ask(ENDPOINTS.user, { userId: world.ids.get('Anna') ?? '' });
  assert.equal(anna.connected, true);
});

test('nothing changed: nothing is uploaded', async () => {
  const report = await sync();
  assert.deepEqual([report.uploaded, report.withdrawn, report.counts.inStep], [0, 0, 3]);
});

test('a changed station is uploaded anew, a signed-off one is withdrawn', async () => {
  system.commit([{ kind: 'update', list: 'stations', id: '4020', value: { name: 'Anna L.' } }], system.version, []);
  system.commit([{ kind: 'delete', list: 'ufipDevices', id: 'ufip-ben' }], system.version, []);
  const report = await sync();
  assert.deepEqual([report.uploaded, report.withdrawn], [1, 1]);
  assert.equal((await world.ask(ENDPOINTS.user, { userId: world.ids.get('Ben') ?? '' })).connected, false);
});

test('a run that would withdraw too many stops, says so, and goes on when it is confirmed', async () => {
  for (const name of ['Anna', 'Carla'])
    await world.ask(
      ENDPOINTS.changeUser,
      { userId: world.ids.get(name) ?? '' },
      { phone: false },
      { headers: { 'if-match': '*' } },
    );
  const stopped = await sync();
  assert.equal(stopped.outcome, 'stopped');
  assert.match(stopped.message, /would withdraw 2 people at once, more than the 1/);
  const done = await sync({ isConfirmed: true });
  assert.deepEqual([done.outcome, done.withdrawn], ['done', 2]);
});

test('an Assistant that lost its memory learns from the Connector and uploads nothing anew', async () => {
  await world.ask(
    ENDPOINTS.changeUser,
    { userId: world.ids.get('Carla') ?? '' },
    { phone: true },
    { headers: { 'if-match': '*' } },
  );
  assert.equal((await sync()).uploaded, 1);
  const again = await world.assistant({ ...(await world.system('b')) });
  const report: Any = await again.cloud?.synchronise({ trigger: 'demand' });
  assert.deepEqual([report.outcome, report.counts.inStep + report.counts.changed], ['done', 1]);
  assert.equal(report.refused, 0);
});

test('two runs at once: the second waits for the first, and sees what it left', async () => {
  const [first, second] = await Promise.all([sync(), sync()]);
  assert.deepEqual([first.outcome, second.outcome], ['done', 'done']);
  assert.notEqual(first.id, second.id);
  assert.ok(second.startedAtMs >= first.endedAtMs);
});
