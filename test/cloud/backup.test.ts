/** A backup of the running system, restored into an empty folder: phone system and Connector go on from it. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { runUnisono } from '../interop/unisono.ts';
import { PeerProcess, type PortBlock, reservePorts, temporaryFolder } from '../peers/index.ts';
import { ask, until } from './parts.ts';

const MAIN = join(import.meta.dirname, '../../apps/unisono/src/main.ts');

describe('a backup of the running system', () => {
  let ports: PortBlock;
  const folder = temporaryFolder('backup');
  const running: PeerProcess[] = [];

  before(async () => {
    ports = await reservePorts();
  });
  after(async () => {
    for (const child of running) await child.stop();
    ports.release();
    folder.remove();
  });

  async function start(data: string): Promise<PeerProcess> {
    const flags = ['--sip-port', '0', '--tls-port', 'off', '--sbc-port', 'off', '--rtp-ports'];
    const media = `${ports.port(20)}-${ports.last}`;
    const own = ['--assistant-port', `${ports.port(0)}`, '--connector-port', `${ports.port(1)}`];
    const args = [MAIN, 'start', '--data', join(folder.path, data), ...flags, media, ...own];
    const child = new PeerProcess({ name: data, command: process.execPath, args, cwd: folder.path });
    running.push(child);
    await child.waitForOutput(/Telephony Connector:/, 40_000);
    return child;
  }

  const cloud = (data: string, path: string, asked: Parameters<typeof ask>[3] = {}) =>
    ask(ports.port(1), join(folder.path, data, 'tls/ca.pem'), path, asked);

  test('brings back people, sessions, sealed connection data and the numbers', async () => {
    const original = await start('original');
    const password = / {2}anna-clients +(\S+)$/m.exec(original.output)?.[1];
    const session = await cloud('original', '/v1/sign-in/password', {
      method: 'POST',
      body: {
        tenant: 'lindner-optik',
        email: 'anna@lindner-optik.example',
        password,
        installation: { name: 'Browser' },
      },
    });
    const connection = (data: string) => cloud(data, '/v1/me/connection', { token: session.token });
    const first = await until(() => connection('original').catch(() => undefined), 'connection data');
    const { code, output } = await runUnisono(
      'backup',
      join(folder.path, 'copy'),
      '--data',
      join(folder.path, 'original'),
    );
    assert.equal(code, 0, output);
    await original.stop();
    for (const name of ['instance.lock', 'unisono.db-wal', 'assistant-access.json'])
      assert.equal(existsSync(join(folder.path, 'copy', name)), false, name);
    const restored = await start('copy');
    const again = await connection('copy');
    assert.deepEqual([again.sip.addressOfRecord, again.desk], [first.sip.addressOfRecord, first.desk]);
    assert.match(restored.output, new RegExp(`anna-clients +${password}`));
    await until(async () => {
      const { link } = await cloud('copy', '/v1/me/settings', { token: session.token });
      return link.isOnline ? true : undefined;
    }, 'the link with the key of the backup');
  });
});
