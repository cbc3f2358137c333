/** Every routing and busy setting: chosen in the client, met by real callers; set by a code at the desk phone, seen in the client. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, type TestContext, test } from 'node:test';
import type { PhoneState } from '@unisono/phone';
import { type Watch, watch } from '../interop/watch.ts';
import { type Baresip, findPeer, headerOf, requirePeer } from '../peers/index.ts';
import type { PhonePage } from './phone-page.ts';
import { callIn, PhoneWorld } from './world.ts';

const ANNA = { number: '4020', hz: 440, deskHz: 500 } as const;
const BEN = { number: '4021', hz: 880 } as const;
/** The alternative number. */
const CARLA = { number: '4022', hz: 620 } as const;
const EVA = { number: '4024', hz: 700 } as const;
const PLAIN = { routing: 'default', busy: 'default', noAnswer: 'none', ringOrder: { order: 'simultaneous' } } as const;
type Rang = 'desk' | 'client' | 'carla' | 'mailbox';

describe('what a person has set', () => {
  let world: PhoneWorld | undefined;
  let anna: PhonePage;
  let desk: Baresip;
  let ben: Baresip;
  let carla: Baresip;
  let eva: Baresip;
  let reception: Baresip;

  before(async () => {
    if (!findPeer('chromium') || !findPeer('baresip')) return;
    world = await PhoneWorld.open(290);
    const phone = (number: string, hz: number) =>
      world?.cast.baresip(world.system.desk(number), hz, { name: number }) as Promise<Baresip>;
    [desk, ben, carla, eva, reception, anna] = await Promise.all([
      phone(ANNA.number, ANNA.deskHz),
      phone(BEN.number, BEN.hz),
      phone(CARLA.number, CARLA.hz),
      phone(EVA.number, EVA.hz),
      phone('4000', 300),
      world.signedIn('anna', ANNA.hz),
    ]);
    await anna.waitFor('the settings', ({ settings }) => settings.shown !== undefined);
    await settle({ alternativeNumber: CARLA.number });
  });
  after(() => world?.close());
  afterEach(async () => {
    if (!world) return;
    for (const phone of [ben, eva, reception, desk, carla]) await phone.hangup().catch(() => {});
    await anna.clear();
  });

  const isThere = (t: TestContext) => requirePeer(t, 'chromium', 'baresip');

  /** Changes settings in the client and waits until the phone system has them in force. */
  async function settle(patch: object): Promise<PhoneState['settings']> {
    await anna.must('settings.change', patch);
    return anna.waitFor(`${JSON.stringify(patch)} to be in force`, ({ settings }) => {
      const inForce = settings.view?.settings as Record<string, unknown> | undefined;
      const isThere = Object.entries(patch).every(([name, value]) => same(inForce?.[name], value));
      return isThere && !settings.isPending ? settings : undefined;
    });
  }

  /** The history's entry of the call from that number that is made meanwhile. */
  async function entryOf(number: string, deed: () => Promise<void>): Promise<PhoneState['history']['entries'][number]> {
    const sinceMs = Date.now();
    await deed();
    return anna.waitFor(`the call of ${number} in the history`, ({ history: { entries } }) => {
      return entries.find(({ party, startedAtMs }) => party.number === number && startedAtMs >= sinceMs);
    });
  }

  /** A call of Ben's or another's, until all that is expected rings or a machine answers; then it is ended. Gives what rang. */
  async function whatRings(expected: readonly Rang[], caller = ben): Promise<Rang[]> {
    const [atDesk, atCarla, atCaller] = [watch(desk), watch(carla), watch(caller)];
    await caller.dial(ANNA.number);
    if (expected.includes('desk')) await atDesk.event('CALL_INCOMING');
    if (expected.includes('client')) await anna.waitFor('the call to ring', callIn('incoming'));
    if (expected.includes('carla')) await atCarla.event('CALL_INCOMING');
    if (expected.includes('mailbox')) await atCaller.event('CALL_ESTABLISHED');
    else await atCaller.event('CALL_RINGING');
    await caller.hangup();
    await atCaller.event('CALL_CLOSED');
    const rang: Rang[] = [];
    if (atDesk.has('CALL_INCOMING')) rang.push('desk');
    // A call that has rung is shown for seconds after it has ended.
    if ((await anna.state()).calls.some(({ direction }) => direction === 'incoming')) rang.push('client');
    if (atCarla.has('CALL_INCOMING')) rang.push('carla');
    if (atCaller.has('CALL_ESTABLISHED')) rang.push('mailbox');
    return rang;
  }

  /** Ben talks with Anna, on her client or at her desk phone. */
  async function talking(on: 'client' | 'desk'): Promise<void> {
    const [atDesk, atBen] = [watch(desk), watch(ben)];
    await ben.dial(ANNA.number);
    const [{ id }] = await Promise.all([
      anna.waitFor('the call to ring', callIn('incoming', BEN.number)),
      atDesk.event('CALL_INCOMING'),
    ]);
    if (on === 'desk') await desk.answer();
    else await anna.must('calls.answer', id);
    await atBen.event('CALL_ESTABLISHED');
    if (on === 'desk') await anna.waitFor('to stop', callIn('ended'));
    else await atDesk.event('CALL_CLOSED');
    if (on === 'desk') await anna.clear();
  }

  const closedWith = async (seen: Watch, status: RegExp): Promise<void> => {
    assert.match(String((await seen.event('CALL_CLOSED')).event.param), status);
  };

  for (const [routing, rings, said] of [
    ['deskPhoneOnly', ['desk'], /desk phone/i],
    ['clientsOnly', ['client'], /Unisono Phone/],
    ['alternativeNumber', ['carla'], /4022|Carla/],
    ['voicemail', ['mailbox'], /mailbox|voicemail/i],
    ['default', ['desk', 'client'], /desk phone/i],
  ] as const)
    test(`routing ${routing}: a caller meets ${rings.join(' and ')}, and nothing else`, async (t) => {
      if (!isThere(t)) return;
      const { view } = await settle({ ...PLAIN, routing });
      assert.match(view?.preview?.en.join(' ') ?? '', said);
      const entry = await entryOf(BEN.number, async () => assert.deepEqual(await whatRings(rings), rings));
      const expected = {
        deskPhoneOnly: ['cancelled', undefined],
        clientsOnly: ['cancelled', undefined],
        alternativeNumber: ['deflected', 'unconditional'],
        voicemail: ['deflected', 'unconditional'],
        default: ['cancelled', undefined],
      }[routing];
      assert.deepEqual([entry.result, entry.reason], expected, JSON.stringify(entry));
    });

  test('a target that the administration has fixed is shown, is met, and can be left but not chosen', async (t) => {
    if (!isThere(t) || !world) return;
    const settings = { ...PLAIN, earlierAlternativeNumbers: [], routing: 'other', fixedTarget: CARLA.number };
    await world.administer('users', 'set', 'anna', JSON.stringify({ settings }));
    await anna.waitFor('the fixed target', ({ settings: { shown } }) => {
      return shown?.routing === 'other' && shown.fixedTarget === CARLA.number;
    });
    assert.deepEqual(await whatRings(['carla']), ['carla']);
    const chosen = await anna.command('settings.change', { routing: 'other' });
    assert.equal(chosen.ok, false);
    await settle({ ...PLAIN, alternativeNumber: CARLA.number });
    assert.deepEqual(await whatRings(['desk', 'client']), ['desk', 'client']);
  });

  test('call waiting: the second call rings everywhere, the third hears busy, and there is room again after an end', async (t) => {
    if (!isThere(t)) return;
    await settle(PLAIN);
    await talking('client');
    const [atDesk, atEva, atReception] = [watch(desk), watch(eva), watch(reception)];
    await eva.dial(ANNA.number);
    const second = await anna.waitFor('the second call to ring', callIn('incoming', EVA.number));
    assert.equal(second.isSecond, true);
    await atDesk.event('CALL_INCOMING');
    await atEva.event('CALL_RINGING');
    await reception.dial(ANNA.number);
    await closedWith(atReception, /486|[Bb]usy/);
    await eva.hangup();
    await anna.waitFor('the second call to end', callIn('ended', EVA.number));
    const again = watch(reception);
    await reception.dial(ANNA.number);
    await anna.waitFor('another second call', callIn('incoming', '4000'));
    await again.event('CALL_RINGING');
  });

  for (const [busy, on, meets] of [
    ['busySignal', 'client', 'busy'],
    ['busySignal', 'desk', 'busy'],
    ['alternativeNumber', 'client', 'carla'],
    ['alternativeNumber', 'desk', 'carla'],
    ['voicemail', 'client', 'mailbox'],
  ] as const)
    test(`busy setting ${busy} in a call on the ${on}: the second caller meets ${meets}, and the history says why`, async (t) => {
      if (!isThere(t)) return;
      await settle({ ...PLAIN, busy });
      await talking(on);
      const [atDesk, atEva, atCarla] = [watch(desk), watch(eva), watch(carla)];
      const entry = await entryOf(EVA.number, async () => {
        await eva.dial(ANNA.number);
        if (meets === 'busy') await closedWith(atEva, /486|[Bb]usy/);
        if (meets === 'mailbox') await atEva.event('CALL_ESTABLISHED');
        if (meets === 'carla') {
          await atCarla.event('CALL_INCOMING');
          const invite = atCarla.messages().find(({ text }) => text.startsWith('INVITE'))?.text ?? '';
          assert.match(headerOf(invite, 'Diversion') ?? '', /<sip:4020@[^>]*>;reason=user-busy/);
          await carla.answer();
          await atEva.event('CALL_ESTABLISHED');
          await Promise.all([carla.waitForTone(EVA.hz), eva.waitForTone(CARLA.hz)]);
        }
        await eva.hangup().catch(() => {});
      });
      const expected = meets === 'busy' ? ['busy', undefined] : ['deflected', 'busy'];
      assert.deepEqual([entry.result, entry.reason], expected, JSON.stringify(entry));
      assert.equal(entry.deflectedTo?.number, meets === 'carla' ? CARLA.number : undefined);
      assert.equal(atDesk.has('CALL_INCOMING'), false, 'the desk phone does not ring');
      const rang = (await anna.state()).calls.some(({ party }) => party.number === EVA.number);
      assert.equal(rang, false, 'the client does not ring');
    });

  test('busy settings, and the desk phone itself says that it is busy: decided once, for all devices', async (t) => {
    if (!isThere(t)) return;
    await settle({ ...PLAIN, busy: 'alternativeNumber' });
    const [atDesk, atCarla] = [watch(desk), watch(carla)];
    const entry = await entryOf(BEN.number, async () => {
      await ben.dial(ANNA.number);
      await Promise.all([anna.waitFor('to ring', callIn('incoming', BEN.number)), atDesk.event('CALL_INCOMING')]);
      await desk.hangup();
      await atCarla.event('CALL_INCOMING');
      const { end } = await anna.waitFor('to stop', callIn('ended', BEN.number));
      assert.equal(end?.isMissed, false);
      await ben.hangup();
    });
    assert.deepEqual([entry.result, entry.reason], ['deflected', 'busy']);
  });

  for (const [noAnswer, meets] of [
    ['none', 'nobody'],
    ['alternativeNumber', 'carla'],
    ['voicemail', 'mailbox'],
  ] as const)
    test(`no answer within the ring time, and the setting is ${noAnswer}: the caller meets ${meets}`, async (t) => {
      if (!isThere(t)) return;
      await settle({ ...PLAIN, noAnswer, ringSec: 5 });
      const [atDesk, atBen, atCarla] = [watch(desk), watch(ben), watch(carla)];
      const entry = await entryOf(BEN.number, async () => {
        await ben.dial(ANNA.number);
        const rings = await anna.waitFor('the call to ring', callIn('incoming', BEN.number));
        await atDesk.event('CALL_CLOSED');
        const { end, endedAtMs = 0 } = await anna.waitFor('to stop', callIn('ended', BEN.number));
        assert.ok(endedAtMs - rings.startedAtMs >= 4_500, 'it has rung as long as was set');
        assert.deepEqual([end?.reason, end?.isMissed], ['noAnswer', true]);
        if (meets === 'nobody') await closedWith(atBen, /480|No answer/);
        if (meets === 'mailbox') await atBen.event('CALL_ESTABLISHED');
        if (meets === 'carla') await atCarla.event('CALL_INCOMING');
        await ben.hangup().catch(() => {});
      });
      const expected = meets === 'nobody' ? ['noAnswer', undefined] : ['deflected', 'noAnswer'];
      assert.deepEqual([entry.result, entry.reason], expected, JSON.stringify(entry));
    });

  for (const order of ['deskFirst', 'clientsFirst'] as const)
    test(`ring order ${order}: the others join after the time that was set`, async (t) => {
      if (!isThere(t)) return;
      await settle({ ...PLAIN, ringSec: null, ringOrder: { order, afterSec: 2 } });
      const atDesk = watch(desk);
      await ben.dial(ANNA.number);
      const [atDeskMs, { startedAtMs: atClientMs }] = await Promise.all([
        atDesk.event('CALL_INCOMING').then(() => Date.now()),
        anna.waitFor('the call to ring', callIn('incoming', BEN.number)),
      ]);
      const laterMs = order === 'deskFirst' ? atClientMs - atDeskMs : atDeskMs - atClientMs;
      assert.ok(laterMs > 1_000, `the others joined after ${laterMs} ms`);
    });

  for (const [code, expected] of [
    ['*22', { routing: 'deskPhoneOnly' }],
    ['*23', { routing: 'clientsOnly' }],
    ['*24', { routing: 'voicemail' }],
    [`*21*${EVA.number}#`, { routing: 'alternativeNumber', alternativeNumber: EVA.number }],
    ['#21', { routing: 'default' }],
    ['*66', { busy: 'busySignal' }],
    ['*68', { busy: 'voicemail' }],
    [`*67*${CARLA.number}#`, { busy: 'alternativeNumber', alternativeNumber: CARLA.number }],
    ['#67', { busy: 'default' }],
    ['*62', { noAnswer: 'voicemail' }],
    [`*61*${EVA.number}#`, { noAnswer: 'alternativeNumber', alternativeNumber: EVA.number }],
    ['#61', { noAnswer: 'none' }],
  ] as const)
    test(`${code} at the desk phone appears in the client by itself`, async (t) => {
      if (!isThere(t)) return;
      const atDesk = watch(desk);
      await desk.dial(code);
      const { view } = await anna.waitFor('it to be seen', ({ settings }) => {
        const shown = settings.shown as Record<string, unknown> | undefined;
        return Object.entries(expected).every(([name, value]) => shown?.[name] === value) ? settings : undefined;
      });
      assert.equal(view?.origin, 'phone');
      await desk.hangup().catch(() => {});
      await atDesk.event('CALL_CLOSED');
    });
});

/** What was taken away is absent in force. */
function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}
