import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hasValidIntegrity } from '../stun/integrity.ts';
import { readStun, readXorMappedAddress, stunAttribute, StunAttributeType as Type } from '../stun/message.ts';
import { writeStun } from '../stun/write.ts';
import { CONSENT_MS, IceLite, MAX_PAIRS } from './lite.ts';

const OURS = { ufrag: 'ours', password: 'the-password-of-this-side' };
const RESTARTED = { ufrag: 'next', password: 'the-password-after-a-restart' };
const A = ['192.0.2.1', 1_001] as const;
const B = ['192.0.2.1', 1_002] as const;

interface Check {
  readonly username?: string;
  readonly password?: string;
  readonly priority?: number;
  readonly nominates?: boolean;
  readonly more?: readonly (readonly [number, Buffer])[];
}

function check({
  username = 'ours:theirs',
  password = OURS.password,
  priority = 100,
  nominates = false,
  more = [],
}: Check) {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(priority);
  return writeStun(
    {
      class: 'request',
      method: 1,
      transactionId: Buffer.from('0123456789ab'),
      attributes: [
        [Type.username, Buffer.from(username)],
        [Type.iceControlling, Buffer.alloc(8, 7)],
        [Type.priority, octets],
        ...(nominates ? [[Type.useCandidate, Buffer.alloc(0)] as const] : []),
        ...more,
      ],
    },
    Buffer.from(password),
  );
}

function agent(): IceLite {
  const ice = new IceLite();
  ice.setCredentials(OURS, 'theirs');
  return ice;
}

function errorOf(reply: Buffer | undefined): number {
  assert.ok(reply);
  const message = readStun(reply);
  assert.ok(
    typeof message !== 'string' &&
      message.class === 'error' &&
      hasValidIntegrity(reply, message, Buffer.from(OURS.password)),
  );
  const value = stunAttribute(message, Type.errorCode) ?? assert.fail('no code');
  return (value[2] as number) * 100 + (value[3] as number);
}

describe('checks (RFC 8445 §7.3)', () => {
  test('a right one is answered with where it came from, signed', () => {
    const { reply, valid } = agent().receive(check({}), ...A, 0);
    assert.ok(valid && reply);
    const message = readStun(reply);
    assert.ok(typeof message !== 'string' && message.class === 'success');
    assert.ok(hasValidIntegrity(reply, message, Buffer.from(OURS.password)));
    const mapped = stunAttribute(message, Type.xorMappedAddress) ?? assert.fail('no address');
    assert.deepEqual(readXorMappedAddress(mapped, message.transactionId), { address: A[0], port: A[1] });
  });

  const unanswered: readonly [string, Buffer][] = [
    ['another password', check({ password: 'guess' })],
    ['another name of ours', check({ username: 'other:theirs' })],
    ['another name of theirs', check({ username: 'ours:stranger' })],
    ['a name that merely begins like ours', check({ username: 'oursX:theirs' })],
    ['no FINGERPRINT', check({}).subarray(0, -8)],
    [
      'a response',
      writeStun(
        { class: 'success', method: 1, transactionId: Buffer.alloc(12), attributes: [] },
        Buffer.from(OURS.password),
      ),
    ],
    [
      'an indication',
      writeStun(
        { class: 'indication', method: 1, transactionId: Buffer.alloc(12), attributes: [] },
        Buffer.from(OURS.password),
      ),
    ],
    [
      'another method',
      writeStun(
        { class: 'request', method: 3, transactionId: Buffer.alloc(12), attributes: [] },
        Buffer.from(OURS.password),
      ),
    ],
    ['garbage', Buffer.from('0001')],
  ];
  for (const [what, datagram] of unanswered) {
    test(`${what}: no answer, no pair`, () => {
      const ice = agent();
      assert.deepEqual(ice.receive(datagram, ...A, 0), { reply: undefined, valid: false, isMoved: false });
      assert.ok(!ice.isValid(...A));
    });
  }

  test('before the answer of the peer is known its name is taken as it comes', () => {
    const ice = new IceLite();
    ice.setCredentials(OURS, undefined);
    assert.ok(ice.receive(check({ username: 'ours:anything' }), ...A, 0).valid);
    ice.setCredentials(OURS, 'theirs');
    assert.ok(!ice.receive(check({ username: 'ours:anything' }), ...A, 0).valid);
  });

  test('a peer that says it is controlled is told of the conflict (§7.3.1.1)', () => {
    const { reply, valid } = agent().receive(check({ more: [[Type.iceControlled, Buffer.alloc(8)]] }), ...A, 0);
    assert.deepEqual([errorOf(reply), valid], [487, false]);
  });

  test('an attribute that must be understood and is not: 420 (RFC 8489 §6.3.1)', () => {
    const { reply, valid } = agent().receive(check({ more: [[0x7abc, Buffer.alloc(4)]] }), ...A, 0);
    assert.deepEqual([errorOf(reply), valid], [420, false]);
  });
});

