/** What the cloud is for: settings, history, people, devices that sign each other in and out. What settings do to calls: `settings.test.ts`. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, type TestContext, test } from 'node:test';
import type { PhoneState } from '@unisono/phone';
import { watch } from '../interop/watch.ts';
import { measureTone, parseWav, sine, wavFile } from '../peers/audio.ts';
import { type Baresip, findPeer, requirePeer } from '../peers/index.ts';
import { newDevice, PhonePage } from './phone-page.ts';
import { callIn, PhoneWorld } from './world.ts';

const ANNA = { number: '4020', hz: 440 } as const;
const BEN = { number: '4021', hz: 880 } as const;
const GREETING_HZ = 1_200;

describe('the cloud in the client', () => {
  let world: PhoneWorld | undefined;
  let anna: PhonePage;
  let ben: Baresip;

  before(async () => {
    if (!findPeer('chromium') || !findPeer('baresip')) return;
    world = await PhoneWorld.open(290);
    ben = await world.cast.baresip(world.system.desk(BEN.number), BEN.hz, { name: 'ben' });
    anna = await world.signedIn('anna', ANNA.hz);
    await anna.waitFor('the settings', ({ settings }) => settings.shown !== undefined);
  });
  after(() => world?.close());
  afterEach(async () => {
    await ben?.hangup().catch(() => {});
    await anna?.clear();
  });

  function isThere(t: TestContext): boolean {
    return requirePeer(t, 'chromium') && requirePeer(t, 'baresip');
  }

  /** Changes settings and waits until the phone system has applied them. */
  async function settle(patch: object): Promise<PhoneState['settings']> {
    await anna.must('settings.change', patch);
    return anna.waitFor(`${JSON.stringify(patch)} to be applied`, ({ settings }) => {
      const inForce = settings.view?.settings as Record<string, unknown> | undefined;
      const isApplied = Object.entries(patch).every(([name, value]) => inForce?.[name] === value);
      return isApplied && !settings.isPending ? settings : undefined;
    });
  }

  test('an alternative number is asked about first, then rings; it is remembered', async (t) => {
    if (!isThere(t) || !world) return;
    const carla = await world.cast.baresip(world.system.desk('4022'), 620, { name: 'carla' });
    const now = watch(carla);
    const patch = { routing: 'alternativeNumber', alternativeNumber: '4022' };
    const sentences = await anna.must<{ en: string[]; de: string[] }>('settings.preview', patch);
    assert.match(sentences.en.join(' '), /4022|Carla/);
    assert.equal(sentences.de.length, sentences.en.length);
    assert.equal((await anna.state()).settings.shown?.routing, 'default', 'a preview changes nothing');
    await settle(patch);
    await ben.dial(ANNA.number);
    await now.event('CALL_INCOMING');
    await ben.hangup();
    const { shown } = await settle({ routing: 'default' });
    assert.ok(shown?.earlierAlternativeNumbers.includes('4022') || shown?.alternativeNumber === '4022');
    await carla.close();
  });

  test('missed calls are counted until they are looked at; the history can be filtered', async (t) => {
    if (!isThere(t)) return;
    await anna.must('history.markSeen');
    const before = (await anna.state()).history.entries[0]?.entryId;
    await ben.dial(ANNA.number);
    await anna.waitFor('the call to ring', callIn('incoming', BEN.number));
    await ben.hangup();
    await anna.waitFor('the missed call', ({ history }) => {
      const [latest] = history.entries;
      return history.missedCount > 0 && latest?.result === 'cancelled' && latest.entryId !== before;
    });
    await anna.must('history.setFilter', 'missed');
    const missed = await anna.waitFor('the missed ones', ({ history }) => {
      return history.filter === 'missed' && !history.isLoading && history.entries.length > 0
        ? history.entries
        : undefined;
    });
    assert.deepEqual([missed[0]?.party.name, missed[0]?.result], ['Ben Okafor', 'cancelled']);
    await anna.must('history.setFilter', 'dialled');
    // The codes that were dialled at the desk phone are calls of Anna's, too.
    await anna.waitFor('the dialled ones', ({ history }) => {
      return (
        history.filter === 'dialled' &&
        !history.isLoading &&
        history.entries.every((one) => one.direction === 'outgoing')
      );
    });
    await anna.must('history.markSeen');
    assert.equal((await anna.state()).history.missedCount, 0);
    await anna.must('history.setFilter', 'all');
  });

  test('people are found by name, by number and by the letters on a telephone’s keys; favourites are kept', async (t) => {
    if (!isThere(t)) return;
    const names = async (query: string) => {
      const { entries } = await anna.must<{ entries: { name: string }[] }>('book.search', query);
      return entries.map(({ name }) => name);
    };
    for (const query of ['oka', '4021', '236', '652']) assert.ok((await names(query)).includes('Ben Okafor'), query);
    await anna.must('book.setFavourites', [{ name: 'Ben Okafor', number: BEN.number }]);
    await anna.page.reload();
    await anna.page.waitForFunction('window.bare !== undefined');
    await anna.waitFor('the favourite', ({ favourites }) => favourites.list[0]?.number === BEN.number);
    await anna.waitFor('the line to be ready', ({ line }) => line.phase === 'ready', 20_000);
  });

  test('a favourite is shown in a call, and free again after it', async (t) => {
    if (!isThere(t) || !world) return;
    const isBen = (presence: string) => (state: PhoneState) =>
      state.favourites.list.some((one) => one.number === BEN.number && one.presence === presence);
    await anna.must('book.setFavourites', [{ name: 'Ben Okafor', number: BEN.number }]);
    await anna.waitFor('Ben to be free', isBen('free'));
    await ben.dial('4100');
    await anna.waitFor('Ben to be in a call', isBen('inCall'));
    await ben.hangup();
    await anna.waitFor('Ben to be free again', isBen('free'));
  });

  test('a message is left, counted, played, heard and deleted; callers hear the own greeting', async (t) => {
    if (!isThere(t)) return;
    await settle({ routing: 'voicemail' });
    const greeting = wavFile(sine(GREETING_HZ, 3));
    await anna.must('voicemail.setGreeting', { contentType: 'audio/wav', data: greeting.toString('base64') });
    const caller = watch(ben);
    await ben.dial(ANNA.number);
    await caller.event('CALL_ESTABLISHED');
    await ben.waitForTone(GREETING_HZ, 1.5, 15_000);
    // The signal after the greeting (950 Hz), and then it is Ben's turn.
    await ben.waitForTone(950, 0.2, 15_000);
    await ben.listen(3_000);
    await ben.hangup();
    await anna.waitFor('the message to be counted', ({ voicemail }) => voicemail.newMessages === 1);
    await anna.must('voicemail.refresh');
    const { voicemail } = await anna.state();
    const [message] = voicemail.messages ?? [];
    assert.deepEqual([message?.from.number, message?.isHeard, voicemail.greeting?.isOwn], [BEN.number, false, true]);
    const { data } = await anna.must<{ data: string }>('voicemail.audio', message?.id);
    assert.ok(measureTone(parseWav(Buffer.from(data, 'base64')), BEN.hz).seconds > 1, 'Ben is heard in it');
    await anna.must('voicemail.markHeard', message?.id);
    await anna.waitFor('nothing new', ({ voicemail: box }) => box.newMessages === 0 && box.oldMessages === 1);
    await anna.must('voicemail.remove', message?.id);
    await anna.waitFor('an empty mailbox', ({ voicemail: box }) => box.messages?.length === 0);
    await anna.must('voicemail.removeGreeting');
    assert.equal((await anna.state()).voicemail.greeting?.isOwn, false);
    await settle({ routing: 'default' });
  });

  test('another device is let in by its code, rings too, and is signed out from here', async (t) => {
    if (!isThere(t) || !world) return;
    const context = await newDevice(world.browser, world.door);
    const other = await PhonePage.open(context, world.door, 700);
    await other.waitFor('nobody to be signed in', ({ session }) => session.phase === 'signedOut');
    const { pairingId, code } = await anna.must<{ pairingId: string; code: string }>('account.startPairing');
    const entering = other.must('signIn.withPairingCode', code);
    for (let state = ''; state !== 'claimed'; )
      ({ state } = await anna.must<{ state: string }>('account.pairing', pairingId));
    await anna.must('account.decidePairing', pairingId, true);
    await entering;
    await other.waitFor('the line to be ready', ({ line }) => line.phase === 'ready', 20_000);
    await ben.dial(ANNA.number);
    await Promise.all([
      anna.waitFor('the call to ring', callIn('incoming', BEN.number)),
      other.waitFor('the call to ring', callIn('incoming', BEN.number)),
    ]);
    await ben.hangup();
    await other.clear();
    const { devices } = await anna.waitFor('both devices', (state) => (state.devices.length === 2 ? state : undefined));
    const id = devices.find(({ isThisOne }) => !isThisOne)?.installationId;
    await anna.must('account.signOutDevice', id);
    const { session } = await other.waitFor(
      'to be signed out',
      (state) => state.session.phase === 'signedOut' && state,
    );
    assert.equal(session.phase === 'signedOut' && session.reason, 'revoked');
    await anna.waitFor('one device', ({ devices: left }) => left.length === 1);
  });
});
