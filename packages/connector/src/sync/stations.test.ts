/** Numbers of phone systems in the directory: colleagues who have no clients, and places. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { connectionDigest, ENDPOINTS, type ListedStation, type StationItem } from '@unisono/contract';
import { change } from '../change.ts';
import { handleUp } from '../link/handle.ts';
import { runRetention } from '../retention/retention.ts';
import { Listening } from '../testing/listening.ts';
import { connected, connectionData, type Person, signedIn, upload } from '../testing/people.ts';
import { Stage, type TenantKeys } from '../testing/stage.ts';

const DAY_MS = 86_400_000;

const eva: ListedStation = {
  stationId: '4024',
  name: 'Eva Novák',
  email: 'eva@lindner.example',
  number: '4024',
  outsideNumber: '+498999998024',
};
const reception: ListedStation = { stationId: '4000', name: 'Reception', number: '4000' };

describe('numbers of phone systems in the directory', () => {
  let stage: Stage;
  let tenant: TenantKeys;
  let anna: Person;

  before(async () => {
    stage = await Stage.open();
    tenant = await stage.tenant('lindner');
    anna = await connected(stage, tenant, 'anna', '4020');
    await put(
      { stationId: '4020', name: 'Anna Lindner', email: 'Anna@Lindner.example', number: '4020' },
      eva,
      reception,
    );
  });
  after(() => stage.close());

  const tell = (items: StationItem[], as = tenant.assistant) =>
    stage.get(ENDPOINTS.uploadStations, { as, body: { items } });
  const put = (...stations: ListedStation[]) => tell(stations.map((station) => ({ op: 'put', station })));
  const found = async (q: string, as = anna.token, query: { limit?: number; cursor?: string } = {}) => {
    const { entries } = await stage.get(ENDPOINTS.searchDirectory, { as, query: { q, ...query } });
    return entries.map(({ name, numbers }) => [name, ...numbers.map(({ number }) => number)].join(' '));
  };
  const says = (stationId: string, presence: string) =>
    change(stage.connector.context, (one) =>
      handleUp(one, { tenantId: tenant.tenantId, system: 'main' }, { kind: 'stationState', stationId, presence }),
    );
  const presenceOf = async (q: string) =>
    (await stage.get(ENDPOINTS.searchDirectory, { as: anna.token, query: { q } })).entries[0]?.presence;

  it('are found by name without accents, address and number, and are whose number it is', async () => {
    for (const q of ['eva', 'novak', 'NOVÁK ev', 'eva@', '4024', '402 eva'])
      assert.deepEqual(await found(q), ['Eva Novák 4024 +498999998024'], q);
    assert.deepEqual(await found('recep'), ['Reception 4000']);
    for (const number of ['4024', '+49 89 99998024', '089 99998024']) {
      const { name, entry } = await stage.get(ENDPOINTS.whoseNumber, { as: anna.token, query: { number } });
      assert.deepEqual([name, entry?.source, entry?.email], ['Eva Novák', 'station', 'eva@lindner.example'], number);
      const again = await stage.get(ENDPOINTS.directoryEntry, {
        as: anna.token,
        params: { entryId: entry?.entryId ?? '' },
      });
      assert.deepEqual(again, entry);
    }
  });

  it('are found by the letters on a telephone’s keys, whoever else is in the directory', async () => {
    const crowded = await stage.tenant('crowded');
    const ben = await connected(stage, crowded, 'ben', '4020');
    const crowd = Array.from({ length: 1_200 }, (_, index) => {
      const stationId = String(50_000 + index);
      return { op: 'put', station: { stationId, name: 'Aab Aab', number: stationId } } as const;
    });
    const zoe = { op: 'put', station: { stationId: '4777', name: 'Zoë Kraft', number: '4777' } } as const;
    for (let from = 0; from < crowd.length; from += 400) await tell(crowd.slice(from, from + 400), crowded.assistant);
    await tell([zoe], crowded.assistant);
    for (const q of ['963', '57238', '96357238', '963 kra'])
      assert.deepEqual(await found(q, ben.token), ['Zoë Kraft 4777'], q);
    assert.deepEqual(await found('63', ben.token), [], 'only from the beginning of a word');
  });

  it('stand once with the people of the tenant, in one alphabet, page by page', async () => {
    const all = ['anna Example 4020 +498999998020', 'Eva Novák 4024 +498999998024', 'Reception 4000'];
    assert.deepEqual(await found(''), all);
    const pages: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await stage.get(ENDPOINTS.searchDirectory, { as: anna.token, query: { limit: 1, cursor } });
      pages.push(...page.entries.map(({ name }) => name));
      cursor = page.next;
    } while (cursor !== undefined);
    assert.deepEqual(pages, ['anna Example', 'Eva Novák', 'Reception']);
  });

  it('are the number of a person of the directory who has no clients', async () => {
    await put({ stationId: '4025', name: 'Frida at the PBX', email: 'frida@lindner.example', number: '4025' });
    const frida = await signedIn(stage, tenant, 'frida');
    for (const q of ['frida', '4025']) assert.deepEqual(await found(q), ['frida Example 4025'], q);
    const owner = () => stage.get(ENDPOINTS.whoseNumber, { as: anna.token, query: { number: '4025' } });
    assert.equal((await owner()).entry?.entryId, frida.userId);
    await upload(stage, tenant, frida.userId, 1, connectionData('frida', '4026'));
    assert.deepEqual(await found('frida'), ['frida Example 4026 +498999998026'], 'what her clients have counts');
    await stage.get(ENDPOINTS.changeUser, {
      as: tenant.admin,
      params: { userId: frida.userId },
      body: { disabled: true },
    });
    assert.deepEqual(await found('frida'), ['Frida at the PBX 4025'], 'the phone is still there');
    assert.equal((await owner()).name, 'Frida at the PBX');
    await tell([{ op: 'withdraw', stationId: '4025' }]);
  });

  it('are listed by fingerprint for their phone system, which tells only what is different', async () => {
    const { stations } = await stage.get(ENDPOINTS.listStations, { as: tenant.assistant });
    assert.deepEqual(
      stations.map(({ stationId }) => stationId),
      ['4000', '4020', '4024'],
    );
    assert.equal(stations[2]?.digest, await connectionDigest(eva));
    const first = await stage.get(ENDPOINTS.listStations, { as: tenant.assistant, query: { limit: 2 } });
    const rest = await stage.get(ENDPOINTS.listStations, { as: tenant.assistant, query: { cursor: first.next } });
    assert.deepEqual([...first.stations, ...rest.stations], stations);
  });

  it('change, and are gone when they are withdrawn; the last word counts', async () => {
    const evan = { ...eva, name: 'Evan Novak' };
    await tell([
      { op: 'withdraw', stationId: '4024' },
      { op: 'put', station: eva },
      { op: 'put', station: evan },
    ]);
    assert.deepEqual(await found('novak'), ['Evan Novak 4024 +498999998024']);
    await tell([
      { op: 'put', station: eva },
      { op: 'withdraw', stationId: '4024' },
      { op: 'withdraw', stationId: 'never-there' },
    ]);
    assert.deepEqual(await found('novak'), []);
    await put(eva);
  });

  it('show what their people are doing, to those who have them among their favourites', async () => {
    assert.equal(await presenceOf('eva'), undefined);
    await says('4024', 'free');
    assert.equal(await presenceOf('eva'), 'free');
    const favourites = ['4024', '4020'].map((number) => ({ name: number, number }));
    await stage.get(ENDPOINTS.changeFavourites, { as: anna.token, body: { version: 0, favourites } });
    const listening = await Listening.open(await stage.port(), anna.token);
    const heard = () =>
      listening.events.flatMap(({ body }) => (body.kind === 'presence' ? [`${body.number} ${body.presence}`] : []));
    await says('4024', 'free');
    await says('4024', 'inCall');
    await listening.until(() => heard().includes('4024 inCall'));
    assert.deepEqual(heard(), ['4024 inCall']);
    const shown = await stage.get(ENDPOINTS.favourites, { as: anna.token });
    assert.deepEqual(
      shown.favourites.map(({ presence }) => presence),
      ['inCall', undefined],
    );
    await put({ ...eva, outsideNumber: '+498999998099' });
    assert.equal(await presenceOf('eva'), 'inCall', 'a change of the entry is no news of the phone');
    await put(eva);
    await says('4666', 'free');
    await listening.cut();
  });

  it('hide what somebody is doing who wants it hidden, with a phone alone as well', async () => {
    const greta = await signedIn(stage, tenant, 'greta');
    await put({ stationId: '4027', name: 'Greta', email: greta.email, number: '4027' });
    await says('4027', 'free');
    assert.equal(await presenceOf('greta'), 'free');
    await stage.get(ENDPOINTS.changeMe, { as: greta.token, body: { sharesPresence: false } });
    assert.equal(await presenceOf('greta'), undefined);
    const { version } = await stage.get(ENDPOINTS.favourites, { as: anna.token });
    const favourites = [{ name: 'Greta', number: '4027' }];
    const kept = await stage.get(ENDPOINTS.changeFavourites, { as: anna.token, body: { version, favourites } });
    assert.equal(kept.favourites[0]?.presence, undefined);
    await tell([{ op: 'withdraw', stationId: '4027' }]);
  });

  it('stay within the tenant and with their phone system, also where ids are the same', async () => {
    const other = await stage.tenant('other');
    const mallory = await connected(stage, other, 'mallory', '4020');
    assert.deepEqual(await found('novak', mallory.token), []);
    const owner = await stage.get(ENDPOINTS.whoseNumber, { as: mallory.token, query: { number: '4024' } });
    assert.deepEqual(owner, {});
    const { stations } = await stage.get(ENDPOINTS.listStations, { as: other.assistant });
    assert.deepEqual(stations, []);
    await tell([{ op: 'withdraw', stationId: '4024' }], other.assistant);
    await tell([{ op: 'put', station: { ...eva, name: 'Mallory' } }], other.assistant);
    assert.deepEqual(await found('4024'), ['Eva Novák 4024 +498999998024']);
    const { secret: key } = await stage.get(ENDPOINTS.createKey, {
      as: tenant.admin,
      body: { name: 'second', scope: 'assistant', system: 'second' },
    });
    await tell([{ op: 'withdraw', stationId: '4024' }], key);
    assert.deepEqual(await found('4024'), ['Eva Novák 4024 +498999998024']);
    await tell([{ op: 'put', station: { ...eva, email: undefined, name: 'Second Eva' } }], key);
    assert.deepEqual(await found('4024'), ['Eva Novák 4024 +498999998024', 'Second Eva 4024 +498999998024']);
  });

  it('are forgotten when nothing has been heard of their phone system for as long as departed people are kept', async () => {
    const { context } = stage.connector;
    const setHeard = (system: string, ms: number) =>
      stage.store
        .insertInto('systems')
        .values({
          tenant_id: tenant.tenantId,
          system,
          outbox: 'o1',
          last_seq: 0,
          their_outbox: null,
          their_seq: 0,
          session: null,
          since_ms: 0,
          heard_at_ms: ms,
        })
        .onConflict((conflict) => conflict.columns(['tenant_id', 'system']).doUpdateSet({ heard_at_ms: ms }))
        .execute();
    const nowMs = context.clock.nowMs();
    await setHeard('main', nowMs - 89 * DAY_MS);
    await setHeard('second', nowMs - 91 * DAY_MS);
    assert.equal((await runRetention(context)).stations, 1);
    assert.deepEqual(await found('4024'), ['Eva Novák 4024 +498999998024']);
  });
});
