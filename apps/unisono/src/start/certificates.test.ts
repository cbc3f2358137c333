import assert from 'node:assert/strict';
import { once } from 'node:events';
import { cpSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect } from 'node:tls';
import { ensureCertificate } from '@unisono/platform';
import { testFolder } from '../testing/folder.ts';
import { runUnisono, startSystem } from '../testing/running-system.ts';

const base = testFolder();

async function fingerprintAt(port: number): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

async function certificateIn(folder: string, name: string): Promise<void> {
  await ensureCertificate(join(folder, name), ['127.0.0.1', `${name}.example`], Date.now());
}

test('given files are taken over while the system runs, also on SIGHUP; broken ones are told and not used', async (t) => {
  const folder = join(base, 'files');
  mkdirSync(folder);
  for (const name of ['first', 'second']) await certificateIn(folder, name);
  const [file, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  cpSync(join(folder, 'first', 'server.pem'), file);
  cpSync(join(folder, 'first', 'server-key.pem'), key);
  writeFileSync(join(folder, 'unisono.yaml'), 'tls: { certificate: cert.pem, key: key.pem }\n');
  const system = await startSystem(t, folder, ['--tls-port', '0']);
  const port = Number(/TLS +127\.0\.0\.1:(\d+)/.exec(system.said)?.[1]);
  const first = await fingerprintAt(port);
  const told = await runUnisono(folder, ['certificate', '--json']);
  assert.equal((JSON.parse(told.out) as { certificate: { fingerprint: string } }).certificate.fingerprint, first);

  cpSync(join(folder, 'second', 'server.pem'), `${file}.new`);
  renameSync(`${file}.new`, file);
  while (!system.logged.includes('the key does not belong to the certificate')) await settle();
  assert.equal(await fingerprintAt(port), first);

  cpSync(join(folder, 'second', 'server-key.pem'), `${key}.new`);
  renameSync(`${key}.new`, key);
  system.signal('SIGHUP');
  while (!system.logged.includes('another certificate is in use')) await settle();
  assert.notEqual(await fingerprintAt(port), first);
  assert.equal(await system.end('SIGTERM'), 0);
});

test('a pair that cannot be used is an error at the start', async () => {
  const folder = join(base, 'wrong');
  mkdirSync(folder);
  for (const name of ['a', 'b']) await certificateIn(folder, name);
  writeFileSync(join(folder, 'unisono.yaml'), 'tls: { certificate: a/server.pem, key: b/server-key.pem }\n');
  const { code, error } = await runUnisono(folder, ['start', '--sip-port', '0']);
  assert.equal(code, 1);
  assert.match(error, /does not start: .*the key does not belong to the certificate/);
});

test('unisono certificate tells how to trust the own authority, and says when there is none yet', async () => {
  const folder = join(base, 'own');
  mkdirSync(join(folder, 'data', 'tls'), { recursive: true });
  const missing = await runUnisono(folder, ['certificate']);
  assert.equal(missing.code, 1);
  assert.match(missing.error, /There is no certificate at .*server\.pem/);
  await ensureCertificate(join(folder, 'data', 'tls'), ['localhost', '127.0.0.1'], Date.now());
  const { code, out } = await runUnisono(folder, ['certificate']);
  assert.equal(code, 0);
  assert.match(out, /from +the own authority/);
  assert.match(out, /SHA-256 +([0-9A-F]{2}:){31}/);
  for (const where of ['Firefox', 'Chrome', 'Debian', 'macOS', 'Windows', 'Android'])
    assert.ok(out.includes(where), where);
  assert.match(out, /ca\.pem/);
});

function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}
