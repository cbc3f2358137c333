import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Flow } from '@unisono/sip';
import { DEFAULT_PROTECTION } from './settings.ts';
import { Doors, EMERGENCY, type Fate } from './testing.ts';

const ATTACKER = '203.0.113.66';
const OFFICE = '198.51.100.7';
const HOME = '192.0.2.77';
const MINUTE_MS = 60_000;

/** Sends so often, so many a second, and counts what became of it. */
function attack(doors: Doors, count: number, perSec: number, send: (i: number) => Fate): Map<Fate, number> {
  const fates = new Map<Fate, number>();
  for (let i = 0; i < count; i++) {
    const fate = send(i);
    fates.set(fate, (fates.get(fate) ?? 0) + 1);
    doors.clock.advance(1_000 / perSec);
  }
  return fates;
}

function answered(fates: ReadonlyMap<Fate, number>): number {
  return [...fates].reduce((sum, [fate, count]) => (typeof fate === 'number' ? sum + count : sum), 0);
}

function isBanned(doors: Doors, address: string, transport: 'udp' | 'tcp'): boolean {
  return !doors.protection.admit(address, transport);
}

describe('scanners', () => {
  test('svmap: its first datagram is its last, and it learns nothing', () => {
    const doors = new Doors();
    const flow = doors.flow(ATTACKER, 'udp');
    const scan = () => doors.send(flow, { method: 'OPTIONS', target: '100', userAgent: 'friendly-scanner' });
    assert.deepEqual(
      attack(doors, 50, 10, scan),
      new Map<Fate, number>([
        ['drop', 1],
        ['deaf', 49],
      ]),
    );
  });

  test('a scanner that calls itself something else: a stranger hears nothing over UDP, and is banned when it goes on', () => {
    const doors = new Doors();
    const flow = doors.flow(ATTACKER, 'udp');
    const methods = ['OPTIONS', 'INVITE', 'SUBSCRIBE', 'BYE'];
    const fates = attack(doors, 60, 10, (i) => doors.send(flow, { method: methods[i % 4] ?? '', target: `${i}` }));
    assert.equal(answered(fates), 0);
    assert.ok((fates.get('deaf') ?? 0) >= 35);
  });

  test('svwar: who tries many numbers is banned within seconds, over UDP and over connections', () => {
    for (const transport of ['udp', 'tcp'] as const) {
      const doors = new Doors();
      const flow = doors.flow(ATTACKER, transport);
      const fates = attack(doors, 1_000, 20, (i) => doors.send(flow, { target: `user${i}` }));
      assert.ok(answered(fates) <= 250, `${answered(fates)} answers over ${transport}`);
      assert.ok(isBanned(doors, ATTACKER, transport));
    }
  });

  test('svwar by INVITE over a connection', () => {
    const doors = new Doors();
    const flow = doors.flow(ATTACKER, 'tcp');
    attack(doors, 1_000, 20, (i) => doors.send(flow, { method: 'INVITE', target: `user${i}` }));
    assert.ok(isBanned(doors, ATTACKER, 'tcp'));
  });

  test('svcrack: after a dozen passwords it is over', () => {
    for (const transport of ['udp', 'wss'] as const) {
      const doors = new Doors();
      const flow = doors.flow(ATTACKER, transport);
      const guess = (i: number) => doors.send(flow, { target: 'user5', account: 'user5', password: `guess${i}` });
      assert.equal(answered(attack(doors, 500, 10, guess)), 12, transport);
    }
  });

  test('one password for many accounts', () => {
    const doors = new Doors();
    const spray = (i: number) =>
      doors.send(doors.flow(ATTACKER, 'wss'), { target: `user${i}`, account: `user${i}`, password: '123456' });
    const fates = attack(doors, 500, 5, spray);
    assert.ok(answered(fates) < 60, `${answered(fates)} guesses`);
  });

  test('octets that are no SIP', () => {
    const doors = new Doors();
    const flow = doors.flow(ATTACKER, 'udp') as Flow;
    for (let i = 0; i < 25; i++) doors.protection.onMalformed({} as never, flow);
    assert.ok(isBanned(doors, ATTACKER, 'udp'));
  });
});

