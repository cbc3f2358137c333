/** The other ways in, through the app's own screens: the company's OpenID provider, and links that come by mail. */
import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { TOTP, URI } from 'otpauth';
import type { Page } from 'playwright-core';
import { findPeer, requirePeer } from '../peers/index.ts';
import { buildApp } from './built-app.ts';
import { TENANT } from './company.ts';
import { type CompanyProvider, startCompanyProvider } from './company-provider.ts';
import { MailServer } from './mail-server.ts';
import { inGerman, said } from './said.ts';
import { enterAddress, enterPassword, newPage, signInByForm, untilReady } from './sign-in-form.ts';
import { PhoneWorld } from './world.ts';

const DOMAIN = 'lindner-optik.example';
const NEXT_PASSWORD = 'chosen by the link';

interface Asked {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  readonly token?: string;
  readonly body?: unknown;
}

/** The system with a mail server and an OpenID provider, and an administrator's key. */
class CompanyWorld {
  readonly world: PhoneWorld;
  readonly mail: MailServer;
  readonly provider: CompanyProvider;
  readonly #key: string;

  private constructor(world: PhoneWorld, mail: MailServer, provider: CompanyProvider, key: string) {
    this.world = world;
    this.mail = mail;
    this.provider = provider;
    this.#key = key;
  }

  static async open(): Promise<CompanyWorld> {
    const mail = await MailServer.start();
    const world = await PhoneWorld.open(280, { connector: [`smtp: { url: "${mail.url}" }`] });
    const provider = await startCompanyProvider(DOMAIN, `${world.door}/`);
    const made = await world.system.run('connector', 'add-key', TENANT, '--scope', 'admin', '--json');
    const one = new CompanyWorld(world, mail, provider, (JSON.parse(made) as { secret: string }).secret);
    const { issuer, clientId, clientSecret } = provider;
    const body = { name: 'Lindner-Konto', issuer, clientId, clientSecret, createUsers: false };
    await one.ask('/v1/admin/oidc/company', { method: 'put', body });
    return one;
  }

