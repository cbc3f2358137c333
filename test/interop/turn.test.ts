/** Clients get credentials of a TURN server, and a real one takes them. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { demoSystem, exportSystem } from '@unisono/pbx';
import { SeededRandom } from '@unisono/sip';
import { startCoturn, tryTurn } from '../peers/coturn.ts';
import { requirePeer, temporaryFolder } from '../peers/index.ts';

const MAIN = join(import.meta.dirname, '../../apps/unisono/src/main.ts');
const SECRET = 'shared with the TURN server';

interface IceServer {
  readonly urls: readonly string[];
  readonly username: string;
  readonly credential: string;
}

async function unisono(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder, env: { ...process.env, ...env } });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  const [code] = (await once(child, 'close')) as [number];
  assert.equal(code, 0, out);
  return out;
}

test('what a client is given for TURN allocates and relays at coturn; a changed expiry or secret does not', async (t) => {
  if (!requirePeer(t, 'turnserver')) return;
  const coturn = await startCoturn(SECRET);
  const folder = temporaryFolder('turn');
  t.after(async () => {
    await coturn.close();
    folder.remove();
  });
  writeFileSync(join(folder.path, 'company.yaml'), exportSystem(demoSystem({ random: new SeededRandom(1) })));
  const env = { UNISONO_TURN_URLS: coturn.url, UNISONO_TURN_SECRET: SECRET };
  await unisono(folder.path, ['import', 'company.yaml'], env);
  const added = JSON.parse(await unisono(folder.path, ['clients', 'add', 'anna', '--json'], env)) as {
    readonly iceServers: readonly IceServer[];
  };
  const [server] = added.iceServers;
  assert.ok(server);
  assert.deepEqual(server.urls, [coturn.url]);
  assert.deepEqual(await tryTurn(coturn, server.username, server.credential), {
    isAllocated: true,
    lostPackets: 0,
  });
  const later = server.username.replace(/^\d+/, (expiry) => String(Number(expiry) + 1));
  assert.equal((await tryTurn(coturn, later, server.credential)).isAllocated, false);
});
