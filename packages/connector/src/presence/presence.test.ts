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

  it('stays within the tenant, also where numbers are the same', async () => {
    const other = await stage.tenant('other');
    const eve = await connected(stage, other, 'eve', '4020');
    await likes(eve, ['4021']);
    const { favourites } = await stage.get(ENDPOINTS.favourites, { as: eve.token });
    assert.equal(favourites[0]?.presence, undefined);
  });
});