  /** Asks the Connector, as administrator unless another token is given. */
  // biome-ignore lint/suspicious/noExplicitAny: answers of many forms, looked into
  async ask(path: string, { method, token = this.#key, body }: Asked): Promise<any> {
    const context = await this.world.browser.newContext({ ignoreHTTPSErrors: true });
    const reply = await context.request[method](`https://127.0.0.1:${this.world.system.connectorPort}${path}`, {
      headers: { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { data: body }),
    });
    const text = await reply.text();
    await context.close();
    if (!reply.ok()) throw new Error(`${method} ${path}: ${reply.status()} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  /** The link of the next mail to somebody. */
  async link(email: string, says: RegExp): Promise<string> {
    const { text } = await this.mail.next(email);
    assert.match(text, says);
    const [link = ''] = /https:\/\/\S+#\S+/.exec(text) ?? [];
    return link;
  }

  async close(): Promise<void> {
    await this.world.close();
    this.provider.close();
    this.mail.close();
  }
}

describe('signing in with the company, and by mailed links', () => {
  let company: CompanyWorld | undefined;

  before(async () => {
    if (!findPeer('chromium')) return;
    buildApp();
    company = await CompanyWorld.open();
  });
  after(() => company?.close());

  function there(t: TestContext): CompanyWorld | undefined {
    return requirePeer(t, 'chromium') ? company : undefined;
  }

  /** From the app to the provider's own page. */
  async function toProvider(page: Page, { world }: CompanyWorld): Promise<void> {
    await enterAddress(page, world.door, world.account('anna').email);
    await page.getByRole('button', { name: inGerman('withProvider', { name: 'Lindner-Konto' }) }).click();
    await page.locator('input[name=login]').waitFor();
  }

  async function agree(page: Page, name: string): Promise<void> {
    await page.locator('input[name=login]').fill(name);
    await page.locator('input[name=password]').fill('of no interest here');
    await page.locator('button[type=submit]').click();
    await page.locator('input[name=prompt][value=consent]').waitFor({ state: 'attached' });
    await page.locator('button[type=submit]').click();
  }

  test('by the company’s provider: to its page, and back into the app at the border’s door', async (t) => {
    const one = there(t);
    if (one === undefined) return;
    const page = await newPage(one.world.browser, 'de-DE');
    await toProvider(page, one);
    await agree(page, 'anna');
    await untilReady(page);
    assert.equal(new URL(page.url()).origin, one.world.door);
    assert.ok(!page.url().includes('code='), 'the answer does not stay in the address');
    await page.context().close();
  });

  test('refused there, or unknown here: the app says so and offers to begin again', async (t) => {
    const one = there(t);
    if (one === undefined) return;
    const page = await newPage(one.world.browser, 'de-DE');
    await toProvider(page, one);
    await page.getByRole('link', { name: /cancel|abort/i }).click();
    await page
      .getByRole('alert')
      .filter({ hasText: inGerman('providerRefused', { why: '' }) })
      .waitFor();
    await page.getByRole('button', { name: inGerman('back') }).click();
    await page.getByLabel(inGerman('email')).waitFor();
    await toProvider(page, one);
    await agree(page, 'nobody-we-know');
    await page
      .getByRole('alert')
      .filter({ hasText: inGerman('providerRefused', { why: '' }) })
      .waitFor();
    await page.context().close();
  });

  test('a forgotten password: the mailed link sets a new one, once, and ends what was signed in before', async (t) => {
    const one = there(t);
    if (one === undefined) return;
    const { browser, door } = one.world;
    const ben = one.world.account('ben');
    const { email } = ben;
    const before = await newPage(browser);
    await signInByForm(before, door, ben);
    const page = await newPage(browser);
    await enterAddress(page, door, email);
    await page.getByRole('button', { name: said('forgotten') }).click();
    await page.getByText(said('forgottenDone')).waitFor();
    const link = await one.link(email, /choose a new password for Unisono Phone/);
    await page.goto(link);
    await page.getByText(said('resetFor', { name: 'Ben Okafor' })).waitFor();
    await page.getByLabel(said('newPassword')).fill('short');
    await page.getByRole('button', { name: said('signIn') }).click();
    await page.getByText(said('problem.wrongPassword')).waitFor();
    await page.getByLabel(said('newPassword')).fill(NEXT_PASSWORD);
    await page.getByRole('button', { name: said('signIn') }).click();
    await untilReady(page);
    await before.getByText(said('out.revoked')).waitFor();
    await before.goto(link);
    await before.getByText(said('problem.expired')).waitFor();
    await before.getByRole('button', { name: said('signIn') }).click();
    await before.getByLabel(said('email')).waitFor();
    await before.context().close();

    // The same on a device that is signed in: the link is not passed over, and the device stays in by the new session.
    await one.ask('/v1/sign-in/forgotten', { method: 'post', body: { tenant: TENANT, email } });
    await page.goto(await one.link(email, /choose a new password/));
    await page.reload();
    await page.getByLabel(said('newPassword')).fill(`${NEXT_PASSWORD} again`);
    await page.getByRole('button', { name: said('signIn') }).click();
    await untilReady(page);
    await page.reload();
    await untilReady(page);
    await page.context().close();
  });

  test('with a second factor the link sets the password, and sign-in goes on with both', async (t) => {
    const one = there(t);
    if (one === undefined) return;
    const { email, password } = one.world.account('david');
    const credentials = { tenant: TENANT, email, password, installation: { name: 'Test' } };
    const { token } = await one.ask('/v1/sign-in/password', { method: 'post', body: credentials });
    const { uri } = await one.ask('/v1/me/totp', { method: 'post', token });
    const app = URI.parse(uri);
    assert.ok(app instanceof TOTP);
    const first = app.generate({ timestamp: Date.now() - 30_000 });
    await one.ask('/v1/me/totp/confirm', { method: 'post', token, body: { totp: first } });
    await one.ask('/v1/sign-in/forgotten', { method: 'post', body: { tenant: TENANT, email } });
    const page = await newPage(one.world.browser);
    await page.goto(await one.link(email, /choose a new password/));
    await page.getByLabel(said('newPassword')).fill(NEXT_PASSWORD);
    await page.getByRole('button', { name: said('signIn') }).click();
    await page.getByText(said('passwordSet')).waitFor();
    await page.getByLabel(said('totp')).fill(app.generate());
    await enterPassword(page, NEXT_PASSWORD);
    await untilReady(page);
    await page.context().close();
  });

  test('somebody new in the directory: the invitation in German sets the first password and leads to a line', async (t) => {
    const one = there(t);
    if (one === undefined) return;
    const { email } = one.world.account('carla');
    const { users } = await one.ask(`/v1/admin/users?q=${encodeURIComponent(email)}`, { method: 'get' });
    await one.ask(`/v1/admin/users/${users[0].id}`, { method: 'delete' });
    const person = { email, firstName: 'Carla', lastName: 'Rossi', language: 'de', phone: true };
    await one.ask('/v1/admin/users', { method: 'post', body: person });
    const page = await newPage(one.world.browser, 'de-DE');
    await page.goto(await one.link(email, /Hier legen Sie Ihr Passwort fest/));
    await page.getByText(inGerman('invitationFor', { name: 'Carla Rossi', company: 'Lindner Optik' })).waitFor();
    await page.getByLabel(inGerman('newPassword')).fill(NEXT_PASSWORD);
    await page.getByRole('button', { name: inGerman('signIn') }).click();
    await page.getByText(`4022 · ${inGerman('line.ready')}`).waitFor();
    await page.context().close();
  });
});
