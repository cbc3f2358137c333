import { createRtpengineEngine } from '../rtpengine/engine.ts';
import { mediaEngineContract } from './contract.ts';
import { RtpengineProcess, rtpenginePath } from './rtpengine-process.ts';
import { until } from './stage.ts';

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
  { skip: rtpenginePath() ? undefined : 'rtpengine is not installed' },
);
