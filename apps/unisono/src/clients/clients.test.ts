import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testFolder } from '../testing/folder.ts';
import { register } from '../testing/register.ts';
import { runUnisono, startSystem } from '../testing/running-system.ts';
import type { ConnectionData } from './connection-data.ts';

/** Within a second it is in force; a busy machine may take longer. */
const IN_FORCE_MS = 10_000;

test('credentials from the command line register at a running system, and not a second after they were revoked', async (t) => {
  const folder = testFolder();
  const system = await startSystem(t, folder);
  assert.match(system.said, /clients add anna/);
  const added = await runUnisono(folder, ['clients', 'add', '4020', '--label', 'test', '--json']);
  assert.equal(added.code, 0, added.error);
  const { username, password, installation } = JSON.parse(added.out) as ConnectionData;
  assert.equal(await register(system.udpPort, username, password), 200);
  assert.equal(await register(system.udpPort, username, `${password}x`), 401);
  assert.match(
    (await runUnisono(folder, ['clients', 'list'])).out,
    new RegExp(`${installation} +anna +test +registered`),
  );

  const revoked = await runUnisono(folder, ['clients', 'revoke', installation]);
  assert.equal(revoked.code, 0, revoked.error);
  const untilMs = performance.now() + IN_FORCE_MS;
  let status: number;
  do status = await register(system.udpPort, username, password);
  while (status !== 403 && performance.now() < untilMs);
  assert.equal(status, 403);
  assert.match((await runUnisono(folder, ['clients', 'list'])).out, /^No clients.*\n1 expired or revoked/);
  assert.ok(!system.logged.includes(password) && !system.logged.includes(username));
});
