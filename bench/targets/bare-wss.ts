import { join } from 'node:path';
import { createCertificates, PeerProcess, reservePorts, temporaryFolder } from '../../test/peers/index.ts';
import { DOMAIN } from './company.ts';
import { HEAP_FILE_VARIABLE, liveOctets } from './heap.ts';
import { OBSERVING } from './observing.ts';
import type { Target, TargetKind } from './target.ts';

const PROGRAM = join(import.meta.dirname, '..', 'wss', 'bare-server.ts');

/** A bare server of secure WebSockets: what a connection costs in Node and OpenSSL before anybody signs in on it. */
export const bareWss: TargetKind = {
  name: 'bare-wss',
  missing: () => undefined,
  start: async ({ cpus }): Promise<Target> => {
    const ports = await reservePorts();
    const port = ports.port(0);
    const certificates = await createCertificates();
    const folder = temporaryFolder('bench-bare-wss');
    const heapFile = join(folder.path, 'heap');
    const child = new PeerProcess({
      name: 'bare-wss',
      command: process.execPath,
      args: [
        ...process.execArgv,
        ...OBSERVING,
        PROGRAM,
        String(port),
        certificates.certificateFile,
        certificates.keyFile,
      ],
      env: { [HEAP_FILE_VARIABLE]: heapFile },
      cpus,
      lifetimeSec: 1_200,
    });
    await child.waitForOutput(/ready/);
    const stop = async () => {
      await child.stop();
      certificates.remove();
      folder.remove();
      ports.release();
    };
    const nothing = { port: 0, domain: DOMAIN, devices: [], numbers: [] };
    return {
      ...nothing,
      address: '127.0.0.1',
      doorPort: port,
      pid: child.pid,
      settle: () => child.signal('SIGUSR2'),
      liveOctets: () => liveOctets(child, heapFile),
      stop,
    };
  },
};