describe('those who belong here', () => {
  test('a user whose device has a wrong password once is not banned, and it is forgotten when it is right', () => {
    const doors = new Doors();
    const flow = doors.flow(HOME);
    for (let i = 0; i < 5; i++) doors.send(flow, { target: 'user1', account: 'user1', password: 'old' });
    assert.equal(doors.signIn(flow, 'user1'), 200);
    for (let i = 0; i < 9; i++) doors.send(doors.flow(HOME), { target: 'user2', account: 'user2', password: 'old' });
    assert.ok(!isBanned(doors, HOME, 'tcp'));
  });

  test('an office of a hundred comes back at once after a restart, with old nonces', () => {
    const doors = new Doors();
    const fates = Array.from({ length: 100 }, (_, i) => {
      const flow = doors.flow(OFFICE);
      doors.send(flow, { target: `user${i}`, account: `user${i}` });
      return { flow, account: `user${i}` };
    }).map(({ flow, account }) => doors.signIn(flow, account));
    assert.deepEqual(new Set(fates), new Set([200]));
    doors.clock.advance(MINUTE_MS);
    assert.equal(doors.protection.snapshot().bansInForce, 0);
  });

  test('an attacker in the same office is shut out, the others go on calling and may sign in anew', () => {
    const doors = new Doors();
    const users = [1, 2, 3].map((i) => ({ flow: doors.flow(OFFICE), account: `user${i}` }));
    for (const { flow, account } of users) assert.equal(doors.signIn(flow, account), 200);
    const guess = () => doors.send(doors.flow(OFFICE), { target: 'user9', account: 'user9', password: 'x' });
    const fates = attack(doors, 40, 2, guess);
    assert.ok((fates.get(403) ?? 0) > 20, 'the account is not asked any more from there');
    for (const { flow, account } of users) assert.equal(doors.call(flow, account), 200);
    assert.equal(doors.signIn(doors.flow(OFFICE), 'user4'), 200);
  });

  test('even when their address is banned they go on on the ways that they have', () => {
    const doors = new Doors();
    const [wss, udp] = [doors.flow(OFFICE), doors.flow(OFFICE, 'udp')];
    assert.deepEqual([doors.signIn(wss, 'user1'), doors.signIn(udp, 'user2')], [200, 200]);
    const scan = () => doors.send(doors.flow(OFFICE, 'tcp'), { method: 'OPTIONS', userAgent: 'sipvicious' });
    attack(doors, 3, 1, scan);
    assert.ok(isBanned(doors, OFFICE, 'tcp'));
    assert.deepEqual([doors.call(wss, 'user1'), doors.call(udp, 'user2')], [200, 200]);
    assert.equal(doors.send(doors.flow(OFFICE, 'udp', 50_000), { target: 'user3' }), 'drop');
  });

  test('guesses for an account from everywhere do not lock its owner out, wherever they are', () => {
    const doors = new Doors();
    let guesses = 0;
    attack(doors, 900, 10, (i) => {
      const flow = doors.flow(`203.0.113.${i % 100}`, 'wss');
      const fate = doors.send(flow, { target: 'user1', account: 'user1', password: `guess${i}` });
      if (typeof fate === 'number') guesses++;
      return fate;
    });
    assert.ok(guesses <= 320, `${guesses} guesses`);
    assert.equal(doors.protection.counters.attackedAccounts, 1);
    assert.equal(doors.signIn(doors.flow(HOME), 'user1'), 200);
  });

  test('datagrams forged with their address end datagrams of strangers there, and nothing else', () => {
    const doors = new Doors();
    const phone = doors.flow(HOME, 'udp');
    assert.equal(doors.signIn(phone, 'user1'), 200);
    const forged = doors.flow(HOME, 'udp', 1_234);
    attack(doors, 3, 1, () => doors.send(forged, { method: 'OPTIONS', userAgent: 'friendly-scanner' }));
    assert.equal(doors.call(phone, 'user1'), 200);
    assert.equal(doors.signIn(doors.flow(HOME, 'wss'), 'user2'), 200);
  });

  test('a flood of strangers does not reach those who are signed in', () => {
    const doors = new Doors();
    const phone = doors.flow(HOME, 'udp');
    assert.equal(doors.signIn(phone, 'user1'), 200);
    const fates = attack(doors, 40_000, 20_000, (i) =>
      doors.send(doors.flow(`10.${i & 255}.${i >> 8}.1`, 'udp'), { target: 'user1' }),
    );
    assert.ok((fates.get('deaf') ?? 0) > 20_000);
    assert.equal(doors.call(phone, 'user1'), 200);
  });

  test('credentials that were revoked: the way counts as that of a stranger again', () => {
    const doors = new Doors();
    const flow = doors.flow(HOME, 'udp') as Flow;
    assert.equal(doors.signIn(flow, 'user1'), 200);
    const provenFlows = () => doors.protection.snapshot().provenFlows;
    assert.equal(provenFlows(), 1);
    doors.protection.observe(doors.requestOf({ target: 'user1', account: 'user1' }), 403, flow);
    assert.equal(provenFlows(), 0);
  });
});

