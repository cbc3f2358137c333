import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BanList } from './bans.ts';
import { CallCaps } from './call-caps.ts';
import { HALF_LIFE_MS, PointsTable, pointsAt } from './points.ts';
import { RateTable } from './rate.ts';
import { scannerPattern } from './reading.ts';
import { DEFAULT_PROTECTION } from './settings.ts';
import { AddressList, isAddressBlock, sourceOf } from './source.ts';
import { SuspectTable } from './suspects.ts';
import { MemoryBans } from './testing.ts';

const SOURCES: [address: string, source: string][] = [
  ['192.0.2.1', '192.0.2.1'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:db8::ffff:1', '2001:db8:0:0::/64'],
  ['2001:db8:0:0:1::', '2001:db8:0:0::/64'],
  ['2001:db8:0:1::1', '2001:db8:0:1::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::ffff:c000:201', '192.0.2.1'],
  ['not:an:address', 'not:an:address'],
];
for (const [address, source] of SOURCES) test(`source of ${address}`, () => assert.equal(sourceOf(address), source));

test('blocks of addresses', () => {
  for (const block of ['192.0.2.1', '192.0.2.0/24', '0.0.0.0/0', '2001:db8::/32', '::1/128'])
    assert.ok(isAddressBlock(block));
  for (const none of [
    '',
    '192.0.2',
    '192.0.2.0/33',
    '::1/129',
    '192.0.2.0/-1',
    'example.com',
    '1.2.3.4/24/8',
    '1.2.3.4/',
  ])
    assert.ok(!isAddressBlock(none), none);
  const list = new AddressList(['192.0.2.0/24', '2001:db8::/32', 'rubbish']);
  assert.deepEqual(
    ['192.0.2.9', '192.0.3.9', '2001:db8:9::1', '2001:db9::1', 'rubbish'].map((address) => list.has(address)),
    [true, false, true, false, false],
  );
});

const PROGRAMS: [userAgent: string, isScanner: boolean][] = [
  ['friendly-scanner', true],
  ['Friendly-Scanner/1.0', true],
  ['sipsak 0.9.7', true],
  ['VaxSIPUserAgent/3.1', true],
  ['my sipvicious', true],
  ['baresip v1.0.0 (x86_64/linux)', false],
  ['JsSIP 3.13.8', false],
  ['osmapp', false],
  ['', false],
];
test('programs that look for victims', () => {
  const pattern = scannerPattern(DEFAULT_PROTECTION.scanners);
  for (const [userAgent, isScanner] of PROGRAMS) assert.equal(pattern?.test(userAgent), isScanner, userAgent);
  assert.equal(scannerPattern([]), undefined);
  assert.ok(scannerPattern(['a.b'])?.test('x a.b'));
  assert.ok(!scannerPattern(['a.b'])?.test('axb'));
});

describe('token buckets', () => {
  const RATE = { perSec: 10, burst: 3 };

  test('so much at once, then so much a second', () => {
    const rates = new RateTable(RATE, 10);
    const take = (nowMs: number) => rates.take('a', nowMs);
    assert.deepEqual([0, 0, 0, 0].map(take), [true, true, true, false]);
    assert.deepEqual([99, 100, 100, 10_000, 10_000, 10_000, 10_000].map(take), [
      false,
      true,
      false,
      true,
      true,
      true,
      false,
    ]);
    assert.ok(rates.take('b', 10_000));
  });

  test('a clock that steps back gives nothing', () => {
    const rates = new RateTable(RATE, 10);
    for (let i = 0; i < 3; i++) rates.take('a', 1_000);
    assert.equal(rates.take('a', 0), false);
  });

  test('newcomers share one bucket when there is no room, and nobody who is held back is forgotten', () => {
    const rates = new RateTable(RATE, 4);
    for (const key of ['a', 'b', 'c', 'd']) for (let i = 0; i < 3; i++) rates.take(key, 0);
    const crowd = ['e', 'f', 'g', 'h', 'i'].map((key) => rates.take(key, 1));
    assert.deepEqual(crowd, [true, true, true, false, false]);
    assert.equal(rates.take('a', 1), false);
    assert.equal(rates.size, 4);
    assert.deepEqual([rates.take('j', 1_000), rates.take('k', 1_000)], [true, true]);
    assert.ok(rates.size <= 4);
  });
});

describe('points', () => {
  test('halve by themselves', () => assert.equal(pointsAt({ value: 8, atMs: 0 }, 3 * HALF_LIFE_MS), 1));

  test('without room the smallest of the oldest goes', () => {
    const table = new PointsTable(3, (atMs) => ({ value: 0, atMs }));
    for (const [key, value] of [
      ['worst', 9],
      ['small', 1],
      ['middle', 5],
    ] as const)
      table.use(key, 0).value = value;
    table.use('new', 0);
    assert.equal(table.peek('small'), undefined);
    assert.ok(table.peek('worst') && table.peek('middle') && table.size === 3);
  });

  test('what an account cost a source is given back when it proves itself, and no more', () => {
    const suspects = new SuspectTable(10);
    for (const account of ['a', 'a', 'b']) suspects.note('s', 'wrongPassword', 0, account);
    suspects.forgive('s', 'a', 0);
    assert.equal(suspects.points('s', 0), 2);
    suspects.forgive('s', 'c', 0);
    assert.equal(suspects.points('s', 0), 2);
  });
});

describe('bans', () => {
  const POLICY = { firstSec: 60, longestSec: 600, forgiveSec: 3_600, maxBans: 2 };

  test('what datagrams did ends datagrams alone', () => {
    const bans = new BanList(POLICY, undefined, 0);
    bans.ban('192.0.2.1', 'datagrams', 'scan', 0);
    assert.ok(bans.isBanned('192.0.2.1', '192.0.2.1', true, 1));
    assert.ok(!bans.isBanned('192.0.2.1', '192.0.2.1', false, 1));
  });

  test('without room, those that are over go first and those in force never', () => {
    const bans = new BanList(POLICY, undefined, 0);
    assert.ok(bans.ban('a', 'all', '', 0) && bans.ban('b', 'all', '', 30_000));
    assert.equal(bans.ban('c', 'all', '', 40_000), undefined);
    assert.ok(bans.ban('c', 'all', '', 70_000));
    assert.deepEqual(
      bans.list(70_000).map(({ source }) => source),
      ['b', 'c'],
    );
    assert.equal(bans.overflowCount, 1);
  });

  test('an operator bans a block, until it is lifted', () => {
    const store = new MemoryBans();
    const bans = new BanList(POLICY, store, 0);
    const block = {
      source: '192.0.2.0/24',
      scope: 'all',
      because: 'by hand',
      sinceMs: 0,
      untilMs: undefined,
      level: 0,
    } as const;
    store.save(block);
    bans.take(block);
    const isBanned = (address: string) => bans.isBanned(address, sourceOf(address), false, 1e12);
    assert.deepEqual([isBanned('192.0.2.200'), isBanned('192.0.3.1')], [true, false]);
    bans.sweep(1e12);
    assert.ok(new BanList(POLICY, store, 1e12).isBanned('192.0.2.1', '192.0.2.1', true, 1e12));
    assert.ok(bans.lift('192.0.2.0/24'));
    assert.deepEqual([isBanned('192.0.2.200'), store.bans.size, bans.lift('192.0.2.0/24')], [false, 0, false]);
  });

  test('a block that an operator banned for a time is free afterwards', () => {
    const bans = new BanList(POLICY, undefined, 0);
    bans.take({ source: '192.0.2.0/24', scope: 'all', because: '', sinceMs: 0, untilMs: 1_000, level: 0 });
    bans.sweep(1_000);
    assert.ok(!bans.isBanned('192.0.2.1', '192.0.2.1', true, 1_000));
  });
});

test('a call that nobody said the end of is forgotten after a day', () => {
  const calls = new CallCaps({ perAccount: 1, perSource: 9 });
  assert.ok(calls.begin('1', 'a', 's', false, 0));
  assert.ok(calls.begin('1', 'a', 's', false, 0));
  assert.ok(!calls.begin('2', 'a', 's', false, 0));
  calls.sweep(86_400_000);
  assert.ok(calls.begin('2', 'a', 's', false, 86_400_000));
  assert.equal(calls.size, 1);
});