describe('nomination', () => {
  type Step = readonly [atMs: number, from: readonly [string, number], check: Check];
  const cases: readonly [string, readonly Step[], readonly [string, number] | undefined][] = [
    ['no pair is used before one is nominated', [[0, A, {}]], undefined],
    [
      'regular: the nominated pair is used',
      [
        [0, A, {}],
        [1, B, {}],
        [2, B, { nominates: true }],
      ],
      B,
    ],
    [
      'aggressive: of pairs nominated together the higher priority is used',
      [
        [0, A, { nominates: true, priority: 5 }],
        [1, B, { nominates: true, priority: 9 }],
      ],
      B,
    ],
    [
      'aggressive: a lower priority does not take over while the higher one is nominated',
      [
        [0, A, { nominates: true, priority: 9 }],
        [1, B, { nominates: true, priority: 5 }],
      ],
      A,
    ],
    [
      'a peer that has moved nominates later, and is followed whatever its priority',
      [
        [0, A, { nominates: true, priority: 9 }],
        [5_000, B, { nominates: true, priority: 5 }],
      ],
      B,
    ],
    [
      'checks without nomination do not move anything',
      [
        [0, A, { nominates: true }],
        [9_000, B, { priority: 999 }],
      ],
      A,
    ],
  ];
  for (const [name, steps, expected] of cases) {
    test(name, () => {
      const ice = agent();
      for (const [atMs, from, what] of steps) ice.receive(check(what), ...from, atMs);
      const { selected } = ice;
      assert.deepEqual(selected && [selected.address, selected.port], expected);
    });
  }
});

describe('restart (RFC 8445 §9)', () => {
  const next = { username: 'next:theirs2', password: RESTARTED.password };

  test('the pair of before stays in use until one is nominated with the new credentials', () => {
    const ice = agent();
    ice.receive(check({ nominates: true, priority: 9 }), ...A, 0);
    ice.setCredentials(RESTARTED, 'theirs2');
    assert.ok(ice.receive(check({ nominates: true }), ...A, 10).valid, 'old credentials are still taken');
    assert.ok(!ice.receive(check(next), ...B, 20).isMoved);
    assert.equal(ice.selected?.port, A[1]);
    assert.ok(ice.receive(check({ ...next, nominates: true, priority: 1 }), ...B, 30).isMoved);
    assert.equal(ice.selected?.port, B[1]);
    assert.ok(!ice.receive(check({ nominates: true, priority: 99 }), ...A, 40).isMoved, 'and none goes back');
  });

  test('credentials from before the last restart are forgotten at the next', () => {
    const ice = agent();
    ice.setCredentials(RESTARTED, 'theirs2');
    ice.setCredentials({ ufrag: 'third', password: 'a-third-password-for-ice' }, 'theirs3');
    assert.ok(!ice.receive(check({}), ...A, 0).valid);
    assert.ok(ice.receive(check(next), ...A, 0).valid);
  });
});

test('consent runs out when the checks stop, and comes back with them (RFC 7675 §5.1)', () => {
  const ice = agent();
  assert.ok(!ice.hasConsent(0));
  ice.receive(check({ nominates: true }), ...A, 0);
  assert.ok(ice.hasConsent(CONSENT_MS - 1));
  assert.ok(!ice.hasConsent(CONSENT_MS));
  ice.receive(check({ password: 'guess' }), ...A, CONSENT_MS);
  assert.ok(!ice.hasConsent(CONSENT_MS));
  ice.receive(check({}), ...A, CONSENT_MS);
  assert.ok(ice.hasConsent(CONSENT_MS + 1));
});

test('pairs are bounded, and the one in use is never the one that is forgotten', () => {
  const ice = agent();
  ice.receive(check({ nominates: true }), ...A, 0);
  for (let port = 2_000; port < 2_100; port++) ice.receive(check({}), '192.0.2.9', port, port);
  assert.ok(ice.isValid(...A));
  const known = Array.from({ length: 100 }, (_, i) => ice.isValid('192.0.2.9', 2_000 + i)).filter(Boolean);
  assert.equal(known.length, MAX_PAIRS - 1);
});
