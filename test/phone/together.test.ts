/** All devices of a person ring together: whoever answers has the call, the others stop and say why, and a missed call is missed once. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, type TestContext, test } from 'node:test';
import type { PhoneState } from '@unisono/phone';
import { watch } from '../interop/watch.ts';
import { type Baresip, findPeer, headerOf, requirePeer } from '../peers/index.ts';
import type { PhonePage } from './phone-page.ts';
import { callIn, PhoneWorld } from './world.ts';

const ANNA = '4020';
const BEN = { number: '4021', hz: 880 } as const;
const TONES = { 'desk phone': 500, 'first client': 440, 'second client': 620 } as const;
type Device = keyof typeof TONES;

describe('a person with a desk phone and two clients', () => {
  let world: PhoneWorld | undefined;
  let clients: Record<Exclude<Device, 'desk phone'>, PhonePage>;
  let desk: Baresip;
  let ben: Baresip;

  before(async () => {
    if (!findPeer('chromium') || !findPeer('baresip')) return;
    world = await PhoneWorld.open(240);
    const { cast, system } = world;
    const [first, second, ...phones] = await Promise.all([
      world.signedIn('anna', TONES['first client']),
      world.signedIn('anna', TONES['second client']),
      cast.baresip(system.desk(ANNA), TONES['desk phone'], { name: 'desk phone' }),
      cast.baresip(system.desk(BEN.number), BEN.hz, { name: 'ben' }),
    ]);
    clients = { 'first client': first, 'second client': second };
    [desk, ben] = phones;
  });
  after(() => world?.close());
  afterEach(async () => {
    if (!world) return;
    await ben.hangup().catch(() => {});
    for (const page of Object.values(clients)) await page.clear();
  });

  const isThere = (t: TestContext) => requirePeer(t, 'chromium', 'baresip');
  const latest = async () => (await clients['first client'].state()).history.entries[0]?.entryId;

  /** Ben calls, and everything rings at once; gives the ids at the clients. */
  async function allRing(): Promise<Record<keyof typeof clients, string>> {
    const atDesk = watch(desk);
    await ben.dial(ANNA);
    const [first, second] = await Promise.all([
      clients['first client'].waitFor('the call to ring', callIn('incoming', BEN.number)),
      clients['second client'].waitFor('the call to ring', callIn('incoming', BEN.number)),
      atDesk.event('CALL_INCOMING'),
    ]);
    assert.ok(!atDesk.has('CALL_CLOSED'), 'the desk phone rings while they do');
    return { 'first client': first.id, 'second client': second.id };
  }

  for (const winner of ['first client', 'second client', 'desk phone'] as const)
    test(`all ring; the ${winner} answers, the others stop, say where it was answered, and nothing was missed`, async (t) => {
      if (!isThere(t)) return;
      const [before, atBen, atDesk] = [await latest(), watch(ben), watch(desk)];
      const ids = await allRing();
      if (winner === 'desk phone') await desk.answer();
      else await clients[winner].must('calls.answer', ids[winner]);
      await atBen.event('CALL_ESTABLISHED');
      for (const [name, page] of Object.entries(clients)) {
        if (name === winner) continue;
        const { end } = await page.waitFor('to stop', callIn('ended', BEN.number));
        const on = winner === 'desk phone' ? 'desk' : 'client';
        assert.deepEqual([end?.reason, end?.isMissed, end?.answeredOn], ['answeredElsewhere', false, on]);
      }
      if (winner !== 'desk phone') {
        await atDesk.event('CALL_CLOSED');
        const cancel = atDesk.messages().find(({ text }) => text.startsWith('CANCEL'))?.text ?? '';
        assert.match(headerOf(cancel, 'Reason') ?? '', /^SIP;cause=200;/);
      }
      const talks =
        winner === 'desk phone' ? desk.waitForTone(BEN.hz) : clients[winner].waitForTone(ids[winner], BEN.hz);
      await Promise.all([talks, ben.waitForTone(TONES[winner])]);
      await ben.hangup();
      for (const page of Object.values(clients)) {
        const { entries, missedCount } = await page.waitFor('one entry of it', oneAfter(before));
        assert.deepEqual([entries[0]?.device, missedCount], [winner === 'desk phone' ? 'desk' : 'client', 0]);
        assert.match(entries[0]?.result ?? '', /^answered/);
      }
    });

  test('the caller gives up: missed on every device, and once', async (t) => {
    if (!isThere(t)) return;
    const [before, atDesk] = [await latest(), watch(desk)];
    await allRing();
    await ben.hangup();
    await atDesk.event('CALL_CLOSED');
    for (const page of Object.values(clients)) {
      const { end } = await page.waitFor('to stop', callIn('ended', BEN.number));
      assert.deepEqual([end?.reason, end?.isMissed], ['cancelled', true]);
      const { entries, missedCount } = await page.waitFor('one entry of it', oneAfter(before));
      assert.deepEqual([entries[0]?.result, missedCount], ['cancelled', 1]);
    }
    // Looked at on one device is looked at everywhere.
    await clients['first client'].must('history.markSeen');
    await clients['second client'].waitFor('the badge to go', ({ history }) => history.missedCount === 0);
  });

  test('declined on one device: all stop, and it counts as missed on none', async (t) => {
    if (!isThere(t)) return;
    const [atBen, atDesk] = [watch(ben), watch(desk)];
    const ids = await allRing();
    await clients['first client'].must('calls.decline', ids['first client']);
    await atDesk.event('CALL_CLOSED');
    assert.match(String((await atBen.event('CALL_CLOSED')).event.param), /603/);
    const { end } = await clients['second client'].waitFor('to stop', callIn('ended', BEN.number));
    assert.deepEqual([end?.reason, end?.isMissed], ['declinedElsewhere', false]);
    await clients['second client'].waitFor('it in the history', ({ history: { entries, missedCount } }) => {
      return entries[0]?.result === 'declined' && missedCount === 0;
    });
  });
});

/** The history when it has exactly one entry more than up to that one. */
function oneAfter(before: string | undefined) {
  return ({ history }: PhoneState): PhoneState['history'] | undefined => {
    const [latest, next] = history.entries;
    return latest !== undefined && latest.entryId !== before && next?.entryId === before ? history : undefined;
  };
}
