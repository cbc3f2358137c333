import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { ENDPOINTS } from '@unisono/contract';
// @ts-expect-error: the package has no types, and only this test uses it.
import Provider from 'oidc-provider';
import { TOTP } from 'otpauth';
import { connected, PASSWORD, type Person, signedIn } from '../testing/people.ts';
import { Stage, type TenantKeys } from '../testing/stage.ts';

describe('the second factor', () => {
  let stage: Stage;
  let tenant: TenantKeys;
  let anna: Person;
  let secret: string;
  let recoveryCodes: readonly string[];
  const code = () => new TOTP({ secret, period: 30 }).generate({ timestamp: stage.clock.nowMs() });
  const signIn = (totp?: string) => {
    const credentials = { tenant: 'lindner', email: anna.email, password: PASSWORD };
    return stage.ask(ENDPOINTS.signInWithPassword, {
      body: { ...credentials, ...(totp === undefined ? {} : { totp }) },
    });
  };

  before(async () => {
    stage = await Stage.open();
    tenant = await stage.tenant('lindner');
    anna = await signedIn(stage, tenant, 'anna');
  });
  after(() => stage.close());

  it('counts from its first code on', async () => {
    ({ secret } = await stage.get(ENDPOINTS.startTotp, { as: anna.token }));
    assert.equal((await signIn()).status, 200);
    assert.equal(
      (await stage.refusal(ENDPOINTS.confirmTotp, { as: anna.token, body: { totp: '000000' } })).code,
      'wrongSecondFactor',
    );
    const session = (await signIn()).body.token;
    ({ recoveryCodes } = await stage.get(ENDPOINTS.confirmTotp, { as: session, body: { totp: code() } }));
    assert.equal(recoveryCodes.length, 10);
    assert.equal((await signIn()).body.code, 'secondFactorRequired');
  });

  it('takes a code once (RFC 6238 §5.2)', async () => {
    assert.equal((await signIn(code())).body.code, 'wrongSecondFactor');
    stage.clock.jump(30_000);
    assert.equal((await signIn(code())).status, 200);
    assert.equal((await signIn(code())).body.code, 'wrongSecondFactor');
  });

  it('takes a recovery code once', async () => {
    stage.clock.jump(3_600_000);
    assert.equal((await signIn(recoveryCodes[0])).status, 200);
    assert.equal((await signIn(recoveryCodes[0])).body.code, 'wrongSecondFactor');
  });

  it('is taken away by an administrator, when it is lost', async () => {
    const person = { as: tenant.admin, params: { userId: anna.userId } };
    assert.equal((await stage.get(ENDPOINTS.user, person)).secondFactor, true);
    await stage.get(ENDPOINTS.resetTotp, person);
    assert.equal((await stage.get(ENDPOINTS.user, person)).secondFactor, false);
    assert.equal((await signIn()).status, 200);
  });
});

describe('a second factor that the tenant wants of everybody', () => {
  let stage: Stage;
  let tenant: TenantKeys;
  let ben: Person;
  const signIn = async (totp?: string) => {
    const body = { tenant: 'lindner', email: ben.email, password: PASSWORD, ...(totp === undefined ? {} : { totp }) };
    return stage.ask(ENDPOINTS.signInWithPassword, { body });
  };
  const enrolled = async (as: string) => {
    const { secret } = await stage.get(ENDPOINTS.startTotp, { as });
    const code = () => new TOTP({ secret, period: 30 }).generate({ timestamp: stage.clock.nowMs() });
    return { code, ...(await stage.get(ENDPOINTS.confirmTotp, { as, body: { totp: code() } })) };
  };

  before(async () => {
    stage = await Stage.open();
    tenant = await stage.tenant('lindner');
    ben = await connected(stage, tenant, 'ben', '4021');
    await stage.get(ENDPOINTS.changeTenant, { as: tenant.admin, body: { requireTotp: true } });
  });
  after(() => stage.close());

  it('is asked for at the next sign-in: before it is set up, that session is good for nothing else', async () => {
    await stage.get(ENDPOINTS.connection, { as: ben.token });
    const { token } = (await signIn()).body;
    assert.equal((await stage.get(ENDPOINTS.me, { as: token })).isFactorDue, true);
    for (const one of [ENDPOINTS.connection, ENDPOINTS.eventTicket, ENDPOINTS.startPairing, ENDPOINTS.renewSession])
      assert.equal((await stage.refusal(one, { as: token })).code, 'secondFactorDue', one.path);
    const { recoveryCodes, code } = await enrolled(token);
    assert.equal((await stage.get(ENDPOINTS.me, { as: token })).isFactorDue, false);
    await stage.get(ENDPOINTS.connection, { as: token });
    assert.equal((await signIn()).body.code, 'secondFactorRequired');
    stage.clock.jump(30_000);
    assert.equal((await signIn(code())).status, 200);
    const again = (await signIn(recoveryCodes[0])).body;
    assert.equal((await stage.get(ENDPOINTS.me, { as: again.token })).isFactorDue, false);
  });

  it('that was lost is taken away by an administrator, and set up anew', async () => {
    const [before] = [(await signIn('000000')).body.code];
    assert.equal(before, 'wrongSecondFactor');
    await stage.get(ENDPOINTS.resetTotp, { as: tenant.admin, params: { userId: ben.userId } });
    assert.equal((await stage.refusal(ENDPOINTS.me, { as: ben.token })).code, 'notSignedIn');
    const { token } = (await signIn()).body;
    assert.equal((await stage.get(ENDPOINTS.me, { as: token })).isFactorDue, true);
    await enrolled(token);
    await stage.get(ENDPOINTS.connection, { as: token });
  });

  it('is due no more when the tenant does not want it any more', async () => {
    await stage.get(ENDPOINTS.resetTotp, { as: tenant.admin, params: { userId: ben.userId } });
    const { token } = (await signIn()).body;
    await stage.get(ENDPOINTS.changeTenant, { as: tenant.admin, body: { requireTotp: false } });
    await stage.get(ENDPOINTS.connection, { as: token });
  });
});

