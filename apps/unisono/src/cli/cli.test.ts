import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { demoSystem, exportSystem } from '@unisono/pbx';
import { VirtualClock } from '@unisono/sip';
import { createCallRecordStore } from '../stores/call-record-store.ts';
import { DATABASE_FILE, openStore } from '../stores/open-store.ts';
import { answeredCall } from '../testing/call-records.ts';
import { testFolder } from '../testing/folder.ts';
import { commandLine } from '../testing/run-command.ts';
import { csvRow, table } from './table.ts';

const folder = testFolder();
const NOW_MS = Date.parse('2026-11-30T12:00:00');
const DEMO = exportSystem(demoSystem({ random: { int: () => 0 } }));
writeFileSync(join(folder, 'demo.yaml'), DEMO);
writeFileSync(join(folder, 'broken.yaml'), DEMO.replace('number: "4021"', 'number: "4020"'));

const unisono = commandLine(folder, NOW_MS);

test('check: a sound file is told as such', async () => {
  const { code, out } = await unisono('check', 'demo.yaml');
  assert.equal(code, 0);
  assert.equal(
    out,
    'demo.yaml is sound. Lindner Optik: 6 stations, 5 users, 4 UFIP devices, 1 gateway, 1 trunk group.\n',
  );
});

test('check: each mistake has its line, field, reason and remedy', async () => {
  const { code, error } = await unisono('check', 'broken.yaml');
  assert.equal(code, 1);
  assert.match(error, /^broken\.yaml:\d+:\d+: stations\[2\]\.number: .+ \[numberDuplicate\]$/m);
  assert.match(error, /things? (is|are) wrong\.\n$/);
});

test('a file that is not there, and a folder in its place', async () => {
  const missing = await unisono('check', 'nowhere.yaml');
  assert.equal(missing.code, 1);
  assert.equal(missing.error, 'nowhere.yaml cannot be read: there is no such file or folder\n');
  mkdirSync(join(folder, 'a-folder'));
  assert.equal((await unisono('check', 'a-folder')).error, 'a-folder cannot be read: it is a folder, not a file\n');
});

test('import and export give back what was imported; a broken file changes nothing', async () => {
  assert.equal((await unisono('import', 'demo.yaml', '--data', 'a')).code, 0);
  assert.equal((await unisono('import', 'broken.yaml', '--data', 'a')).code, 1);
  const { code, out } = await unisono('export', '--data', 'a');
  assert.equal(code, 0);
  assert.equal(out, DEMO);
});

test('export: into a file for its owner only, never over another one unasked', async () => {
  await unisono('import', 'demo.yaml', '--data', 'b');
  assert.equal((await unisono('export', 'out.yaml', '--data', 'b')).code, 0);
  assert.equal(readFileSync(join(folder, 'out.yaml'), 'utf8'), DEMO);
  assert.equal(statSync(join(folder, 'out.yaml')).mode & 0o777, 0o600);
  assert.match((await unisono('export', 'out.yaml', '--data', 'b')).error, /it is there already; --force replaces it/);
  assert.equal((await unisono('export', 'out.yaml', '--data', 'b', '--force')).code, 0);
});

test('commands on stored data say when there are none', async () => {
  for (const command of [['export'], ['cdr'], ['plan', 'anna']]) {
    const { code, error } = await unisono(...command, '--data', 'empty');
    assert.equal(code, 1);
    assert.match(error, /^There is no database in /);
  }
});

async function withCalls(): Promise<void> {
  await unisono('import', 'demo.yaml', '--data', 'calls');
  const store = await openStore(join(folder, 'calls', DATABASE_FILE));
  const records = createCallRecordStore(store, new VirtualClock(NOW_MS), assert.fail);
  records.close(answeredCall('old', NOW_MS - 3 * 86_400_000));
  records.close(answeredCall('new', NOW_MS - 600_000));
  await store.close();
}