describe('limits', () => {
  test('an account that sends too much hears 503, and goes on after a while', () => {
    const doors = new Doors();
    const flow = doors.flow(HOME);
    doors.signIn(flow, 'user1');
    const fates = attack(doors, 400, 1_000, () => doors.send(flow, { method: 'MESSAGE', target: 'user1' }));
    assert.ok((fates.get(503) ?? 0) > 150);
    doors.clock.advance(5_000);
    assert.equal(doors.call(flow, 'user1'), 200);
  });

  test('calls at once of an account; another one fits in when one has ended', () => {
    const doors = new Doors({ calls: { perAccount: 2, perSource: 3 } });
    const [one, two] = [doors.flow(HOME), doors.flow(HOME)];
    doors.signIn(one, 'user1');
    doors.signIn(two, 'user2');
    assert.deepEqual([doors.call(one, 'user1'), doors.call(one, 'user1')], [200, 200]);
    const { lastCallId } = doors;
    assert.equal(doors.call(one, 'user1'), 503);
    assert.deepEqual([doors.call(two, 'user2'), doors.call(two, 'user2')], [200, 503]);
    doors.protection.onCallEnded(lastCallId);
    assert.equal(doors.call(two, 'user2'), 200);
  });

  test('calls that are refused do not count', () => {
    const doors = new Doors({ calls: { perAccount: 2, perSource: 3 } });
    const flow = doors.flow(HOME);
    doors.signIn(flow, 'user1');
    for (let i = 0; i < 20; i++) assert.equal(doors.call(flow, 'user1', 'nobody'), 404);
    assert.equal(doors.protection.snapshot().calls, 0);
  });

  test('an emergency call of somebody who is signed in is never refused', () => {
    const doors = new Doors({ calls: { perAccount: 1, perSource: 1 } });
    const flow = doors.flow(HOME);
    doors.signIn(flow, 'user1');
    assert.equal(doors.call(flow, 'user1'), 200);
    attack(doors, 400, 1_000, () => doors.send(flow, { method: 'MESSAGE', target: 'user1' }));
    assert.equal(doors.call(flow, 'user1'), 503);
    for (let i = 0; i < 5; i++) assert.equal(doors.call(flow, 'user1', EMERGENCY), 200);
  });

  test('one of somebody who is not signed in is let through to be asked for credentials, over UDP too, not in masses', () => {
    const doors = new Doors();
    const flow = doors.flow(HOME, 'udp');
    assert.equal(doors.send(flow, { method: 'INVITE', target: EMERGENCY }), 407);
    assert.equal(doors.call(flow, 'user1', EMERGENCY), 200);
    const many = doors.flow(ATTACKER, 'udp');
    const fates = attack(doors, 100, 100, () => doors.send(many, { method: 'INVITE', target: EMERGENCY }));
    assert.ok(answered(fates) <= 11);
  });

  test('a connection on which nobody signs in is ended', () => {
    const doors = new Doors();
    const [idle, used] = [doors.flow(ATTACKER, 'tcp'), doors.flow(HOME, 'tcp')];
    doors.send(idle, { method: 'OPTIONS' });
    doors.signIn(used, 'user1');
    doors.clock.advance(2 * MINUTE_MS);
    assert.deepEqual([idle?.isOpen, used?.isOpen], [false, true]);
  });

  test('connections are opened no faster than allowed', () => {
    const doors = new Doors();
    let accepted = 0;
    attack(doors, 1_000, 1_000, () => {
      if (doors.flow(ATTACKER, 'tcp')) accepted++;
      return 'deaf';
    });
    assert.ok(accepted <= 221 && accepted >= 200, `${accepted}`);
  });

  test('addresses of the allow-list are let in, whatever they do', () => {
    const doors = new Doors({ allow: ['203.0.113.0/24'] });
    const flow = doors.flow(ATTACKER, 'udp');
    const scan = () => doors.send(flow, { method: 'OPTIONS', userAgent: 'friendly-scanner' });
    assert.equal(answered(attack(doors, 2_000, 10_000, scan)), 2_000);
  });
});

