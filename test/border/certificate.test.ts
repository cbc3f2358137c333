/** Another certificate at the running doors: from files that have changed, and from an authority by ACME. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { connect, type PeerCertificate } from 'node:tls';
import { ensureCertificate } from '@unisono/platform';
import { FakeAcme } from '../../packages/platform/src/certificates/testing-acme.ts';
import { statusOf } from '../interop/scripted/messages.ts';
import { ScriptedPhone } from '../interop/scripted/phone.ts';
import { openWebSocket } from '../interop/scripted/wire.ts';
import { PORT_OFFSETS, startUnisono, type Unisono } from '../interop/unisono.ts';
import { reservePorts, temporaryFolder } from '../peers/index.ts';

const WAIT_MS = 15_000;

async function certificateAt(port: number): Promise<PeerCertificate> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, servername: 'sbc.example.com' });
  await once(socket, 'secureConnect', { signal: AbortSignal.timeout(WAIT_MS) });
  const certificate = socket.getPeerCertificate();
  socket.destroy();
  return certificate;
}

/** Waits until both doors show a certificate of which that is true. */
async function waitForDoors(system: Unisono, isIt: (certificate: PeerCertificate) => boolean): Promise<void> {
  for (const port of [system.doorWssPort, system.doorTlsPort]) {
    const deadline = performance.now() + WAIT_MS;
    while (!isIt(await certificateAt(port))) {
      assert.ok(performance.now() < deadline, `the door at ${port} goes on showing another certificate`);
      await delay(50);
    }
  }
}

test('files that have changed: on SIGHUP both doors show the new one, and who is connected stays so', async (t: TestContext) => {
  const folder = temporaryFolder('certificates');
  t.after(() => folder.remove());
  for (const name of ['first', 'second']) await ensureCertificate(join(folder.path, name), ['127.0.0.1'], Date.now());
  const [certificate, key] = [join(folder.path, 'cert.pem'), join(folder.path, 'key.pem')];
  const put = (name: string) => {
    cpSync(join(folder.path, name, 'server.pem'), certificate);
    cpSync(join(folder.path, name, 'server-key.pem'), key);
  };
  put('first');
  const system = await startUnisono({ border: true, config: [`tls: { certificate: ${certificate}, key: ${key} }`] });
  t.after(() => system.close());
  const first = await certificateAt(system.doorWssPort);
  const { user, password = '' } = system.client('anna');
  const wire = await openWebSocket(system.doorWssPort, 'wss');
  const phone = new ScriptedPhone(wire, { user, password }, system.data.company.domain);
  t.after(() => phone.close());
  assert.equal(statusOf((await phone.register()).text), 200);

  put('second');
  system.process.signal('SIGHUP');
  await waitForDoors(system, ({ fingerprint256 }) => fingerprint256 !== first.fingerprint256);
  const again = await phone.register();
  assert.equal(statusOf(again.text), 200, 'on the connection of before');
});

test('ACME: both doors show what the authority issues, and what it issues anew before that ends', async (t: TestContext) => {
  const ports = await reservePorts();
  const challengePort = ports.port(PORT_OFFSETS.doorPlain);
  const acme = await FakeAcme.start(() => challengePort);
  t.after(() => acme.close());
  // Renewed when two thirds of it are over.
  acme.lifetimeMs = 12_000;
  const system = await startUnisono({
    ports,
    border: true,
    sbc: ['names: [sbc.example.com, phone.example.com]'],
    config: [`tls: { acme: { directory: '${acme.directoryUrl}', challenge: '127.0.0.1:${challengePort}' } }`],
  });
  t.after(() => system.close());
  const isIssued = ({ issuer, subjectaltname = '' }: PeerCertificate) =>
    issuer.CN === 'Fake ACME' && /DNS:sbc\.example\.com/.test(subjectaltname) && /DNS:phone\./.test(subjectaltname);
  await waitForDoors(system, isIssued);
  const first = await certificateAt(system.doorWssPort);
  await waitForDoors(system, (shown) => isIssued(shown) && shown.fingerprint256 !== first.fingerprint256);
});
