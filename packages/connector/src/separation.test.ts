import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ENDPOINTS, type Endpoint } from '@unisono/contract';
import type { Tables } from './database/tables.ts';
import { connected, connectionData, onceKey, type Person } from './testing/people.ts';
import { Stage, type TenantKeys } from './testing/stage.ts';

/** Tables that belong to nobody, or change by being looked at. */
const TABLES = [
  'api_keys',
  'users',
  'connections',
  'installations',
  'sessions',
  'tickets',
  'oidc_providers',
  'identities',
  'settings_states',
  'settings_changes',
  'notification_settings',
  'systems',
  'outbox',
  'history',
  'favourites',
  'contacts',
  'contact_numbers',
  'stations',
  'ldap_sources',
  'events',
  'pushes',
  'audit',
] as const satisfies readonly (keyof Tables)[];

describe('strict separation of tenants', () => {
  let stage: Stage;
  let ours: TenantKeys;
  let theirs: TenantKeys;
  let anna: Person;
  let eve: Person;
  /** What exists at our tenant, by the name of its parameter. */
  let things: Record<string, string>;

  before(async () => {
    stage = await Stage.open();
    ours = await stage.tenant('ours');
    theirs = await stage.tenant('theirs');
    anna = await connected(stage, ours, 'anna', '4020');
    eve = await connected(stage, theirs, 'eve', '4020');
    await promote(theirs, eve);
    things = await furnish(stage, ours, anna);
  });
  after(() => stage.close());

  async function promote(tenant: TenantKeys, person: Person): Promise<void> {
    await stage.get(ENDPOINTS.changeUser, {
      as: tenant.admin,
      params: { userId: person.userId },
      body: { role: 'admin' },
    });
  }

  /** Everything that is ours, as it is stored. */
  async function ourState(): Promise<string> {
    const rows = await Promise.all(
      TABLES.map((table) => stage.store.selectFrom(table).selectAll().where('tenant_id', '=', ours.tenantId).execute()),
    );
    return JSON.stringify(rows);
  }

  for (const [name, one] of Object.entries<Endpoint>(ENDPOINTS)) {
    if (one.access === 'public') continue;
    it(`${name}: nobody, a made-up token, a key of another kind`, async () => {
      const asking = { params: things, body: bodyFor(name, anna), headers: headersFor(one) };
      assert.equal((await stage.refusal(one, asking)).code, 'notSignedIn');
      for (const token of ['x', `uk_${'A'.repeat(43)}`, `us_${'A'.repeat(43)}`, 'uk_', `uk_${'A'.repeat(500)}`])
        assert.equal((await stage.refusal(one, { ...asking, as: token })).code, 'notSignedIn');
      for (const token of wrongTokens(one))
        assert.equal((await stage.refusal(one, { ...asking, as: token })).code, 'notAllowed');
    });

    it(`${name}: a stranger with every right at another tenant, and our ids`, async () => {
      const before = await ourState();
      for (const token of [theirs.assistant, theirs.admin, theirs.directory, theirs.scim, eve.token]) {
        const asking = { params: things, query: queryFor(one), body: bodyFor(name, anna), headers: headersFor(one) };
        if (isOwnEnd(name)) continue;
        const { status, body } = await stage.ask(one, { ...asking, as: token });
        assert.ok(status < 500 || body.code === 'systemOffline', `${status} ${JSON.stringify(body)}`);
        const said = JSON.stringify(body ?? '');
        // A refusal may repeat what was asked.
        if (status >= 400) continue;
        for (const id of [...Object.values(things), anna.userId, anna.email, ours.tenantId, ours.slug])
          if (!JSON.stringify(asking).includes(id) || name === 'createUser')
            assert.ok(!said.includes(id), `${id} in ${said}`);
      }
      assert.equal(await ourState(), before);
    });
  }

  it('an Assistant cannot upload for, nor withdraw from, people of another tenant', async () => {
    const items = [
      { op: 'put', userId: anna.userId, version: 99, data: connectionData('eve', '4666') },
      { op: 'withdraw', userId: anna.userId, version: 99 },
    ];
    const reply = await stage.ask(ENDPOINTS.uploadConnections, {
      as: theirs.assistant,
      headers: { 'idempotency-key': onceKey() },
      body: { items },
    });
    assert.deepEqual(
      reply.body.outcomes.map(({ outcome }: { outcome: string }) => outcome),
      ['refused', 'withdrawn'],
    );
    const connection = await stage.get(ENDPOINTS.connection, { as: anna.token });
    assert.equal(connection.desk.number, '4020');
  });

  function wrongTokens(one: Endpoint): string[] {
    const all = {
      assistant: ours.assistant,
      directory: ours.directory,
      scim: ours.scim,
      admin: ours.admin,
      session: anna.token,
    };
    const right: Record<string, string[]> = {
      session: ['session'],
      assistant: ['assistant'],
      directory: ['directory', 'admin'],
      admin: ['admin'],
    };
    return Object.entries(all).flatMap(([scope, token]) => ((right[one.access] ?? []).includes(scope) ? [] : [token]));
  }
});

