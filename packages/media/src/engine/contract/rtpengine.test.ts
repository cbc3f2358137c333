import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRtpengineEngine } from '../rtpengine/engine.ts';
import { mediaEngineContract } from './contract.ts';
import { RtpengineProcess, rtpenginePath } from './rtpengine-process.ts';
import { converse, Stage, until } from './stage.ts';

const skip = rtpenginePath() ? undefined : 'rtpengine is not installed';

mediaEngineContract(
  'rtpengine',
  async () => {
    const rtpengine = await RtpengineProcess.start();
    const engine = await createRtpengineEngine({ instances: [rtpengine.control], pingMs: 100 });
    await until(() => engine.snapshot().portsTotal > 0, 'rtpengine tells its ports');
    const close = async () => {
      await engine.close();
      await rtpengine.close();
    };
    return { engine, close };
  },
  { skip },
);

describe('two rtpengines', { skip: skip ?? false }, () => {
  it('one is killed in the middle of calls: they are reported, new ones go to the other, and it comes back', async () => {
    const [one, two] = [await RtpengineProcess.start(), await RtpengineProcess.start()];
    const lost: string[] = [];
    const engine = await createRtpengineEngine({
      instances: [one.control, two.control],
      pingMs: 100,
      events: { onCallLost: (callId, loss) => lost.push(`${callId} ${loss}`) },
    });
    const stages: Stage[] = [];
    const call = async (name: string) => {
      const stage = new Stage(engine, `${name}-${process.pid}`);
      stages.push(stage);
      const [a, b] = [await stage.phone('a', 440), await stage.phone('b', 1_000)];
      await stage.exchange(a, b);
      return () => converse(a.party, b.party);
    };
    try {
      await until(() => engine.snapshot().portsTotal === 400, 'both tell their ports');
      const talks = [];
      for (let i = 0; i < 8; i++) talks.push(await call(`before-${i}`));
      await one.kill();
      await until(() => engine.snapshot().available === 1, 'the silence is noticed');
      assert.ok(lost.length > 0 && lost.length < 8, `${lost.length} of 8 calls were lost`);
      assert.equal(engine.snapshot().calls, 8 - lost.length);
      const talk = await call('after');
      await talk();
      one.restart();
      await until(() => engine.snapshot().available === 2, 'it is back');
      assert.ok(lost.every((line) => line.endsWith('engine-lost')));
    } finally {
      for (const stage of stages) await stage.close();
      await engine.close();
      await one.close();
      await two.close();
    }
  });
});
