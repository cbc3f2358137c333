/** A sound card that nobody hears: without one, Firefox runs no Web Audio. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { peerPath } from '../find.ts';
import { PeerProcess, temporaryFolder } from '../process.ts';

const START_MS = 10_000;

export interface SoundCard {
  /** Environment of programs that shall play to it. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export async function startSoundCard(lifetimeSec = 300): Promise<SoundCard> {
  const folder = temporaryFolder('sound');
  const socket = join(folder.path, 'native');
  const server = new PeerProcess({
    name: 'pulseaudio',
    command: peerPath('pulseaudio'),
    args: [
      ...['-n', '--daemonize=no', '--exit-idle-time=-1', '--use-pid-file=no', '--disable-shm=yes'],
      '--load=module-null-sink',
      `--load=module-native-protocol-unix socket=${socket} auth-anonymous=1`,
    ],
    env: { HOME: folder.path, XDG_RUNTIME_DIR: folder.path },
    lifetimeSec,
  });
  const close = async () => {
    await server.stop();
    folder.remove();
  };
  for (const untilMs = performance.now() + START_MS; !existsSync(socket); ) {
    if (server.exitStatus || performance.now() > untilMs) {
      await close();
      throw server.error('does not come up');
    }
    await delay(20);
  }
  return { env: { PULSE_SERVER: `unix:${socket}` }, close };
}
