import { join } from 'node:path';
import { PeerProcess, reservePorts } from '../../test/peers/index.ts';
import type { Target, TargetKind } from './target.ts';

/** The bare UDP echo, which bounds what any server on Node can do on the core. */
export const echo: TargetKind = {
  name: 'echo',
  missing: () => undefined,
  start: async ({ cpus }): Promise<Target> => {
    const ports = await reservePorts();
    const port = ports.port(0);
    const args = [join(import.meta.dirname, 'echo-server.ts'), String(port)];
    const child = new PeerProcess({ name: 'echo', command: process.execPath, args, cpus, lifetimeSec: 600 });
    await child.waitForOutput(/ready/);
    const stop = async () => {
      await child.stop();
      ports.release();
    };
    const nothing = { doorPort: 0, domain: '', devices: [], numbers: [], settle: () => {} };
    return { ...nothing, address: '127.0.0.1', port, pid: child.pid, stop };
  },
};
