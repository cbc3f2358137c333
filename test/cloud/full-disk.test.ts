/** The disk of a running system fills up: what was acknowledged is there afterwards, who is refused reads why, and it goes on. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { demoSystem, exportSystem } from '@unisono/pbx';
import { SeededRandom } from '@unisono/sip';
import { launchUnisono, runUnisono } from '../interop/unisono.ts';
import { reservePorts, temporaryFolder } from '../peers/index.ts';
import { ask, until } from './parts.ts';

const DISK_MEGABYTES = 24;
const MOST_TRIES = 700;

/** A disk of a few megabytes; undefined where this user may mount none. */
function smallDisk(t: TestContext): string | undefined {
  const folder = temporaryFolder('disk');
  const disk = join(folder.path, 'disk');
  mkdirSync(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MEGABYTES}m`, 'tmpfs', disk], { stdio: 'pipe' });
  } catch (error) {
    folder.remove();
    t.skip(`this user may not mount a tmpfs: ${error instanceof Error ? error.message.split('\n')[0] : error}`);
    return undefined;
  }
  t.after(() => {
    execFileSync('umount', ['--lazy', disk]);
    folder.remove();
  });
  return disk;
}

/** Takes all the room there is. */
function fill(file: string): void {
  const fd = openSync(file, 'w');
  try {
    for (let octets = 1_048_576; octets >= 512; ) {
      try {
        // A short write is no error: it is asked for again, and refused then.
        writeSync(fd, Buffer.alloc(octets));
      } catch (error) {
        assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
        octets /= 2;
      }
    }
  } finally {
    closeSync(fd);
  }
}

test('stations are made until the disk is full, and again when there is room', async (t) => {
  const disk = smallDisk(t);
  if (disk === undefined) return;
  const ports = await reservePorts();
  t.after(() => ports.release());
  const [config, company, data] = [join(disk, '../unisono.yaml'), join(disk, '../company.yaml'), join(disk, 'data')];
  const demo = demoSystem({ random: new SeededRandom(7) });
  writeFileSync(company, exportSystem({ ...demo, licences: { ...demo.licences, flex: 12_000 } }));
  const port = ports.port(1);
  writeFileSync(
    config,
    [
      `data: ${data}`,
      `system: ${company}`,
      `sip: { udp: ${ports.port(0)}, tcp: off, tls: off }`,
      `rtp: { ports: ${ports.port(20)}-${ports.last} }`,
      `assistant: { listen: ${port} }`,
      'connector: { listen: off }',
      'sbc: { wss: off }',
      'metrics: off',
      '',
    ].join('\n'),
  );
  let running = await launchUnisono('start', config, { lifetimeSec: 120 });
  t.after(() => running.stop());
  // Written when the Assistant hears, a little after the phones are.
  const accessFile = join(data, 'assistant-access.json');
  await until(async () => (existsSync(accessFile) ? true : undefined), 'the Assistant');
  const { token } = JSON.parse(readFileSync(accessFile, 'utf8')) as { token: string };
  const api = async (method: string, path: string, body?: unknown) => {
    const asked = { method, token, ...(body === undefined ? {} : { body }) };
    return ask(port, join(data, 'tls/ca.pem'), `/api/v1/${path}`, asked);
  };
  const acknowledged: string[] = [];
  const make = async (number: number) => {
    await api('POST', 'stations', { number: String(number), name: `Room ${number}`, classOfService: 'office' });
    acknowledged.push(String(number));
  };
  const numbers = async (): Promise<string[]> =>
    (await api('GET', 'stations')).entries.map((one: { number: string }) => one.number);

  await make(4199);
  fill(join(disk, 'filler'));
  let refusal = '';
  let number = 4200;
  // The write-ahead log has some room of its own that it takes up again.
  for (; refusal === '' && number < 4200 + MOST_TRIES; number++)
    await make(number).catch((error: unknown) => {
      refusal = String(error);
    });
  const refused = String(number - 1);
  assert.match(refusal, /507 .*"code":"storageFull".*nothing was changed.*disk is full/);
  const listed = await numbers();
  assert.ok(
    acknowledged.every((one) => listed.includes(one)) && !listed.includes(refused),
    'all are read, none half made',
  );

  rmSync(join(disk, 'filler'));
  await make(Number(refused));
  assert.deepEqual(await api('POST', 'audit/verify'), { isWhole: true });
  running.signal('SIGKILL');
  await running.exited;
  running = await launchUnisono('start', config, { lifetimeSec: 120 });
  const kept = (await runUnisono('export', '--data', data)).output;
  for (const one of acknowledged) assert.match(kept, new RegExp(`number: "?${one}"?`));
});
