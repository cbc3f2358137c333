import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isMediaMeasurement, MEASUREMENTS, readOptions } from './options.ts';

test('without options everything is measured three times', () => {
  const options = readOptions([]);
  assert.ok(options !== 'help');
  assert.deepEqual(options.only, MEASUREMENTS);
  assert.equal(options.rounds, 3);
  assert.equal(options.users, 5_000);
});

test('--quick is one short round, and --rounds still counts', () => {
  const options = readOptions(['--quick', '--rounds', '2', '--only', 'calls,echo']);
  assert.ok(options !== 'help');
  assert.equal(options.rounds, 2);
  assert.equal(options.measureSec, 2);
  assert.deepEqual(options.only, ['calls', 'echo']);
});

test('wss stands for all that is measured of web clients', () => {
  const options = readOptions(['--only', 'wss']);
  assert.ok(options !== 'help');
  assert.deepEqual(options.only, ['wss-registrations', 'wss-idle']);
});

test('cloud stands for all that is measured of the cloud', () => {
  const options = readOptions(['--only', 'cloud', '--cloud-people', '700']);
  assert.ok(options !== 'help');
  assert.deepEqual(options.only, ['sync', 'sync-many', 'connection-data', 'settings', 'events', 'directory']);
  assert.equal(options.cloudPeople, 700);
});

test('phone stands for all that is measured of the client', () => {
  const options = readOptions(['--only', 'phone']);
  assert.ok(options !== 'help');
  assert.deepEqual(options.only, ['phone', 'phone-stops', 'phone-network', 'phone-moves', 'phone-border']);
});

test('media stands for all that is measured of media engines', () => {
  const options = readOptions(['--only', 'echo,media']);
  assert.ok(options !== 'help');
  assert.deepEqual(options.only, ['echo', 'media-plain', 'media-dtls', 'media-setups', 'media-memory']);
  assert.deepEqual(options.only.map(isMediaMeasurement), [false, true, true, true, true]);
});

test('what does not exist is refused with what does', () => {
  assert.throws(() => readOptions(['--only', 'cals']), /there is no "cals", only echo, registrations/);
  assert.throws(() => readOptions(['--rounds', 'many']), /--rounds: "many" is not a whole number/);
});
