/** Colleagues: what one person is told of another, and what not. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ENDPOINTS } from '@unisono/contract';
import { change } from '../change.ts';
import { handleUp } from '../link/handle.ts';
import { Listening } from '../testing/listening.ts';
import { connected, type Person } from '../testing/people.ts';
import { Stage, type TenantKeys } from '../testing/stage.ts';

describe('what colleagues are doing', () => {
  let stage: Stage;
  let tenant: TenantKeys;
  let anna: Person;
  let ben: Person;
  let port: number;

  before(async () => {
    stage = await Stage.open();
    tenant = await stage.tenant('lindner');
    anna = await connected(stage, tenant, 'anna', '4020');
    ben = await connected(stage, tenant, 'ben', '4021');
    port = await stage.port();
    await likes(anna, ['4021', '+491701234567']);
  });
  after(() => stage.close());

  const likes = async (person: Person, numbers: readonly string[]): Promise<void> => {
    const { version } = await stage.get(ENDPOINTS.favourites, { as: person.token });
    const favourites = numbers.map((number) => ({ name: `Number ${number}`, number }));
    await stage.get(ENDPOINTS.changeFavourites, { as: person.token, body: { version, favourites } });
  };
  const told = (userId: string, calls: number, clientCount = 1): Promise<void> =>
    change(stage.connector.context, (one) =>
      handleUp(
        one,
        { tenantId: tenant.tenantId, system: 'main' },
        { kind: 'userState', userId, state: { isDeskRegistered: false, clientCount, callCount: calls, atMs: 1 } },
      ),
    );
  const shown = async (): Promise<unknown[]> =>
    (await stage.get(ENDPOINTS.favourites, { as: anna.token })).favourites.map(({ presence }) => presence);
  const presences = ({ events }: Listening): unknown[] =>
    events.flatMap(({ body }) => (body.kind === 'presence' ? [[body.number, body.presence]] : []));

  it('stands beside favourites and in the directory; of numbers outside nothing is known', async () => {
    assert.deepEqual(await shown(), [undefined, undefined], 'nothing has been told yet');
    await told(ben.userId, 0);
    assert.deepEqual(await shown(), ['free', undefined]);
    await told(ben.userId, 0, 0);
    assert.deepEqual(await shown(), ['away', undefined]);
    await told(ben.userId, 1, 0);
    const { entries } = await stage.get(ENDPOINTS.searchDirectory, { as: anna.token, query: { q: 'ben' } });
    assert.deepEqual(
      entries.map(({ name, presence }) => [name, presence]),
      [['ben Example', 'inCall']],
    );
  });

  it('is told to those who have somebody among their favourites, when it is something else for them', async () => {
    await told(ben.userId, 0);
    const listening = await Listening.open(port, anna.token);
    await told(ben.userId, 1);
    await told(ben.userId, 2);
    await told(ben.userId, 0);
    await listening.until(() => presences(listening).length >= 2);
    assert.deepEqual(presences(listening), [
      ['4021', 'inCall'],
      ['4021', 'free'],
    ]);
    await told(anna.userId, 1);
    await likes(anna, ['4020']);
    await listening.until(() => listening.events.some(({ body }) => body.kind === 'favourites'));
    await told(ben.userId, 1);
    await told(anna.userId, 0);
    await listening.until(() => presences(listening).length >= 3);
    assert.deepEqual(presences(listening).slice(2), [['4020', 'free']], 'Ben is nobody’s favourite any more');
    await likes(anna, ['4021', '+491701234567']);
    await listening.cut();
  });

  it('is told anew to a client whose connection was away', async () => {
    await told(ben.userId, 0);
    const first = await Listening.open(port, anna.token);
    const position = first.hello?.type === 'hello' ? first.hello.position : '';
    await first.cut();
    await told(ben.userId, 1);
    const again = await Listening.open(port, anna.token, position);
    await again.until(() => presences(again).length > 0);
    assert.deepEqual(presences(again), [['4021', 'inCall']]);
    await again.cut();
  });

  it('is hidden by who does not want it seen, at once, and shown again', async () => {
    await told(ben.userId, 1);
    const listening = await Listening.open(port, anna.token);
    const share = (sharesPresence: boolean) =>
      stage.get(ENDPOINTS.changeMe, { as: ben.token, body: { sharesPresence } });
    assert.equal((await share(false)).sharesPresence, false);
    assert.deepEqual(await shown(), [undefined, undefined]);
    const { entries } = await stage.get(ENDPOINTS.searchDirectory, { as: anna.token, query: { q: 'ben' } });
    assert.equal(entries[0]?.presence, undefined);
    await told(ben.userId, 0);
    assert.equal((await share(true)).sharesPresence, true);
    await listening.until(() => presences(listening).some((one) => String(one) === '4021,free'));
    assert.deepEqual(presences(listening)[0], ['4021', undefined]);
    assert.deepEqual(await shown(), ['free', undefined]);
    await listening.cut();
  });

  it('is told live of entries of the directory that a client looks at, and of no others', async () => {
    const stationId = '4024';
    const dora = await connected(stage, tenant, 'dora', '4030');
    const eve = { stationId, name: 'Eve', number: '4024' };
    await stage.get(ENDPOINTS.uploadStations, { as: tenant.assistant, body: { items: [{ op: 'put', station: eve }] } });
    const { entries } = await stage.get(ENDPOINTS.searchDirectory, { as: anna.token, query: { q: '4024' } });
    const entryId = entries[0]?.entryId ?? '';
    const says = (presence: string) =>
      change(stage.connector.context, (one) =>
        handleUp(one, { tenantId: tenant.tenantId, system: 'main' }, { kind: 'stationState', stationId, presence }),
      );
    await told(dora.userId, 0);
    const listening = await Listening.open(port, anna.token);
    const seen = (): unknown[] =>
      listening.events.flatMap(({ body }) => (body.kind === 'entryPresence' ? [[body.entryId, body.presence]] : []));
    const look = (...entryIds: string[]) => listening.socket.send(JSON.stringify({ type: 'watch', entryIds }));
    look(dora.userId, entryId, 'nobody');
    await listening.until(() => seen().length >= 2);
    assert.deepEqual(
      new Set(seen()),
      new Set([
        [dora.userId, 'free'],
        [entryId, undefined],
      ]),
      'as it is now',
    );
    await told(dora.userId, 1);
    await says('inCall');
    await listening.until(() => seen().length >= 4);
    assert.deepEqual(seen().slice(2), [
      [dora.userId, 'inCall'],
      [entryId, 'inCall'],
    ]);
    await stage.get(ENDPOINTS.changeMe, { as: dora.token, body: { sharesPresence: false } });
    await listening.until(() => seen().length >= 5);
    assert.deepEqual(seen().slice(4), [[dora.userId, undefined]], 'hidden is hidden');
    // Scrolled on: only Ben is on the screen.
    listening.socket.send('no frame');
    look(ben.userId);
    await listening.until(() => seen().length >= 6);
    await says('free');
    await told(ben.userId, 2);
    await listening.until(() => seen().length >= 7);
    assert.deepEqual(seen().slice(6), [[ben.userId, 'inCall']]);
    await listening.cut();
  });

  it('is not shown of a number whose owner hides it, also to who knows the entry of the number', async () => {
    const stationId = '4025';
    const fay = await connected(stage, tenant, 'fay', '4025');
    const station = { stationId, name: 'Fay', number: '4025', email: 'fay@lindner.example' };
    await stage.get(ENDPOINTS.uploadStations, { as: tenant.assistant, body: { items: [{ op: 'put', station }] } });
    await change(stage.connector.context, (one) =>
      handleUp(
        one,
        { tenantId: tenant.tenantId, system: 'main' },
        { kind: 'stationState', stationId, presence: 'inCall' },
      ),
    );
    await stage.get(ENDPOINTS.changeMe, { as: fay.token, body: { sharesPresence: false } });
    const rows = stage.store.selectFrom('stations').select('id').where('station', '=', stationId);
    const { id: entryId } = await rows.executeTakeFirstOrThrow();
    const entry = await stage.get(ENDPOINTS.directoryEntry, { as: anna.token, params: { entryId } });
    assert.deepEqual([entry.name, entry.presence], ['Fay', undefined]);
  });

  it('stays within the tenant, also where numbers are the same', async () => {
    const other = await stage.tenant('other');
    const eve = await connected(stage, other, 'eve', '4020');
    await likes(eve, ['4021']);
    const { favourites } = await stage.get(ENDPOINTS.favourites, { as: eve.token });
    assert.equal(favourites[0]?.presence, undefined);
  });
});