describe('a second device by QR code', () => {
  let stage: Stage;
  let tenant: TenantKeys;
  let anna: Person;
  before(async () => {
    stage = await Stage.open();
    tenant = await stage.tenant('lindner');
    anna = await connected(stage, tenant, 'anna', '4020');
  });
  after(() => stage.close());

  it('gets in when the first one says so, once', async () => {
    const { code, pairingId } = await stage.get(ENDPOINTS.startPairing, { as: anna.token });
    const claimed = await stage.get(ENDPOINTS.claimPairing, {
      body: {
        code: ` ${code.toUpperCase().replaceAll('-', ' ')}`,
        installation: { name: 'Mobile', platform: 'android' },
      },
    });
    const body = { pairingId, claim: claimed.claim };
    assert.deepEqual(await stage.get(ENDPOINTS.finishPairing, { body }), { state: 'claimed' });
    const seen = await stage.get(ENDPOINTS.pairing, { as: anna.token, params: { pairingId } });
    assert.deepEqual([seen.state, seen.installation?.name], ['claimed', 'Mobile']);
    assert.equal((await stage.refusal(ENDPOINTS.claimPairing, { body: { code } })).code, 'expired');
    await stage.get(ENDPOINTS.decidePairing, { as: anna.token, params: { pairingId }, body: { approve: true } });
    const { session } = await stage.get(ENDPOINTS.finishPairing, { body });
    assert.equal((await stage.refusal(ENDPOINTS.finishPairing, { body })).code, 'expired');
    const { devices } = await stage.get(ENDPOINTS.devices, { as: session?.token });
    assert.deepEqual(devices.map(({ name }) => name).sort(), ['Browser', 'Mobile']);
  });

  it('does not get in when the first one refuses, nor too late', async () => {
    const { code, pairingId } = await stage.get(ENDPOINTS.startPairing, { as: anna.token });
    const { claim } = await stage.get(ENDPOINTS.claimPairing, { body: { code } });
    await stage.get(ENDPOINTS.decidePairing, { as: anna.token, params: { pairingId }, body: { approve: false } });
    assert.deepEqual(await stage.get(ENDPOINTS.finishPairing, { body: { pairingId, claim } }), { state: 'refused' });
    const late = await stage.get(ENDPOINTS.startPairing, { as: anna.token });
    stage.clock.jump(121_000);
    assert.equal((await stage.refusal(ENDPOINTS.claimPairing, { body: { code: late.code } })).code, 'expired');
  });

  it('is signed out by the other one, and its credentials are taken back at the phone system', async () => {
    const { devices } = await stage.get(ENDPOINTS.devices, { as: anna.token });
    const mobile = devices.find(({ name }) => name === 'Mobile')?.installationId ?? '';
    await stage.ask(ENDPOINTS.revokeDevice, { as: anna.token, params: { installationId: mobile } });
    const told = await stage.store
      .selectFrom('outbox')
      .select('body')
      .where('tenant_id', '=', tenant.tenantId)
      .execute();
    assert.ok(told.some(({ body }) => body.includes('installationRevoked') && body.includes(mobile)));
  });
});

