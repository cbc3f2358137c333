import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { MediaLoss } from '../engine.ts';
import { PLAIN } from '../engine.ts';
import { createEmbeddedEngine, type EmbeddedEngine } from './engine.ts';
import { INSIDE, OUTSIDE, sdpOf, targetOf } from './testing/lab.ts';
import { ThreadWorker } from './workers/thread.ts';

interface Party {
  readonly socket: Socket;
  readonly address: string;
  readonly sdp: string;
  heard: number;
}

async function party(address = '127.0.0.1'): Promise<Party> {
  const family = address.includes(':') ? 6 : 4;
  const socket = createSocket(`udp${family}`);
  await new Promise<void>((resolve) => socket.bind(0, address, resolve));
  const sdp = [
    'v=0',
    `o=- 1 1 IN IP${family} ${address}`,
    's=-',
    `c=IN IP${family} ${address}`,
    't=0 0',
    `m=audio ${socket.address().port} RTP/AVP 8`,
    'a=rtpmap:8 PCMA/8000',
    '',
  ].join('\r\n');
  const made: Party = { socket, address, sdp, heard: 0 };
  socket.on('message', () => {
    made.heard++;
  });
  return made;
}

interface Stage {
  readonly engine: EmbeddedEngine;
  readonly lost: (readonly [string, MediaLoss])[];
  readonly a: Party;
  readonly b: Party;
  nextLoss(): Promise<void>;
}

async function open(t: { after(done: () => Promise<void>): void }, workers: number, min = 38_000): Promise<Stage> {
  const lost: (readonly [string, MediaLoss])[] = [];
  let wake: () => void = () => {};
  const side = { addresses: [{ bindAddress: '127.0.0.1' }], ports: { min, max: min + 399 } } as const;
  const engine = await createEmbeddedEngine({
    workers,
    sides: { outside: side, inside: side },
    events: {
      onCallLost: (callId, loss) => {
        lost.push([callId, loss]);
        wake();
      },
    },
  });
  const [a, b] = [await party(), await party()];
  t.after(async () => {
    await engine.close();
    a.socket.close();
    b.socket.close();
  });
  const nextLoss = () =>
    new Promise<void>((resolve) => {
      wake = resolve;
    });
  return { engine, lost, a, b, nextLoss };
}

async function connect({ engine, a, b }: Pick<Stage, 'engine' | 'a' | 'b'>, callId: string) {
  const key = { callId, fromTag: 'a', viaBranch: 'z9' };
  const offered = sdpOf(await engine.offer({ ...key, sdp: a.sdp, from: OUTSIDE, to: INSIDE, profile: PLAIN }));
  const answered = sdpOf(await engine.answer({ ...key, toTag: 'b', sdp: b.sdp, from: INSIDE }));
  return { ofA: targetOf(answered), ofB: targetOf(offered) };
}

/** Sends until it is heard; packets on the way to a fresh socket may be lost. */
async function assertHeard(from: Party, port: number, to: Party): Promise<void> {
  const packet = Buffer.from(`8008${'0001'}${'00000001'}${'00000001'}55555555`, 'hex');
  for (let sequence = 1, before = to.heard; to.heard === before; sequence++) {
    assert.ok(sequence < 200, 'nothing is heard');
    packet.writeUInt16BE(sequence, 2);
    from.socket.send(packet, port, from.address);
    await new Promise((resolve) => from.socket.send(Buffer.alloc(0), 9, from.address, resolve));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test('IPv6 on the wire outside, IPv4 inside', async (t) => {
  const engine = await createEmbeddedEngine({
    workers: 0,
    sides: {
      outside: {
        addresses: [{ bindAddress: '::1' }, { bindAddress: '127.0.0.1' }],
        ports: { min: 37_600, max: 37_699 },
      },
      inside: { addresses: [{ bindAddress: '127.0.0.1' }], ports: { min: 37_700, max: 37_799 } },
    },
  });
  const [a, b] = [await party('::1'), await party()];
  t.after(async () => {
    await engine.close();
    a.socket.close();
    b.socket.close();
  });
  const { ofA, ofB } = await connect({ engine, a, b }, 'six');
  assert.deepEqual([ofA.address, ofB.address], ['::1', '127.0.0.1']);
  await assertHeard(a, ofA.port, b);
  await assertHeard(b, ofB.port, a);
});

describe('worker threads', () => {
  test('calls are spread over them, and each carries its own', async (t) => {
    const stage = await open(t, 2);
    const { engine, a, b } = stage;
    while (!engine.workers.every(({ isReady }) => isReady)) await new Promise((resolve) => setTimeout(resolve, 10));
    for (const callId of ['one', 'two', 'three', 'four']) {
      const { ofA } = await connect(stage, callId);
      await assertHeard(a, ofA.port, b);
    }
    assert.deepEqual(
      engine.workers.map(({ calls }) => calls),
      [2, 2],
    );
    const { available, configured, calls } = engine.snapshot();
    assert.deepEqual([available, configured, calls], [2, 2, 4]);
    assert.equal((await engine.query('one'))?.legs[0]?.tag, 'a');
  });

  test('when one is killed its calls are reported, the others go on, and another takes its place', async (t) => {
    const stage = await open(t, 2, 38_400);
    const { engine, lost, a, b } = stage;
    while (!engine.workers.every(({ isReady }) => isReady)) await new Promise((resolve) => setTimeout(resolve, 10));
    await connect(stage, 'one');
    const { ofA } = await connect(stage, 'two');
    const told = stage.nextLoss();
    const victim = engine.workers[0];
    assert.ok(victim instanceof ThreadWorker);
    const asked = connect(stage, 'three').catch(() => 'failed as a value');
    await victim.kill();
    await told;
    assert.equal(lost.filter(([callId]) => callId === 'one').length, 1);
    assert.ok(lost.every(([, loss]) => loss === 'engine-lost'));
    await asked;
    assert.equal(await engine.query('one'), undefined);
    await assertHeard(a, ofA.port, b);
    const again = await connect(stage, 'five');
    await assertHeard(a, again.ofA.port, b);
  });

  test('a worker that does not answer in time is told as unavailable', async (t) => {
    const stage = await open(t, 1, 38_800);
    const worker = stage.engine.workers[0];
    assert.ok(worker instanceof ThreadWorker);
    await connect(stage, 'one');
    await worker.kill();
    const key = { callId: 'one', fromTag: 'a', toTag: 'b' };
    const result = await stage.engine.offer({ ...key, sdp: stage.a.sdp, from: OUTSIDE, to: INSIDE, profile: PLAIN });
    if (!result.ok) assert.ok(['unavailable', 'unknown-call'].includes(result.error.code), JSON.stringify(result));
    await stage.engine.delete({ callId: 'one' });
    assert.equal(stage.engine.snapshot().calls, 0);
  });

  test('500 calls on real sockets leave no descriptor', async (t) => {
    const stage = await open(t, 1, 39_200);
    await connect(stage, 'first');
    await stage.engine.delete({ callId: 'first' });
    const before = readdirSync('/proc/self/fd').length;
    for (let i = 0; i < 500; i++) {
      await connect(stage, `call ${i}`);
      await stage.engine.delete({ callId: `call ${i}` });
    }
    await stage.engine.query('call 1');
    const after = readdirSync('/proc/self/fd').length;
    assert.ok(Math.abs(after - before) <= 2, `${before} descriptors before, ${after} after`);
    assert.equal(stage.engine.snapshot().portsUsed, 0);
  });
});
