/** The app served from another origin than the Connector: a named one works whole, any other one reaches nothing. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { phoneApp } from '../../apps/unisono/src/phone/phone-app.ts';
import { PORT_OFFSETS } from '../interop/unisono.ts';
import { createCertificates, type TestCertificates } from '../peers/certificates.ts';
import { findPeer, requirePeer, reservePorts } from '../peers/index.ts';
import { buildApp } from './built-app.ts';
import { said } from './said.ts';
import { enterPassword, newPage, passwordField, untilReady } from './sign-in-form.ts';
import { PhoneWorld } from './world.ts';

const DIST = join(import.meta.dirname, '../../apps/phone/dist');

/** The app as somebody else's web server has it: the same files, and the Connector named in the page. */
async function serveElsewhere({ certificateFile, keyFile }: TestCertificates, connector: string): Promise<Server> {
  const files = phoneApp(DIST);
  const meta = `<head><meta name="unisono-connector" content="${connector}">`;
  const server = createServer(
    { cert: readFileSync(certificateFile), key: readFileSync(keyFile) },
    (request, response) => {
      if (request.url !== '/') return files(request, response);
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(readFileSync(join(DIST, 'index.html'), 'utf8').replace('<head>', meta));
    },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const originOf = (server: Server) => `https://127.0.0.1:${(server.address() as AddressInfo).port}`;

describe('the app on another origin', () => {
  let world: PhoneWorld | undefined;
  let certificates: TestCertificates | undefined;
  let named: Server;
  let stranger: Server;

  before(async () => {
    if (!findPeer('chromium')) return;
    buildApp();
    const ports = await reservePorts();
    const connector = `https://127.0.0.1:${ports.port(PORT_OFFSETS.connector)}`;
    certificates = await createCertificates();
    [named, stranger] = [await serveElsewhere(certificates, connector), await serveElsewhere(certificates, connector)];
    world = await PhoneWorld.open(200, { ports, connector: [`origins: ["${originOf(named)}"]`] });
  });
  after(async () => {
    await world?.close();
    for (const server of [named, stranger]) {
      server?.closeAllConnections();
      server?.close();
    }
    certificates?.remove();
  });

  function there(t: TestContext): PhoneWorld | undefined {
    return requirePeer(t, 'chromium') ? world : undefined;
  }

  test('that the Connector names: signs in, is ready, changes a setting, and is told of it by an event', async (t) => {
    const world = there(t);
    if (world === undefined) return;
    const page = await newPage(world.browser);
    const refused: string[] = [];
    page.on('console', (message) => {
      if (/CORS|Access-Control/.test(message.text())) refused.push(message.text());
    });
    await page.goto(originOf(named));
    const { email, password } = world.account('anna');
    await page.getByLabel(said('email')).fill(email);
    await page.keyboard.press('Enter');
    await passwordField(page).waitFor();
    await enterPassword(page, password);
    await untilReady(page);
    await page.getByRole('link', { name: said('routing') }).click();
    // PATCH with headers of its own: not without a preflight. The answer of the phone system comes as an event.
    await page.getByRole('radio', { name: said('routing.deskPhoneOnly') }).check();
    await page.getByText(said('pending')).waitFor({ state: 'detached' });
    await page.reload();
    await untilReady(page);
    await page.getByRole('link', { name: said('routing') }).click();
    await page.getByRole('radio', { name: said('routing.deskPhoneOnly'), checked: true }).waitFor();
    assert.deepEqual(refused, []);
    await page.context().close();
  });

  test('that it does not name: nothing is reached, and the page says so', async (t) => {
    const world = there(t);
    if (world === undefined) return;
    const page = await newPage(world.browser);
    await page.goto(originOf(stranger));
    await page.getByLabel(said('email')).fill(world.account('anna').email);
    await page.keyboard.press('Enter');
    await page.getByText(said('problem.cloudUnreachable')).waitFor();
    await page.context().close();
  });
});
