/** kill -9 of Assistant and Connector while they work: nothing that was acknowledged is lost, nothing half done is seen. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type Parts, startParts, until } from './parts.ts';

const PEOPLE = 400;
const DOMAIN = 'lindner-optik.example';

const indices = Array.from({ length: PEOPLE }, (_, index) => index);
const SYSTEM = {
  version: 1,
  company: { name: 'Lindner Optik', domain: DOMAIN },
  numbering: {
    countryCode: '49',
    internalRanges: [
      { from: '10000', to: '19999' },
      { from: '20000', to: '29999' },
    ],
  },
  licences: { flex: 1000, unifyPhone: 1000 },
  stations: indices.map((index) => ({ number: String(10_000 + index), name: `Person ${index}` })),
  users: indices.map((index) => ({
    id: `person-${index}`,
    name: `Person ${index}`,
    email: `person-${index}@${DOMAIN}`,
    deskStation: String(10_000 + index),
  })),
  ufipDevices: indices.map((index) => ({
    number: String(20_000 + index),
    user: `person-${index}`,
    gateway: 'gw1',
    account: { username: `clients-${index}`, password: 'secret' },
  })),
};
const CSV = ['email,firstName,lastName', ...indices.map((index) => `person-${index}@${DOMAIN},Person,${index}`)].join(
  '\n',
);

describe('kill -9 in the middle', () => {
  let parts: Parts;

  before(async () => {
    parts = await startParts({ system: SYSTEM, withoutBorder: true });
  });
  after(() => parts?.close());

  const total = async (): Promise<number> => (await parts.cloud('/v1/admin/users?limit=1')).total;
  const importAll = () => parts.cloud('/v1/admin/users/import', { method: 'POST', csv: CSV });

  test('of an import: all of the file is there or nothing of it', async () => {
    for (const afterMs of [5, 30, 80, 150]) {
      const importing = importAll().then(
        () => true,
        () => false,
      );
      await delay(afterMs);
      await parts.kill('connector');
      const isAcknowledged = await importing;
      await parts.start('connector');
      const count = await total();
      if (isAcknowledged) assert.equal(count, PEOPLE, `acknowledged, and killed after ${afterMs} ms`);
      else assert.ok(count === 0 || count === PEOPLE, `${count} people, killed after ${afterMs} ms`);
      if (count === PEOPLE) break;
    }
    await importAll();
    assert.equal(await total(), PEOPLE);
  });

  test('of a synchronisation: the next ones finish what was begun, and nobody is told twice or left out', async () => {
    const connected = async (): Promise<number> => {
      const { users } = await parts.cloud('/v1/admin/users?limit=500').catch(() => ({ users: [] }));
      return users.filter((user: { connected: boolean }) => user.connected).length;
    };
    for (const [part, afterMs] of [
      ['assistant', 200],
      ['connector', 250],
      ['assistant', 700],
    ] as const) {
      const running = parts.assistant('/sync/runs', { method: 'POST', body: {} }).catch(() => undefined);
      await delay(afterMs);
      await parts.kill(part);
      await running;
      await parts.start(part);
    }
    await until(async () => ((await connected()) === PEOPLE ? true : undefined), 'everybody connected', 60_000);
    const idle = await until(
      async () => {
        const report = await parts.assistant('/sync/runs', { method: 'POST', body: {} }).catch(() => undefined);
        return report?.outcome === 'done' && report.uploaded + report.withdrawn === 0 ? report : undefined;
      },
      'a run with nothing to do',
      60_000,
    );
    assert.equal(idle.counts.inStep, PEOPLE);
    await until(
      async () => ((await parts.assistant('/link')).waitingMessages === 0 ? true : undefined),
      'an empty outbox',
      60_000,
    );
  });

  test('of settings changes: each that was acknowledged is decided, and the last one is in force', async () => {
    const token = await parts.signedIn('Person-7');
    await until(
      async () => ((await parts.cloud('/v1/me/settings', { token })).settings !== undefined ? true : undefined),
      'the settings',
    );
    const acknowledged: { changeId: string; ringSec: number }[] = [];
    /** Sent after the last acknowledgement: a kill may have eaten only the answer. */
    let unanswered: number[] = [];
    let next = 10;
    const change = async (): Promise<void> => {
      const ringSec = 10 + (next++ % 50);
      unanswered.push(ringSec);
      const found = await parts.cloud('/v1/me/settings', { method: 'PATCH', token, body: { ringSec } });
      acknowledged.push({ changeId: found.changeId, ringSec });
      unanswered = [];
    };
    for (const part of ['connector', 'assistant', 'connector'] as const) {
      const until = Date.now() + 600;
      const changing = (async () => {
        while (Date.now() < until) await change().catch(() => delay(20));
      })();
      await delay(300);
      await parts.kill(part);
      await changing;
      await parts.start(part);
    }
    assert.ok(acknowledged.length > 5, `${acknowledged.length} were acknowledged`);
    await until(async () => {
      const { pending } = await parts.cloud('/v1/me/settings', { token });
      return pending.length === 0 ? true : undefined;
    }, 'every decision');
    for (const { changeId } of acknowledged) {
      const { state } = await parts.cloud(`/v1/me/settings/changes/${changeId}`, { token });
      assert.ok(['applied', 'superseded'].includes(state), `${changeId} is ${state}`);
    }
    const possible = [acknowledged.at(-1)?.ringSec, ...unanswered];
    const { settings } = await parts.cloud('/v1/me/settings', { token });
    assert.ok(possible.includes(settings.ringSec), `${settings.ringSec} s is in force, not one of ${possible.join()}`);
    const user = await parts.assistant('/users/person-7');
    assert.equal(user.settings.ringSec, settings.ringSec);
  });
});
