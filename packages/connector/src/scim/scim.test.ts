import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ENDPOINTS, SCIM_OPERATIONS } from '@unisono/contract';
import { Stage, type TenantKeys } from '../testing/stage.ts';

const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const PHONE = 'urn:unisono:params:scim:schemas:extension:phone:2.0:User';

describe('SCIM 2.0', () => {
  let stage: Stage;
  let tenant: TenantKeys;
  let barbara: string;

  before(async () => {
    stage = await Stage.open();
    tenant = await stage.tenant('lindner');
  });
  after(() => stage.close());

  async function ask(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown, headers = {}) {
    const reply = await stage.connector.app.inject({
      method,
      url: `/scim/v2${path}`,
      headers: { authorization: `Bearer ${tenant.scim}`, 'content-type': 'application/scim+json', ...headers },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    });
    return { status: reply.statusCode, headers: reply.headers, body: reply.body === '' ? undefined : reply.json() };
  }

  it('answers what the OpenAPI document says, and nothing else', () => {
    const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
    const said = SCIM_OPERATIONS.map(({ method, path }) => `${method} ${path}`).sort();
    const paths = new Set(SCIM_OPERATIONS.map(({ path }) => path));
    const routed = [...paths].flatMap((path) => {
      const url = `/scim/v2${path.replace('{id}', ':id')}`;
      return METHODS.filter((method) =>
        stage.connector.app.hasRoute({ url, method: method.toUpperCase() as 'GET' }),
      ).map((method) => `${method} ${path}`);
    });
    assert.deepEqual(routed.sort(), said);
  });

  it('creates a user (RFC 7644 §3.3)', async () => {
    const { status, headers, body } = await ask('POST', '/Users', {
      schemas: [CORE],
      userName: 'bjensen@example.com',
      externalId: 'bjensen',
      name: { formatted: 'Ms. Barbara J Jensen III', familyName: 'Jensen', givenName: 'Barbara' },
    });
    barbara = body.id;
    assert.equal(status, 201);
    assert.match(String(headers['content-type']), /^application\/scim\+json/);
    assert.equal(headers.location, body.meta.location);
    assert.equal(headers.etag, 'W/"1"');
    assert.deepEqual(
      [body.userName, body.externalId, body.active, body.meta.version, body[PHONE].phone],
      ['bjensen@example.com', 'bjensen', true, 'W/"1"', true],
    );
  });

  it('the Assistant sees her', async () => {
    const { users } = await stage.get(ENDPOINTS.syncUsers, { as: tenant.assistant });
    assert.deepEqual(
      users.map(({ email }) => email),
      ['bjensen@example.com'],
    );
  });

  it('refuses a second one with that name (RFC 7644 §3.3.1)', async () => {
    const { status, body } = await ask('POST', '/Users', { schemas: [CORE], userName: 'BJensen@Example.com' });
    assert.deepEqual([status, body.scimType, body.status], [409, 'uniqueness', '409']);
  });

  it('retrieves by id, and says when nothing changed (RFC 7644 §3.4.1, §3.14)', async () => {
    assert.equal((await ask('GET', `/Users/${barbara}`)).body.name.familyName, 'Jensen');
    assert.equal((await ask('GET', `/Users/${barbara}`, undefined, { 'if-none-match': 'W/"1"' })).status, 304);
    const missing = await ask('GET', '/Users/2819c223');
    assert.deepEqual([missing.status, missing.body.schemas[0]], [404, 'urn:ietf:params:scim:api:messages:2.0:Error']);
  });

  const FILTERS: readonly [filter: string, found: number][] = [
    ['userName eq "bjensen@example.com"', 1],
    ['userName Eq "BJENSEN@example.com"', 1],
    ['userName eq "john@example.com"', 0],
    ['externalId eq "bjensen"', 1],
    ['name.familyName co "ensen"', 1],
    ['userName sw "B"', 1],
    ['title pr', 0],
    ['userName pr and active eq true', 1],
    ['active eq false', 0],
    ['emails[type eq "work" and value co "@example.com"]', 1],
    ['emails.value eq "bjensen@example.com"', 1],
    ['meta.lastModified gt "2011-05-13T04:42:34Z"', 1],
  ];
  for (const [filter, found] of FILTERS) {
    it(`filters: ${filter} (RFC 7644 §3.4.2.2)`, async () => {
      const { status, body } = await ask('GET', `/Users?filter=${encodeURIComponent(filter)}`);
      assert.deepEqual([status, body.totalResults], [200, found], JSON.stringify(body));
    });
  }

  it('refuses a filter that is none', async () => {
    const { status, body } = await ask('GET', `/Users?filter=${encodeURIComponent('userName eq')}`);
    assert.deepEqual([status, body.scimType], [400, 'invalidFilter']);
  });

  it('pages (RFC 7644 §3.4.2.4)', async () => {
    for (const name of ['a', 'b', 'c'])
      await ask('POST', '/Users', {
        schemas: [CORE],
        userName: `${name}@example.com`,
        name: { givenName: name, familyName: 'X' },
      });
    const { body } = await ask('GET', '/Users?startIndex=2&count=2');
    assert.deepEqual([body.totalResults, body.startIndex, body.itemsPerPage, body.Resources.length], [4, 2, 2, 2]);
    const none = await ask('GET', '/Users?count=0');
    assert.deepEqual([none.body.totalResults, none.body.Resources], [4, []]);
  });

  it('shows only the attributes asked for (RFC 7644 §3.9)', async () => {
    const { body } = await ask('GET', `/Users/${barbara}?attributes=userName`);
    assert.deepEqual(Object.keys(body).sort(), ['id', 'schemas', 'userName']);
  });

  it('patches as Entra does: a capital, texts for booleans, an extension we do not keep', async () => {
    const { status, body } = await ask('PATCH', `/Users/${barbara}`, {
      schemas: [PATCH],
      Operations: [
        { op: 'Replace', path: 'name.givenName', value: 'Babs' },
        { op: 'Add', path: `${ENTERPRISE}:department`, value: 'Sales' },
        { op: 'Replace', path: 'emails[type eq "work"].value', value: 'babs@example.com' },
        { op: 'Replace', path: 'active', value: 'False' },
      ],
    });
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual([body.name.givenName, body.userName, body.active], ['Babs', 'babs@example.com', false]);
    assert.deepEqual(
      (await stage.get(ENDPOINTS.user, { as: tenant.admin, params: { userId: barbara } })).status,
      'disabled',
    );
  });

  it('patches as Okta does: a value without a path', async () => {
    const { status, body } = await ask('PATCH', `/Users/${barbara}`, {
      schemas: [PATCH],
      Operations: [{ op: 'replace', value: { active: true, 'name.familyName': 'Jensen-Lee' } }],
    });
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual([body.active, body.name.familyName], [true, 'Jensen-Lee']);
  });

  it('switches Unify Phone off by its extension', async () => {
    const { body } = await ask('PATCH', `/Users/${barbara}`, {
      schemas: [PATCH],
      Operations: [{ op: 'replace', path: `${PHONE}:phone`, value: false }],
    });
    assert.equal(body[PHONE].phone, false);
  });

  it('replaces as Okta does (RFC 7644 §3.5.1), and only what was read with If-Match', async () => {
    const resource = {
      schemas: [CORE],
      userName: 'bjensen@example.com',
      name: { givenName: 'Barbara', familyName: 'Jensen' },
      active: true,
    };
    const stale = await ask('PUT', `/Users/${barbara}`, resource, { 'if-match': 'W/"1"' });
    assert.equal(stale.status, 412);
    const { body, headers } = await ask('PUT', `/Users/${barbara}`, resource, {
      'if-match': (await ask('GET', `/Users/${barbara}`)).headers.etag,
    });
    assert.deepEqual(
      [body.userName, body.externalId, headers.etag],
      ['bjensen@example.com', undefined, body.meta.version],
    );
  });

  const WRONG: readonly [name: string, body: unknown, scimType: string][] = [
    ['no schema', { Operations: [{ op: 'replace', path: 'active', value: false }] }, 'invalidSyntax'],
    ['no operation', { schemas: [PATCH], Operations: [] }, 'invalidSyntax'],
    ['an unknown verb', { schemas: [PATCH], Operations: [{ op: 'move', path: 'active' }] }, 'invalidSyntax'],
    ['remove without a path', { schemas: [PATCH], Operations: [{ op: 'remove' }] }, 'noTarget'],
    [
      'no address left',
      { schemas: [PATCH], Operations: [{ op: 'replace', value: { userName: 'x', emails: [] } }] },
      'invalidValue',
    ],
  ];
  for (const [name, body, scimType] of WRONG) {
    it(`refuses a patch with ${name}`, async () => {
      const reply = await ask('PATCH', `/Users/${barbara}`, body);
      assert.deepEqual([reply.status, reply.body.scimType], [400, scimType], JSON.stringify(reply.body));
    });
  }

  it('deletes (RFC 7644 §3.6), and the name is free again', async () => {
    assert.equal((await ask('DELETE', `/Users/${barbara}`)).status, 204);
    assert.equal((await ask('GET', `/Users/${barbara}`)).status, 404);
    assert.equal((await ask('POST', '/Users', { schemas: [CORE], userName: 'bjensen@example.com' })).status, 201);
  });

  it('says what it can do (RFC 7644 §4)', async () => {
    assert.equal((await ask('GET', '/ServiceProviderConfig')).body.patch.supported, true);
    assert.equal((await ask('GET', '/ResourceTypes')).body.Resources[0].schema, CORE);
    assert.deepEqual(
      (await ask('GET', '/Schemas')).body.Resources.map(({ id }: { id: string }) => id),
      [CORE, PHONE],
    );
  });

  it('is for keys of its own scope', async () => {
    for (const [token, status] of [
      [tenant.admin, 403],
      [tenant.assistant, 403],
      ['x', 401],
    ] as const)
      assert.equal((await ask('GET', '/Users', undefined, { authorization: `Bearer ${token}` })).status, status);
  });

  it('shows another tenant nothing', async () => {
    const other = await stage.tenant('other');
    const headers = { authorization: `Bearer ${other.scim}` };
    const { body } = await ask('GET', '/Users', undefined, headers);
    assert.equal(body.totalResults, 0);
    const { users } = await stage.get(ENDPOINTS.listUsers, { as: tenant.admin });
    const id = users[0]?.id ?? '';
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE'] as const) {
      const sent =
        method === 'PATCH'
          ? { schemas: [PATCH], Operations: [{ op: 'replace', value: { active: false } }] }
          : { schemas: [CORE], userName: 'x@example.com' };
      assert.equal(
        (await ask(method, `/Users/${id}`, method === 'GET' || method === 'DELETE' ? undefined : sent, headers)).status,
        404,
      );
    }
  });
});
