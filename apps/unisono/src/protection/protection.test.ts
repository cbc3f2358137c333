import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createLogger, createMetrics } from '@unisono/platform';
import { DEFAULT_PROTECTION } from '@unisono/sbc';
import { VirtualClock } from '@unisono/sip';
import { loadSettings } from '../config/load.ts';
import { DATABASE_FILE, openStore } from '../stores/open-store.ts';
import { testFolder } from '../testing/folder.ts';
import { commandLine } from '../testing/run-command.ts';
import { addProtectionMetrics } from './metrics.ts';
import { doorLimits, protectionSettings } from './settings.ts';
import { startProtection } from './start-protection.ts';

const folder = testFolder();
const NOW_MS = 1_800_000_000_000;
const log = createLogger({ level: 'silent', format: 'json', write: () => {} });

function settings(environment: Readonly<Record<string, string>> = {}) {
  const loaded = loadSettings({}, environment, folder);
  assert.ok(loaded.ok, JSON.stringify(loaded));
  return loaded.settings;
}

const unisono = commandLine(folder, NOW_MS);

test('what is configured by default is what protection does by default, this machine aside', () => {
  const { allow, ...configured } = protectionSettings(settings().protection);
  const { allow: _, rates, ...standard } = DEFAULT_PROTECTION;
  assert.deepEqual(allow, ['127.0.0.0/8', '::1']);
  assert.partialDeepStrictEqual(configured, standard);
  assert.deepEqual(configured.rates.requestsPerSource, rates.requestsPerSource);
  assert.equal(doorLimits(settings().protection).maxConnections, 20_000);
});

test('one limit and a list out of the environment', () => {
  const environment = { UNISONO_PROTECTION_ALLOW: '[192.0.2.0/24]', UNISONO_PROTECTION_WRONG_PASSWORDS: '3' };
  const { allow, ban } = protectionSettings(settings(environment).protection);
  assert.deepEqual([allow, ban.points], [['192.0.2.0/24'], 6]);
  assert.equal(loadSettings({}, { UNISONO_PROTECTION_ALLOW: '192.0.2.0/33' }, folder).ok, false);
});

test('bans are kept over a restart, listed, made and lifted on the command line while the system runs', async () => {
  const data = join(folder, 'bans');
  const clock = new VirtualClock(NOW_MS);
  mkdirSync(data, { recursive: true });
  const store = await openStore(join(data, DATABASE_FILE));
  const parts = { settings: settings(), store, isEmergency: () => false, clock, log, disconnect: () => {} };
  const first = startProtection(parts);
  const admits = (of: typeof first, address: string) => of.protection.admit(address, 'tcp');
  assert.match((await unisono('bans', 'list', '--data', 'bans')).out, /^Nobody is banned/);

  first.protection.bans.ban('203.0.113.66', 'all', 'wrong passwords', NOW_MS);
  await store.writer.written([]);
  const listed = await unisono('bans', 'list', '--data', 'bans');
  assert.match(listed.out, /203\.0\.113\.66 +everything +2027-01-15T08:00:00 +2027-01-15T08:05:00 +1 +wrong passwords/);
  first.stop();

  const second = startProtection(parts);
  assert.equal(admits(second, '203.0.113.66'), false);
  assert.equal((await unisono('bans', 'lift', '203.0.113.66', '--data', 'bans')).code, 0);
  assert.equal((await unisono('bans', 'lift', '203.0.113.67', '--data', 'bans')).code, 1);
  assert.equal((await unisono('bans', 'add', '198.51.100.0/24', '--for', '7d', '--data', 'bans')).code, 0);
  assert.equal((await unisono('bans', 'add', '198.51.100.0/99', '--data', 'bans')).code, 2);
  clock.advance(1_000);
  assert.deepEqual([admits(second, '203.0.113.66'), admits(second, '198.51.100.9')], [true, false]);
  second.stop();
  await store.writer.written([]);

  const third = startProtection(parts);
  assert.deepEqual([admits(third, '203.0.113.66'), admits(third, '198.51.100.9')], [true, false]);
  const lines = (await unisono('bans', 'list', '--json', '--data', 'bans')).out.trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => (JSON.parse(line) as { source: string }).source),
    ['198.51.100.0/24'],
  );
  assert.equal((await unisono('bans', 'lift', '198.51.100.0/24', '--data', 'bans')).code, 0);
  clock.advance(1_000);
  assert.equal(admits(third, '198.51.100.9'), true);
  third.stop();
  await store.close();
});

test('every figure of protection is a metric', async () => {
  const data = join(folder, `metrics-${DATABASE_FILE}`);
  const store = await openStore(data);
  const clock = new VirtualClock(NOW_MS);
  const parts = { settings: settings(), store, isEmergency: () => false, clock, log, disconnect: () => {} };
  const { protection, stop } = startProtection(parts);
  const metrics = createMetrics(false);
  addProtectionMetrics(metrics, protection);
  protection.bans.ban('203.0.113.66', 'all', 'scan', NOW_MS);
  assert.equal(protection.admit('203.0.113.66', 'tcp'), false);
  const text = await metrics.text();
  for (const figure of Object.keys(protection.snapshot())) {
    assert.match(
      text,
      new RegExp(`^unisono_protection_${figure.replace(/[A-Z]/g, (l) => `_${l.toLowerCase()}`)} `, 'm'),
    );
  }
  assert.match(text, /^unisono_protection_banned 1$/m);
  stop();
  await store.close();
});
