import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PeerProcess, reservePorts, temporaryFolder, waitForOptionsAnswer } from '../../test/peers/index.ts';
import { DOMAIN } from './company.ts';
import { HEAP_FILE_VARIABLE, liveOctets } from './heap.ts';
import { OBSERVING } from './observing.ts';
import { STATION_BASE } from './people.ts';
import type { Target, TargetKind } from './target.ts';
import { devices, systemData } from './unisono-system.ts';

const PROGRAM = join(import.meta.dirname, '..', '..', 'apps', 'unisono', 'src', 'main.ts');
const LIFETIME_SEC = 1_200;
const PROFILE_WRITE_MS = 3_000;
const START_TIMEOUT_MS = 30_000;

let profileFolder: string | undefined;

/** From now on every Unisono writes a CPU profile into the folder when it ends. */
export function writeProfilesTo(folder: string): void {
  mkdirSync(folder, { recursive: true });
  profileFolder = folder;
}

/** Unisono as it is shipped: database and call records on disk, every call handled as a B2BUA. */
export const unisono: TargetKind = {
  name: 'unisono',
  missing: () => (existsSync(PROGRAM) ? undefined : `${PROGRAM} is not there`),
  start: async (stage): Promise<Target> => {
    const ports = await reservePorts();
    const folder = temporaryFolder('bench-unisono');
    const port = ports.port(0);
    const configFile = join(folder.path, 'unisono.yaml');
    // JSON is YAML.
    writeFileSync(join(folder.path, 'system.yaml'), JSON.stringify(systemData(stage)));
    const doorPort = stage.kind === 'clients' ? ports.port(1) : 0;
    writeFileSync(configFile, JSON.stringify(configuration(port, doorPort)));
    const heapFile = join(folder.path, 'heap');
    const child = new PeerProcess({
      name: 'unisono',
      command: process.execPath,
      // The launcher that started this bench gives Node the same flags as every other program.
      args: [...process.execArgv, ...OBSERVING, PROGRAM, 'start', '--config', configFile],
      cwd: folder.path,
      env: {
        [HEAP_FILE_VARIABLE]: heapFile,
        ...(profileFolder === undefined ? {} : { BENCH_PROFILE: resolve(profileFolder) }),
      },
      cpus: stage.cpus,
      lifetimeSec: LIFETIME_SEC,
    });
    const settle = () => child.signal('SIGUSR2');
    const stop = async () => {
      if (profileFolder !== undefined) {
        settle();
        await delay(PROFILE_WRITE_MS);
      }
      await child.stop();
      folder.remove();
      ports.release();
    };
    try {
      await waitForOptionsAnswer(child, port, START_TIMEOUT_MS);
    } catch (error) {
      await stop();
      throw error;
    }
    const numbers = Array.from({ length: stage.people }, (_, index) => String(STATION_BASE + index));
    return {
      address: '127.0.0.1',
      port,
      doorPort,
      pid: child.pid,
      domain: DOMAIN,
      devices: devices(stage),
      numbers,
      settle,
      liveOctets: () => liveOctets(child, heapFile),
      stop,
    };
  },
};

function configuration(port: number, doorPort: number): object {
  return {
    listen: '127.0.0.1',
    data: 'data',
    system: 'system.yaml',
    sip: { udp: port, tcp: 'off', tls: 'off' },
    sbc: { wss: doorPort === 0 ? 'off' : doorPort },
    // All clients of the bench come from one address.
    protection: { connectionsPerAddress: 20_000 },
    assistant: { listen: 'off' },
    connector: { listen: 'off' },
    log: { level: 'warn', format: 'json' },
  };
}