describe('bans', () => {
  const scan = (doors: Doors, address = ATTACKER) =>
    doors.send(doors.flow(address, 'udp'), { method: 'OPTIONS', userAgent: 'friendly-scanner' });

  test('each is twice as long as the last, up to a day, and good behaviour is rewarded', () => {
    const doors = new Doors();
    const lengths: number[] = [];
    for (let i = 0; i < 12; i++) {
      scan(doors);
      const [ban] = doors.protection.bans.list(doors.clock.epochMs());
      const lastsMs = (ban?.untilMs ?? 0) - doors.clock.epochMs();
      lengths.push(lastsMs / MINUTE_MS);
      doors.clock.advance(lastsMs + 1_000);
    }
    assert.deepEqual(lengths.slice(0, 4), [5, 10, 20, 40]);
    assert.equal(lengths.at(-1), 24 * 60);
    doors.clock.advance(20 * 24 * 60 * MINUTE_MS);
    scan(doors);
    assert.equal(doors.protection.bans.list(doors.clock.epochMs())[0]?.level, 1);
  });

  test('they outlive a restart', () => {
    const doors = new Doors();
    scan(doors);
    doors.restart();
    assert.ok(isBanned(doors, ATTACKER, 'udp'));
  });

  test('an operator lifts one by its address', () => {
    const doors = new Doors();
    scan(doors, '2001:db8::1');
    assert.ok(isBanned(doors, '2001:db8::ffff', 'udp'));
    assert.ok(doors.protection.bans.lift('2001:db8::9'));
    assert.ok(!isBanned(doors, '2001:db8::1', 'udp'));
    assert.equal(doors.store.bans.size, 0);
  });

  test('nobody is freed, and memory stays bounded, when thousands of others do the same', () => {
    const { ban } = DEFAULT_PROTECTION;
    const doors = new Doors({ maxRemembered: 1_000, ban: { ...ban, maxBans: 500 } });
    scan(doors);
    const guess = (i: number) =>
      doors.send(doors.flow(addressOf(i), 'udp'), { target: 'user1', account: 'user1', password: 'x' });
    attack(doors, 20_000, 1_000, (i) => (i % 2 === 0 ? scan(doors, addressOf(i)) : guess(i)));
    assert.ok(isBanned(doors, ATTACKER, 'udp'));
    const { bansInForce, suspects, buckets, bansWithoutRoom } = doors.protection.snapshot();
    assert.equal(bansInForce, 500);
    assert.ok(bansWithoutRoom > 1_000);
    assert.ok(suspects <= 4_000 && buckets <= 5_000, `${suspects} suspects, ${buckets} buckets`);
  });
});

function addressOf(i: number): string {
  return `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`;
}
