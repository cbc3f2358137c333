/** Colleagues without clients: found by name, called, and seen in a call. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { PhoneState } from '@unisono/phone';
import { watch } from '../interop/watch.ts';
import { type Baresip, findPeer, requirePeer } from '../peers/index.ts';
import type { PhonePage } from './phone-page.ts';
import { callIn, PhoneWorld } from './world.ts';

const ANNA = { number: '4020', hz: 440 } as const;
const EVA = { number: '4024', hz: 880 } as const;

interface Entry {
  readonly entryId: string;
  readonly name: string;
  readonly presence?: string;
  readonly numbers: readonly { readonly number: string }[];
}

describe('a colleague who has a desk phone alone', () => {
  let world: PhoneWorld | undefined;
  let anna: PhonePage;
  let eva: Baresip;

  before(async () => {
    if (!findPeer('chromium') || !findPeer('baresip')) return;
    world = await PhoneWorld.open();
    assert.equal(
      world.system.data.ufipDevices.some(({ user }) => user === 'eva'),
      false,
      'Eva has no clients',
    );
    eva = await world.cast.baresip(world.system.desk(EVA.number), EVA.hz, { name: 'eva' });
    anna = await world.signedIn('anna', ANNA.hz);
  });
  after(() => world?.close());

  const found = async (query: string): Promise<readonly Entry[]> =>
    (await anna.must<{ entries: readonly Entry[] }>('book.search', query)).entries;

  /** Asks until somebody is found: clients are not told when a number comes into the directory. */
  async function find(query: string): Promise<Entry> {
    for (let count = 0; count < 100; count++) {
      const [entry] = await found(query);
      if (entry !== undefined) return entry;
      await delay(200);
    }
    return assert.fail(`${query} is not found`);
  }

  test('is found, called by what was found, and seen in a call and free again', async (t) => {
    if (!requirePeer(t, 'chromium') || !requirePeer(t, 'baresip') || !world) return;
    const entry = await find('novak');
    for (const query of ['eva', EVA.number, '382'])
      assert.ok(
        (await found(query)).some(({ entryId }) => entryId === entry.entryId),
        query,
      );
    assert.ok((await found('reception')).some(({ numbers }) => numbers[0]?.number === '4000'));
    const all = await found('');
    assert.equal(new Set(all.map(({ name }) => name)).size, all.length, 'everybody is there once');
    const auxiliary = world.system.data.ufipDevices.map(({ number }) => number);
    assert.ok(!all.some(({ numbers }) => numbers.some(({ number }) => auxiliary.includes(number))));

    const [{ number } = { number: '' }] = entry.numbers;
    await anna.must('book.setFavourites', [{ name: entry.name, number }]);
    const isEva = (presence: string) => (state: PhoneState) =>
      state.favourites.list.some((one) => one.number === number && one.presence === presence);
    await anna.waitFor('Eva to be free', isEva('free'));
    await anna.must('book.watch', 'a view', [entry.entryId]);
    const isSeen = (presence: string) => (state: PhoneState) => state.directory.presences[entry.entryId] === presence;
    await anna.waitFor('Eva to be seen free in the list', isSeen('free'));
    const now = watch(eva);
    await anna.must('calls.dial', number);
    await now.event('CALL_INCOMING');
    await eva.answer();
    const running = await anna.waitFor('the call to run', callIn('active'));
    assert.equal(running.party.name, 'Eva Novak');
    await anna.waitForTone(running.id, EVA.hz);
    await anna.waitFor('Eva to be in a call', isEva('inCall'));
    await anna.waitFor('Eva to be seen in a call in the list', isSeen('inCall'));
    assert.deepEqual(
      (await found('novak')).map(({ entryId, presence }) => [entryId, presence]),
      [[entry.entryId, 'inCall']],
    );
    await eva.hangup();
    await anna.waitFor('Eva to be free again', isEva('free'));
  });

  test('is named when she calls', async (t) => {
    if (!requirePeer(t, 'chromium') || !requirePeer(t, 'baresip')) return;
    assert.deepEqual(await anna.must('book.whoseNumber', EVA.number), { name: 'Eva Novak' });
  });
});
