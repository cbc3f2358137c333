/** rtpengine in userspace, on this machine's own address. */
import { join } from 'node:path';
import { peerPath } from './find.ts';
import { ownAddress } from './own-address.ts';
import { type PortBlock, reservePorts } from './ports.ts';
import { PeerProcess, temporaryFolder } from './process.ts';

export interface Rtpengine {
  /** Where it is controlled, `127.0.0.1:PORT`. */
  readonly control: string;
  readonly process: PeerProcess;
  /** Kills it; nothing listens at its control port until it is started again. */
  kill(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

export async function startRtpengine(lifetimeSec = 300): Promise<Rtpengine> {
  const folder = temporaryFolder('rtpengine');
  const ports: PortBlock = await reservePorts();
  const control = `127.0.0.1:${ports.first}`;
  const launch = () =>
    new PeerProcess({
      name: 'rtpengine',
      command: peerPath('rtpengine'),
      args: [
        ...['--table=-1', '--config-file=none', '--foreground', '--log-stderr', '--log-level=6', '--num-threads=1'],
        ...[`--interface=${ownAddress()}`, `--listen-ng=${control}`, `--pidfile=${join(folder.path, 'pid')}`],
        ...[`--port-min=${ports.port(2)}`, `--port-max=${ports.last}`],
      ],
      lifetimeSec,
    });
  let child = launch();
  return {
    control,
    get process() {
      return child;
    },
    kill: async () => {
      await child.stop('SIGKILL');
    },
    start: async () => {
      child = launch();
    },
    close: async () => {
      await child.stop();
      folder.remove();
      ports.release();
    },
  };
}