test('cdr: as a table, as JSON lines and as CSV, from a time on', async () => {
  await withCalls();
  const cdr = async (...args: string[]): Promise<string[]> =>
    (await unisono('cdr', '--data', 'calls', ...args)).out.trimEnd().split('\n');
  const lines = await cdr();
  assert.equal(lines.length, 3);
  assert.match(lines[0] ?? '', /^began, [A-Z]\S* +from {2}/);
  assert.match(lines[2] ?? '', /^2026-11-30 11:50:00 +4020 Anna {2}4021 +4021 Ben {2}answered {2}3 s +62 s$/);
  assert.deepEqual(
    (await cdr('--json')).map((line) => (JSON.parse(line) as { id: string }).id),
    ['old', 'new'],
  );
  assert.match((await cdr('--csv'))[2] ?? '', /^new,2026-.*Z,4020,Anna,4021,4021,Ben,answered,62,no,$/);
  for (const since of ['2h', '1d', '2026-11-30', '2026-11-30T11:00'])
    assert.equal((await cdr('--since', since, '--json')).length, 1, since);
  assert.deepEqual(await cdr('--since', '1m'), ['No calls.']);
  assert.equal((await cdr('--limit', '1', '--json')).length, 1);
});

test('backup: a copy from which everything can be read, never over another folder', async () => {
  await unisono('import', 'demo.yaml', '--data', 'original');
  assert.equal((await unisono('backup', 'copy-of-it', '--data', 'nothing-there')).code, 1);
  assert.equal((await unisono('backup', 'copy-of-it', '--data', 'original')).code, 0);
  const read = await unisono('export', '--data', 'copy-of-it');
  assert.equal(read.out, (await unisono('export', '--data', 'original')).out);
  const again = await unisono('backup', 'copy-of-it', '--data', 'original');
  assert.deepEqual([again.code, /there already/.test(again.error)], [1, true]);
});

test('plan: a user is found by id, e-mail address and number, and the way of a call is told', async () => {
  await unisono('import', 'demo.yaml', '--data', 'plan');
  for (const user of ['anna', 'Anna@lindner-optik.example', '4020']) {
    const { code, out } = await unisono('plan', user, '--data', 'plan');
    assert.equal(code, 0);
    assert.match(out, /^A call now would .*\nA second one would /);
  }
  assert.match((await unisono('plan', 'nobody', '--data', 'plan')).error, /There is no user nobody/);
});

test('a wrong command line ends with 2 and says what is right', async () => {
  for (const args of [
    ['strat'],
    ['cdr', '--limit', 'many'],
    ['cdr', '--since', 'yesterday', '--data', 'calls'],
    ['start', '--sipport', '1'],
    [],
  ]) {
    const { code, error } = await unisono(...args);
    assert.equal(code, 2, args.join(' '));
    assert.notEqual(error, '');
  }
});

test('help and version end with 0', async () => {
  assert.equal((await unisono('--help')).code, 0);
  assert.match((await unisono('version')).out, /^unisono \d+\.\d+\.\d+ \(Node /);
});

test('a wrong configuration is told and nothing starts', async () => {
  writeFileSync(join(folder, 'wrong.yaml'), 'sip: { udp: maybe }');
  const { code, error } = await unisono('start', '--config', 'wrong.yaml');
  assert.equal(code, 1);
  assert.match(error, /^wrong\.yaml:1:8: sip\.udp: is "maybe"; right would be a port/);
});

test('columns are aligned', () =>
  assert.deepEqual(
    table(
      ['a', 'bb'],
      [
        ['long', 'x'],
        ['', 'y'],
      ],
    ),
    ['a     bb', 'long  x', '      y'],
  ));

test('CSV quotes what has to be quoted and lets no formula through', () => {
  assert.equal(csvRow(['a,b', 'say "hi"', '=1+1', '+49', '']), '"a,b","say ""hi""",\'=1+1,+49,');
});
