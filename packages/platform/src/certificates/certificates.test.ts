import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { connect, createServer } from 'node:tls';
import { ensureCertificate } from './ensure.ts';

const base = mkdtempSync(join(tmpdir(), 'unisono-certificates-'));
after(() => rmSync(base, { recursive: true }));

const DAY_MS = 86_400_000;
const NOW_MS = Date.now();
const HOSTS = ['localhost', '127.0.0.1', '::1'];

test('the first start makes authority and certificate, the second keeps both', async () => {
  const folder = join(base, 'first');
  const first = await ensureCertificate(folder, HOSTS, NOW_MS);
  assert.equal(first.renewed, 'there was none');
  assert.equal(statSync(join(folder, 'ca-key.pem')).mode & 0o777, 0o600);
  const second = await ensureCertificate(folder, HOSTS, NOW_MS);
  assert.equal(second.renewed, undefined);
  assert.equal(second.chain, first.chain);
});

const RENEWALS: { name: string; hosts: string[]; nowMs: number; reason: RegExp; sameAuthority: boolean }[] = [
  {
    name: 'new host',
    hosts: [...HOSTS, 'pbx.example.com'],
    nowMs: NOW_MS,
    reason: /not made for pbx.example.com/,
    sameAuthority: true,
  },
  { name: 'new address', hosts: ['192.0.2.1'], nowMs: NOW_MS, reason: /not made for 192.0.2.1/, sameAuthority: true },
  { name: 'soon expired', hosts: HOSTS, nowMs: NOW_MS + 380 * DAY_MS, reason: /expires on/, sameAuthority: true },
  {
    name: 'authority expired',
    hosts: HOSTS,
    nowMs: NOW_MS + 3640 * DAY_MS,
    reason: /expires on/,
    sameAuthority: false,
  },
];
for (const { name, hosts, nowMs, reason, sameAuthority } of RENEWALS) {
  test(`the certificate is renewed: ${name}`, async () => {
    const folder = join(base, name);
    const before = await ensureCertificate(folder, HOSTS, NOW_MS);
    const now = await ensureCertificate(folder, hosts, nowMs);
    assert.match(now.renewed ?? '', reason);
    assert.equal(now.authority === before.authority, sameAuthority);
    assert.equal((await ensureCertificate(folder, hosts, nowMs)).renewed, undefined);
  });
}

test('a damaged file is replaced', async () => {
  const folder = join(base, 'damaged');
  await ensureCertificate(folder, HOSTS, NOW_MS);
  writeFileSync(join(folder, 'server.pem'), 'rubbish');
  assert.equal((await ensureCertificate(folder, HOSTS, NOW_MS)).renewed, 'it could not be read');
});

test('a TLS client that trusts the authority connects by every host', async () => {
  const { chain, privateKey, authority } = await ensureCertificate(join(base, 'tls'), HOSTS, NOW_MS);
  const server = createServer({ cert: chain, key: privateKey }, (socket) => socket.end('hello')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  for (const servername of ['localhost', '']) {
    const client = connect({ host: '127.0.0.1', port, ca: authority, ...(servername ? { servername } : {}) });
    const [data] = (await once(client, 'data')) as [Buffer];
    assert.equal(data.toString(), 'hello');
    assert.equal(client.authorized, true);
    client.destroy();
  }
  server.close();
});

test('the certificate may sign nothing and the authority may', async () => {
  const { chain, authority } = await ensureCertificate(join(base, 'usage'), HOSTS, NOW_MS);
  assert.equal(new X509Certificate(chain).ca, false);
  assert.equal(new X509Certificate(authority).ca, true);
});