describe('OpenID Connect, with a real provider', () => {
  let stage: Stage;
  let tenant: TenantKeys;
  let server: Server;
  let issuer: string;
  const proof = 'p'.repeat(43);
  const binding = createHash('sha256').update(proof).digest('base64url');
  const redirectUri = 'https://cloud.example/signed-in';

  before(async () => {
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    issuer = `http://127.0.0.1:${(server.address() as { readonly port: number }).port}`;
    server.on('request', providerAt(issuer, redirectUri).callback());
    stage = await Stage.open();
    tenant = await stage.tenant('lindner');
    await stage.get(ENDPOINTS.putProvider, {
      as: tenant.admin,
      params: { providerId: 'company' },
      body: { name: 'Company', issuer, clientId: 'unisono', clientSecret: 'a secret of the client', createUsers: true },
    });
  });
  after(async () => {
    await stage.close();
    server.closeAllConnections();
    server.close();
  });

  async function begin(): Promise<string> {
    const { authorizationUrl } = await stage.get(ENDPOINTS.startOidc, {
      body: { tenant: 'lindner', provider: 'company', redirectUri, binding },
    });
    return authorizationUrl;
  }

  it('signs a new person of the tenant’s domain in, and the same one again', async () => {
    const first = await stage.get(ENDPOINTS.finishOidc, {
      body: { callbackUrl: await browse(await begin(), 'anna'), proof },
    });
    const person = await stage.get(ENDPOINTS.me, { as: first.token });
    assert.deepEqual([person.email, person.firstName, person.hasPassword], ['anna@lindner.example', 'Anna', false]);
    const again = await stage.get(ENDPOINTS.finishOidc, {
      body: { callbackUrl: await browse(await begin(), 'anna'), proof },
    });
    assert.equal(again.userId, first.userId);
  });

  it('does not take an address of another domain', async () => {
    const body = { callbackUrl: await browse(await begin(), 'stranger'), proof };
    assert.equal((await stage.refusal(ENDPOINTS.finishOidc, { body })).code, 'wrongCredentials');
  });

  it('does not take an address that the provider has not verified', async () => {
    const body = { callbackUrl: await browse(await begin(), 'unverified'), proof };
    assert.match((await stage.refusal(ENDPOINTS.finishOidc, { body })).detail, /does not vouch/);
  });

  it('lets only the client finish that began, and once', async () => {
    const callbackUrl = await browse(await begin(), 'anna');
    const stolen = { callbackUrl, proof: 'q'.repeat(43) };
    assert.equal((await stage.refusal(ENDPOINTS.finishOidc, { body: stolen })).code, 'wrongCredentials');
    assert.equal((await stage.refusal(ENDPOINTS.finishOidc, { body: { callbackUrl, proof } })).code, 'expired');
  });

  it('does not lead away from this service', async () => {
    for (const redirectUri of [
      'https://evil.example/',
      'https://phone.example/',
      'https://phone.example:8443.evil.example/',
    ]) {
      const body = { tenant: 'lindner', provider: 'company', redirectUri, binding };
      assert.equal((await stage.refusal(ENDPOINTS.startOidc, { body })).code, 'invalidRequest');
    }
  });

  it('leads back to where the client app is served beside it', async () => {
    const body = { tenant: 'lindner', provider: 'company', redirectUri: 'https://phone.example:8443/', binding };
    const { authorizationUrl } = await stage.get(ENDPOINTS.startOidc, { body });
    assert.equal(new URL(authorizationUrl).searchParams.get('redirect_uri'), body.redirectUri);
  });
});

function providerAt(issuer: string, redirectUri: string) {
  return new Provider(issuer, {
    clients: [{ client_id: 'unisono', client_secret: 'a secret of the client', redirect_uris: [redirectUri] }],
    claims: { email: ['email', 'email_verified'], profile: ['given_name', 'family_name', 'name'] },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: true } },
    findAccount: async (_: unknown, id: string) => ({
      accountId: id,
      claims: async () => ({
        sub: id,
        email: id === 'stranger' ? 'stranger@evil.example' : `${id}@lindner.example`,
        email_verified: id !== 'unverified',
        given_name: 'Anna',
        family_name: 'Lindner',
      }),
    }),
  });
}

/** A browser at the provider's own pages: signs in, agrees, and stops where it is sent back to us. */
async function browse(url: string, login: string): Promise<string> {
  const cookies = new Map<string, string>();
  let next = url;
  let body: URLSearchParams | undefined;
  for (let step = 0; step < 12; step++) {
    if (next.startsWith('https://cloud.example/')) return next;
    const reply = await fetch(next, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(body === undefined ? {} : { method: 'POST', body }),
    });
    for (const cookie of reply.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    body = undefined;
    const location = reply.headers.get('location');
    if (location !== null) {
      next = new URL(location, next).href;
      continue;
    }
    const page = await reply.text();
    const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1] ?? '';
    next = new URL(/action="([^"]+)"/.exec(page)?.[1] ?? '', next).href;
    body = new URLSearchParams({ prompt, ...(prompt === 'login' ? { login, password: 'x' } : {}) });
  }
  throw new Error(`the provider did not come back: ${next}`);
}
