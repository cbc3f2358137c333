import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileSystem } from '../compile.ts';
import { demoSystem } from '../demo.ts';
import {
  type ClientClaims,
  type ClientVerdict,
  delegateKey,
  isClientUsername,
  judgeClaims,
  type Mac,
  openUsername,
  passwordOf,
  sealClaims,
  userPrint,
} from './index.ts';

const macWith =
  (key: string | Buffer): Mac =>
  (text) =>
    createHmac('sha256', key).update(text).digest('hex');
const mac = macWith('a key of the test');
const keyed = (digits: string): Mac => macWith(Buffer.from(digits, 'hex'));

const NOW_SEC = 1_800_000_000;
const CLAIMS: ClientClaims = {
  ufipDevice: 'ufip-8020',
  userPrint: userPrint(mac, 'anna'),
  installation: '00112233aabbccdd',
  issuedAtSec: NOW_SEC,
  expiresAtSec: NOW_SEC + 86_400,
};

test('what was sealed is opened, whatever the device is called', () => {
  const id = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/);
  const time = fc.integer({ min: 0, max: 0xffff_ffff });
  fc.assert(
    fc.property(id, time, time, (ufipDevice, issuedAtSec, expiresAtSec) => {
      const claims = { ...CLAIMS, ufipDevice, issuedAtSec, expiresAtSec };
      const { username } = sealClaims(mac, claims);
      assert.ok(isClientUsername(username));
      assert.deepEqual(openUsername(mac, username), claims);
    }),
  );
});

test('a user name is a user part of a SIP URI as it is, and shows neither device nor number nor time', () => {
  const { username } = sealClaims(mac, CLAIMS);
  assert.match(username, /^c1-[A-Za-z0-9_-]+$/);
  const octets = Buffer.from(username.slice(3), 'base64url');
  for (const text of ['8020', 'ufip', 'anna']) assert.ok(!octets.includes(text) && !username.includes(text));
  assert.ok(!octets.toString('hex').includes(NOW_SEC.toString(16)));
});

test('two installations of one user have nothing in common', () => {
  const first = sealClaims(mac, CLAIMS).username;
  const second = sealClaims(mac, { ...CLAIMS, installation: '00112233aabbccde' }).username;
  assert.equal(first.length, second.length);
  const same = [...first].filter((sign, at) => at >= 3 && sign === second[at]).length;
  assert.ok(same < first.length / 4, `${same} of ${first.length} signs are the same`);
});

test('the password follows from the user name and the key', () => {
  const { username, password } = sealClaims(mac, CLAIMS);
  assert.equal(passwordOf(mac, keyed, username), password);
  assert.equal(password.length, 32);
  assert.notEqual(passwordOf(macWith('another key'), keyed, username), password);
});

test('a user name changed in any place, cut short or made longer is none', () => {
  const { username } = sealClaims(mac, CLAIMS);
  for (let at = 0; at < username.length; at++) {
    const sign = username[at] === 'A' ? 'B' : 'A';
    assert.equal(openUsername(mac, username.slice(0, at) + sign + username.slice(at + 1)), undefined, `sign ${at}`);
    assert.equal(openUsername(mac, username.slice(0, at)), undefined, `first ${at}`);
  }
  assert.equal(openUsername(mac, `${username}A`), undefined);
  assert.equal(openUsername(macWith('another key'), username), undefined);
});

test('opening never throws', () =>
  fc.assert(fc.property(fc.string(), (text) => openUsername(mac, `c1-${text}`) === undefined)));

test('whoever has a delegated key makes credentials for that device, which are opened and have the same password', () => {
  const { username, key } = delegateKey(mac, 'ufip-8020', 'anna');
  assert.match(username, /^c2-[A-Za-z0-9_-]+$/);
  const whole = `${username}~i-1~${NOW_SEC}`;
  assert.ok(isClientUsername(whole));
  const claims = { ...CLAIMS, installation: 'i-1', issuedAtSec: 0, expiresAtSec: NOW_SEC };
  assert.deepEqual(openUsername(mac, whole), claims);
  const password = createHmac('sha256', Buffer.from(key, 'base64url')).update(whole).digest('base64url');
  assert.equal(passwordOf(mac, keyed, whole), password);
});

test('a delegated user name of another key, or of another form, is none', () => {
  const { username } = delegateKey(mac, 'ufip-8020', 'anna');
  assert.equal(openUsername(macWith('another key'), `${username}~i-1~1`), undefined);
  for (const end of ['', '~', '~i', '~i~', '~~1', '~i~x', '~i~1~2', '~i~12345678901', `~${'i'.repeat(65)}~1`])
    assert.equal(openUsername(mac, username + end), undefined, end);
  assert.throws(() => delegateKey(mac, 'x'.repeat(65), 'anna'), RangeError);
  const longest = delegateKey(mac, 'x'.repeat(64), 'anna').username;
  assert.equal(openUsername(mac, `${longest}~i~1`)?.ufipDevice, 'x'.repeat(64));
});

const IMPOSSIBLE: Record<string, Partial<ClientClaims>> = {
  'no device': { ufipDevice: '' },
  'a device of 65 signs': { ufipDevice: 'x'.repeat(65) },
  'a device with a line break': { ufipDevice: 'a\nb' },
  'an installation that is none': { installation: 'phone' },
  'a time before 1970': { issuedAtSec: -1 },
  'a time after 2106': { expiresAtSec: 2 ** 32 },
};
for (const [name, wrong] of Object.entries(IMPOSSIBLE)) {
  test(`not sealed: ${name}`, () => assert.throws(() => sealClaims(mac, { ...CLAIMS, ...wrong }), RangeError));
}

const demo = demoSystem({ random: { int: () => 0 } });
const system = compileSystem(demo);
const GOOD = { ...CLAIMS, ufipDevice: 'ufip-anna' };
const VERDICTS: [name: string, claims: Partial<ClientClaims>, afterSec: number, verdict: ClientVerdict][] = [
  ['in force', {}, 10, 'good'],
  ['the last second', {}, 86_399, 'good'],
  ['the second of its end', {}, 86_400, 'expired'],
  ['issued by a clock that is five minutes ahead', {}, -300, 'good'],
  ['issued by a clock that is further ahead', {}, -301, 'notYet'],
  ['a device that is gone', { ufipDevice: 'ufip-gone' }, 10, 'unknownDevice'],
  ['a device that somebody else has now', { userPrint: userPrint(mac, 'ben') }, 10, 'otherUser'],
  ['revoked', { installation: 'dead000000000000' }, 10, 'revoked'],
  ['revoked and expired', { installation: 'dead000000000000' }, 90_000, 'revoked'],
];
for (const [name, changed, afterSec, verdict] of VERDICTS) {
  test(`verdict: ${name} is ${verdict}`, () => {
    const nowMs = (NOW_SEC + afterSec) * 1_000;
    const isRevoked = (installation: string) => installation.startsWith('dead');
    assert.equal(judgeClaims(mac, { ...GOOD, ...changed }, { system, nowMs, isRevoked }), verdict);
  });
}