/** These end the session they are asked with. */
function isOwnEnd(name: string): boolean {
  return ['signOut', 'renewSession'].includes(name);
}

function headersFor(one: Endpoint): Record<string, string> {
  return one.headers !== undefined && 'idempotency-key' in one.headers.shape ? { 'idempotency-key': onceKey() } : {};
}

function queryFor(one: Endpoint): Record<string, string> {
  if (one.path === ENDPOINTS.whoseNumber.path) return { number: '+498999998020' };
  return one.query !== undefined && 'waitSec' in one.query.shape ? { waitSec: '0' } : {};
}

/** A body that would do something, if it were allowed. */
function bodyFor(name: string, anna: Person): unknown {
  const bodies: Record<string, unknown> = {
    uploadConnections: { items: [{ op: 'withdraw', userId: anna.userId, version: 50 }] },
    uploadStations: { items: [{ op: 'withdraw', stationId: 'our-station' }] },
    pollLink: {
      frames: [
        { type: 'hello', versions: [1], software: 'x', outbox: 'x1' },
        { type: 'bye', code: 'shutdown', message: 'x' },
      ],
      waitSec: 0,
    },
    changeMe: { language: 'de' },
    changePassword: { current: 'x', next: 'another long password' },
    confirmTotp: { totp: '000000' },
    removeTotp: { totp: '000000' },
    renameDevice: { name: 'Mine now' },
    decidePairing: { approve: true },
    changeSettings: { routing: 'deskPhoneOnly' },
    previewSettings: { routing: 'deskPhoneOnly' },
    changeNotifications: { missedCalls: false },
    subscribePush: {
      kind: 'webPush',
      endpoint: 'https://push.example/x',
      keys: { p256dh: 'A'.repeat(87), auth: 'A'.repeat(22) },
    },
    changeFavourites: { version: 0, favourites: [{ name: 'x', number: '1' }] },
    createUser: { email: 'new@theirs.example', firstName: 'New', lastName: 'One', invite: false },
    changeUser: { firstName: 'Owned', phone: false, disabled: true },
    importUsers: `email,firstName,lastName\n${anna.email},Owned,Owned\n`,
    importContacts: 'name,work\nNobody,+4989\n',
    changeTenant: { name: 'Owned', passwordSignIn: true },
    createKey: { name: 'x', scope: 'admin' },
    rotateKey: { overlapSec: 0 },
    putProvider: { name: 'x', issuer: 'https://evil.example', clientId: 'x' },
    putLdap: { name: 'x', url: 'ldap://evil.example', baseDn: 'o=x' },
  };
  return bodies[name];
}

/** One of each thing at the tenant. */
async function furnish(stage: Stage, tenant: TenantKeys, person: Person): Promise<Record<string, string>> {
  const { admin } = tenant;
  const pairing = await stage.get(ENDPOINTS.startPairing, { as: person.token });
  const { keys } = await stage.get(ENDPOINTS.listKeys, { as: admin });
  const change = await stage.get(ENDPOINTS.changeSettings, { as: person.token, body: { busy: 'busySignal' } });
  await stage.get(ENDPOINTS.putProvider, {
    as: admin,
    params: { providerId: 'our-provider' },
    body: { name: 'Ours', issuer: 'https://issuer.example', clientId: 'us', clientSecret: 'our secret' },
  });
  await stage.get(ENDPOINTS.putLdap, {
    as: admin,
    params: { sourceId: 'our-ldap' },
    body: { name: 'Ours', url: 'ldap://127.0.0.1:1', baseDn: 'o=ours', bindPassword: 'our password' },
  });
  await stage.get(ENDPOINTS.importContacts, { as: admin, body: 'name,work\nOur Customer,+4930123456\n' });
  const { contacts } = await stage.get(ENDPOINTS.listContacts, { as: admin });
  await stage.get(ENDPOINTS.uploadStations, {
    as: tenant.assistant,
    body: { items: [{ op: 'put', station: { stationId: 'our-station', name: 'Our Reception', number: '4000' } }] },
  });
  const { entries } = await stage.get(ENDPOINTS.searchDirectory, { as: person.token, query: { q: 'our reception' } });
  await stage.get(ENDPOINTS.changeFavourites, {
    as: person.token,
    body: { version: 0, favourites: [{ name: 'Our Customer', number: '+4930123456' }] },
  });
  return {
    userId: person.userId,
    installationId: person.session.installationId,
    pairingId: pairing.pairingId,
    changeId: change.changeId,
    entryId: contacts[0]?.contactId ?? '',
    keyId: keys[0]?.keyId ?? '',
    providerId: 'our-provider',
    sourceId: 'our-ldap',
    messageId: 'our-message',
    stationEntryId: entries[0]?.entryId ?? '',
  };
}
