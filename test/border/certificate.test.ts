/** Another certificate at the running doors: from files that have changed, and from an authority by ACME. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { connect, type PeerCertificate } from 'node:tls';
import { ensureCertificate } from '@unisono/platform';
import { FakeAcme } from '../../packages/platform/src/certificates/testing-acme.ts';
import { statusOf } from '../interop/scripted/messages.ts';
import { ScriptedPhone } from '../interop/scripted/phone.ts';
import { openWebSocket } from '../interop/scripted/wire.ts';
import { launchUnisono, PORT_OFFSETS, startUnisono, type Unisono } from '../interop/unisono.ts';
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
function waitForDoors(system: Unisono, isIt: (certificate: PeerCertificate) => boolean): Promise<void> {
  return waitForPorts([system.doorWssPort, system.doorTlsPort], isIt);
}

async function waitForPorts(ports: readonly number[], isIt: (certificate: PeerCertificate) => boolean): Promise<void> {
  for (const port of ports) {
    const deadline = performance.now() + WAIT_MS;
    for (;;) {
      // Assistant and Connector hear a little later than the doors.
      const shown = await certificateAt(port).catch(() => undefined);
      if (shown !== undefined && isIt(shown)) break;
      assert.ok(performance.now() < deadline, `what hears at ${port} goes on showing another certificate`);
      await delay(50);
    }
  }
}

/** A folder with two certificates, of which the first is at the place that a configuration names. */
async function twoCertificates(t: TestContext) {
  const folder = temporaryFolder('certificates');
  t.after(() => folder.remove());
  for (const name of ['first', 'second']) await ensureCertificate(join(folder.path, name), ['127.0.0.1'], Date.now());
  const [certificate, key] = [join(folder.path, 'cert.pem'), join(folder.path, 'key.pem')];
  const put = (name: string) => {
    cpSync(join(folder.path, name, 'server.pem'), certificate);
    cpSync(join(folder.path, name, 'server-key.pem'), key);
  };
  put('first');
  return { folder: folder.path, put, line: `tls: { certificate: ${certificate}, key: ${key} }` };
}

test('files that have changed: on SIGHUP all doors show the new one, and who is connected stays so', async (t: TestContext) => {
  const { put, line } = await twoCertificates(t);
  const system = await startUnisono({ border: true, cloud: true, config: [line] });
  t.after(() => system.close());
  await waitForPorts([system.connectorPort, system.assistantPort], () => true);
  const first = await certificateAt(system.doorWssPort);
  const { user, password = '' } = system.client('anna');
  const wire = await openWebSocket(system.doorWssPort, 'wss');
  const phone = new ScriptedPhone(wire, { user, password }, system.data.company.domain);
  t.after(() => phone.close());
  assert.equal(statusOf((await phone.register()).text), 200);

  put('second');
  system.process.signal('SIGHUP');
  const { connectorPort, assistantPort } = system;
  const isAnother = ({ fingerprint256 }: PeerCertificate) => fingerprint256 !== first.fingerprint256;
  await Promise.all([waitForDoors(system, isAnother), waitForPorts([connectorPort, assistantPort], isAnother)]);
  const again = await phone.register();
  assert.equal(statusOf(again.text), 200, 'on the connection of before');
});

test('a Connector by itself shows another certificate on SIGHUP, too', async (t: TestContext) => {
  const { folder, put, line } = await twoCertificates(t);
  const [ports, file] = [await reservePorts(), join(folder, 'connector.yaml')];
  t.after(() => ports.release());
  const port = ports.port(0);
  writeFileSync(file, `data: ${join(folder, 'data')}\nconnector: { listen: ${port} }\n${line}\n`);
  const connector = await launchUnisono('connector start', file, { lifetimeSec: 60 });
  t.after(() => connector.stop());
  const first = await certificateAt(port);
  put('second');
  connector.signal('SIGHUP');
  await waitForPorts([port], ({ fingerprint256 }) => fingerprint256 !== first.fingerprint256);
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
