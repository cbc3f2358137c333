import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { testFolder } from '../testing/folder.ts';
import { register } from '../testing/register.ts';
import { runUnisono, startSystem } from '../testing/running-system.ts';

const base = testFolder();

function newFolder(name: string): string {
  const folder = join(base, name);
  mkdirSync(folder);
  return folder;
}

test('the first start says where to point a phone and with which account; that account registers; state survives', async (t) => {
  const folder = newFolder('first');
  const first = await startSystem(t, folder);
  assert.match(first.said, /^Unisono is running\. Lindner Optik: 6 stations/);
  assert.match(first.said, /4100 {2}Echo: you hear yourself/);
  const password = first.passwordOf('4020');
  assert.equal(await register(first.udpPort, '4020', password), 200);
  assert.equal(await register(first.udpPort, '4020', 'wrong'), 401);
  assert.equal(await first.end('SIGTERM'), 0);
  assert.match(first.said, /Stopped\.\n$/);

  const second = await startSystem(t, folder);
  assert.equal(second.passwordOf('4020'), password);
  assert.equal(await second.end('SIGINT'), 0);
});

async function freeTcpPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

test('metrics are served where the configuration file says', async (t) => {
  const folder = newFolder('metrics');
  const port = await freeTcpPort();
  writeFileSync(join(folder, 'unisono.yaml'), `metrics: 127.0.0.1:${port}\n`);
  const system = await startSystem(t, folder);
  assert.equal(await register(system.udpPort, '4021', system.passwordOf('4021')), 200);
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  assert.match(response.headers.get('content-type') ?? '', /^text\/plain/);
  assert.match(await response.text(), /^unisono_contacts 1$/m);
  assert.equal((await fetch(`http://127.0.0.1:${port}/`)).status, 404);
  assert.equal(await system.end('SIGTERM'), 0);
});

test('after kill -9 it starts again, and phones are still registered', async (t) => {
  const folder = newFolder('killed');
  const first = await startSystem(t, folder);
  assert.equal(await register(first.udpPort, '4020', first.passwordOf('4020')), 200);
  const rings = async (): Promise<boolean> =>
    (await runUnisono(folder, ['plan', '4020'])).out.includes('the desk phone');
  // The registration is on the disk a moment after it was answered.
  const limit = AbortSignal.timeout(20_000);
  while (!(await rings())) assert.equal(limit.aborted, false);
  assert.equal(await first.end('SIGKILL'), null);
  const second = await startSystem(t, folder);
  assert.ok(await rings());
  await second.end('SIGTERM');
});

test('a port in use is told with what to do, and nothing is left behind', async (t) => {
  const folder = newFolder('port');
  const taken = createSocket('udp4').bind(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address();
  const refused = await runUnisono(folder, [
    'start',
    '--sip-port',
    String(port),
    '--tls-port',
    'off',
    '--sbc-port',
    'off',
  ]);
  taken.close();
  assert.equal(refused.code, 1);
  const expected = `Unisono does not start: UDP port ${port} on 127.0.0.1 is in use by another program. Stop that program, or take another port with --sip-port.`;
  assert.ok(refused.error.includes(expected), refused.error);
  assert.equal(await (await startSystem(t, folder)).end('SIGTERM'), 0);
});

test('a second start in the same data folder is refused', async (t) => {
  const folder = newFolder('twice');
  const first = await startSystem(t, folder);
  const second = await runUnisono(folder, ['start', '--sip-port', '0']);
  assert.equal(second.code, 1);
  assert.match(second.error, /the data folder .*data is in use by process \d+: stop that one first/);
  await first.end('SIGTERM');
});

test('an address that is not of this machine is told', async () => {
  const { code, error } = await runUnisono(newFolder('address'), ['start', '--listen', '192.0.2.77']);
  assert.equal(code, 1);
  assert.match(error, /192\.0\.2\.77 is no address of this machine/);
});

test('an import takes effect in the running system', async (t) => {
  const folder = newFolder('import');
  const system = await startSystem(t, folder);
  const password = system.passwordOf('4020');
  await runUnisono(folder, ['export', 'company.yaml']);
  const file = join(folder, 'company.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace(password, 'changed-password'));
  const imported = await runUnisono(folder, ['import', 'company.yaml']);
  assert.equal(imported.code, 0, imported.error);
  const limit = AbortSignal.timeout(10_000);
  while ((await register(system.udpPort, '4020', 'changed-password')) !== 200) assert.equal(limit.aborted, false);
  assert.equal(await register(system.udpPort, '4020', password), 401);
  await system.end('SIGTERM');
});
