import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Stage } from '../testing/stage.ts';
import { settled } from '../testing/stage-clock.ts';

describe('events of the Connector', () => {
  test('a gap: everything is read anew; after a loss it goes on from the last position', async () => {
    const stage = new Stage();
    await stage.readyTab();
    const before = stage.asked('GET /v1/me/favourites').length;
    stage.frame({ type: 'hello', version: 1, isResumed: false, position: '7', pingSec: 25 });
    await settled();
    assert.equal(stage.asked('GET /v1/me/favourites').length, before + 1);
    stage.frame({ type: 'event', position: '8', atMs: 1, body: { kind: 'favourites' } });
    await settled();
    assert.equal(stage.asked('GET /v1/me/favourites').length, before + 2);
    stage.socket.events.onClose(1006, '');
    await stage.clock.pass(1_000);
    assert.match(stage.socket.url, /after=8/);
    stage.frame({ type: 'hello', version: 1, isResumed: true, position: '8', pingSec: 25 });
    await settled();
    assert.equal(stage.asked('GET /v1/me/favourites').length, before + 2);
  });

  test('a missed call is counted until it was looked at, on whatever device', async () => {
    const stage = new Stage();
    const phone = await stage.readyTab();
    const told = (position: string, body: object) => stage.frame({ type: 'event', position, atMs: 1, body });
    const entry = {
      entryId: 'e1',
      callId: 'k1',
      direction: 'incoming',
      party: { number: '4021' },
      result: 'cancelled',
    };
    told('8', { kind: 'history', entry: { ...entry, startedAtMs: 1, endedAtMs: 2 } });
    assert.equal(phone.getState().history.missedCount, 1);
    told('9', { kind: 'historySeen' });
    assert.equal(phone.getState().history.missedCount, 0);
  });

  test('what a favourite is doing is shown as it changes, and no more when it is not told any more', async () => {
    const stage = new Stage();
    const favourites = [
      { name: 'Ben', number: '4021', presence: 'free' },
      { name: 'Mum', number: '+491701234567' },
    ];
    stage.answers.set('GET /v1/me/favourites', { status: 200, json: { version: 1, favourites } });
    const phone = await stage.readyTab();
    const shown = (): unknown[] => phone.getState().favourites.list.map(({ presence }) => presence);
    const told = (presence?: string): void =>
      stage.frame({ type: 'event', position: '7', atMs: 1, body: { kind: 'presence', number: '4021', presence } });
    await settled();
    assert.deepEqual(shown(), ['free', undefined]);
    told('inCall');
    assert.deepEqual(shown(), ['inCall', undefined]);
    told();
    assert.deepEqual(shown(), [undefined, undefined]);
  });

  test('those of the directory on a screen are looked at on each connection, of all tabs, and forgotten when they are not', async () => {
    const stage = new Stage();
    const phone = await stage.readyTab();
    const other = stage.tab();
    await other.start();
    await settled();
    const hello = (): void => stage.frame({ type: 'hello', version: 1, isResumed: true, position: '7', pingSec: 25 });
    const told = (entryId: string, presence?: string): void =>
      stage.frame({ type: 'event', position: '7', atMs: 1, body: { kind: 'entryPresence', entryId, presence } });
    const looked = (): unknown[] =>
      stage.socket.sent.map((text) => (JSON.parse(text) as { entryIds: unknown }).entryIds);
    await phone.book.watch('one', ['e1', 'e2']);
    assert.deepEqual(looked(), [], 'the Connector has not said hello');
    hello();
    assert.deepEqual(looked(), [['e1', 'e2']]);
    await other.book.watch('two', ['e3', 'e1']);
    assert.deepEqual(looked().at(-1), ['e3', 'e1', 'e2']);
    told('e1', 'free');
    told('e2', 'inCall');
    told('e2');
    await settled();
    for (const tab of [phone, other]) assert.deepEqual(tab.getState().directory.presences, { e1: 'free', e2: null });
    await phone.book.watch('one', []);
    await settled();
    assert.deepEqual(looked().at(-1), ['e3', 'e1']);
    assert.deepEqual(phone.getState().directory.presences, { e1: 'free' });
    // The other tab is gone without a word.
    await stage.clock.pass(200_000);
    hello();
    assert.deepEqual(looked(), [['e3', 'e1']], 'a new connection is told');
    await phone.book.watch('one', ['e2']);
    assert.deepEqual(looked().at(-1), ['e2']);
  });

  test('a connection that says nothing for long is left', async () => {
    const stage = new Stage();
    const phone = await stage.readyTab();
    stage.frame({ type: 'hello', version: 1, isResumed: false, position: '7', pingSec: 25 });
    assert.equal(phone.getState().cloud.isLive, true);
    const old = stage.socket;
    await stage.clock.pass(70_000);
    assert.deepEqual([old.isClosed, stage.socket === old], [true, false]);
  });

  test('signed out from elsewhere, when it is this session that has ended', async () => {
    const stage = new Stage();
    const phone = await stage.readyTab();
    const told = { type: 'event', position: '8', atMs: 1, body: { kind: 'signedOut', reason: 'passwordChanged' } };
    // Whoever changed the password is told of it, too, and stays.
    stage.frame(told);
    await settled();
    assert.equal(phone.getState().session.phase, 'signedIn');
    stage.answers.set('GET /v1/me', { status: 401, json: { code: 'notSignedIn', detail: '' } });
    stage.frame({ ...told, position: '9' });
    await settled();
    assert.deepEqual(phone.getState().session, { phase: 'signedOut', reason: 'revoked' });
  });

  test('a sign-in over another one takes its place: nothing of the first is left, and the line is of the second', async () => {
    const stage = new Stage();
    const phone = await stage.readyTab();
    const { agent } = stage;
    const second = { token: 'us_2', installationId: 'i2', userId: 'u2', tenant: 'acme', expiresAtMs: 9e12 };
    stage.answers.set('POST /v1/sign-in/mailed', { status: 200, json: second });
    const used = await phone.signIn.useLink('ut_link', 'a long enough one');
    assert.ok(used.ok);
    await settled();
    const { session, history } = phone.getState();
    assert.equal(session.phase === 'signedIn' && session.userId, 'u2');
    assert.deepEqual(history.entries, []);
    assert.ok(agent.did.includes('close'));
    assert.notEqual(stage.agent, agent);
  });

  test('frames of a newer Connector, and what is no frame, do nothing', async () => {
    const stage = new Stage();
    const phone = await stage.readyTab();
    await settled();
    const state = phone.getState();
    for (const text of [
      '',
      'x',
      'null',
      '[]',
      '{}',
      '{"type":"novelty"}',
      '{"type":"event","body":{"kind":"novelty"}}',
      '{"type":"event","body":7}',
    ])
      stage.socket.events.onText(text);
    assert.equal(phone.getState(), state);
  });
});
