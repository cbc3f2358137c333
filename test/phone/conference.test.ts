/** A conference with desk phones: what is heard, what their displays are told, and what the client shows of who is in it. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import type { Call } from '@unisono/phone';
import { watch } from '../interop/watch.ts';
import { type Baresip, findPeer, headerOf, requirePeer } from '../peers/index.ts';
import type { PhonePage } from './phone-page.ts';
import { callIn, PhoneWorld } from './world.ts';

const ANNA_HZ = 440;
const BEN = { number: '4021', hz: 880, name: 'Ben Okafor' } as const;
const CARLA = { number: '4022', hz: 620, name: 'Carla Rossi' } as const;
const HEAR_MS = 8_000;

/** Resolves once audio arrives at the pace of G.711, as the phone counts it every second. */
async function receives({ process }: Baresip): Promise<void> {
  const mark = process.output.length;
  const isAtPace = () =>
    [...process.output.slice(mark).matchAll(/audio=\d+\/(\d+) \(bit/g)].some(
      ([, bitsPerSec]) => Number(bitsPerSec) > 40_000,
    ) || undefined;
  await process.waitUntil(isAtPace, HEAR_MS, 'audio at the pace of G.711');
}

describe('a conference of a client and two desk phones', () => {
  let world: PhoneWorld | undefined;
  let anna: PhonePage;
  let ben: Baresip;
  let carla: Baresip;

  before(async () => {
    if (!findPeer('chromium') || !findPeer('baresip')) return;
    world = await PhoneWorld.open(150);
    const { cast, system } = world;
    [anna, ben, carla] = await Promise.all([
      world.signedIn('anna', ANNA_HZ),
      cast.baresip(system.desk(BEN.number), BEN.hz, { name: 'ben' }),
      cast.baresip(system.desk(CARLA.number), CARLA.hz, { name: 'carla' }),
    ]);
  });
  after(() => world?.close());
  afterEach(async () => {
    if (!world) return;
    for (const phone of [ben, carla]) await phone.hangup().catch(() => {});
    await anna.clear();
  });

  async function call(phone: Baresip, number: string): Promise<string> {
    const ringing = watch(phone).event('CALL_INCOMING');
    const { callId } = await anna.must<{ callId: string }>('calls.dial', number);
    await ringing;
    await phone.answer();
    await anna.waitFor(`${number} to answer`, callIn('active', number));
    return callId;
  }

  /** The identity that a desk phone was told last, in any message of its calls. */
  async function isTold(phone: Baresip, identity: RegExp): Promise<void> {
    const isLast = () => {
      const received = phone.sipMessages().map(({ text }) => headerOf(text, 'P-Asserted-Identity'));
      return identity.test(received.findLast((one) => one !== undefined) ?? '') || undefined;
    };
    await phone.process.waitUntil(isLast, HEAR_MS, `${identity} in P-Asserted-Identity`);
  }

  const inConference = (isRight: (one: Call) => boolean) => (state: { readonly calls: readonly Call[] }) =>
    state.calls.find((one) => one.phase === 'active' && one.isConference && isRight(one));
  const names = ({ conference }: Call) => conference?.members.map(({ party }) => party.name).join(', ');

  async function merged(): Promise<Call> {
    const first = await call(ben, BEN.number);
    const second = await call(carla, CARLA.number);
    await anna.must('calls.merge', first, second);
    const all = `Anna Lindner, ${BEN.name}, ${CARLA.name}`;
    const isMerged = inConference((one) => names(one) === all);
    const conference = await anna.waitFor('all three to be in', (state) =>
      state.calls.filter(({ phase }) => phase === 'active').length === 1 ? isMerged(state) : undefined,
    );
    await Promise.all([
      anna.waitForTones(conference.id, [BEN.hz, CARLA.hz]),
      // A baresip records up to the first re-INVITE, and its jitter buffer may take who comes later for late: what arrives is looked at.
      receives(ben),
      receives(carla),
      isTold(ben, /^"?Conference"? <sip:conference-/),
      isTold(carla, /^"?Conference"? <sip:conference-/),
    ]);
    return conference;
  }

  test('everybody hears everybody and is told that it is one; the host leaves, and the two see each other', async (t) => {
    if (!requirePeer(t, 'chromium', 'baresip')) return;
    const conference = await merged();
    assert.deepEqual([conference.conference?.isHost, conference.party], [true, {}]);
    await anna.must('calls.hangUp', conference.id);
    await Promise.all([
      isTold(ben, /^"?Carla Rossi"? <sip:4022@/),
      isTold(carla, /^"?Ben Okafor"? <sip:4021@/),
      receives(ben),
      receives(carla),
    ]);
    const withBoth = `Conference with ${BEN.name}, ${CARLA.name}`;
    await anna.waitFor('the history to say with whom it was', ({ history: { entries } }) =>
      entries.some(({ party }) => party.name === withBoth),
    );
    const over = watch(carla).event('CALL_CLOSED');
    await ben.hangup();
    await over;
  });

  test('the host removes somebody: that phone is hung up with the reason, the other goes on', async (t) => {
    if (!requirePeer(t, 'chromium', 'baresip')) return;
    const conference = await merged();
    const atCarla = watch(carla);
    const member = conference.conference?.members.find(({ party }) => party.number === CARLA.number);
    await anna.must('calls.expel', conference.id, member?.id);
    await atCarla.event('CALL_CLOSED');
    const bye = atCarla.messages().find(({ text }) => text.startsWith('BYE'))?.text ?? '';
    assert.match(headerOf(bye, 'Reason') ?? '', /Removed from the conference/);
    const left = await anna.waitFor(
      'the other alone',
      inConference((one) => one.party.number === BEN.number && one.conference?.members.length === 2),
    );
    assert.equal(left.party.name, BEN.name);
    await Promise.all([
      isTold(ben, /^"?Anna Lindner"? <sip:4020@/),
      receives(ben),
      anna.waitForTone(conference.id, BEN.hz),
    ]);
  });
});
