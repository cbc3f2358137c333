import { findPeer, type KamailioOptions, startKamailio } from '../../test/peers/index.ts';
import type { DeviceAccount } from '../load/job.ts';
import { contactsOf, PASSWORD } from './people.ts';
import type { Stage, Target, TargetKind } from './target.ts';

const MEMORY = { sharedMemoryMb: 1024, privateMemoryMb: 32 };
const LIFETIME_SEC = 600;

/** Kamailio as Debian starts it, with one worker, which is what serves best on one core; locations in memory. */
export const kamailio = kamailioKind('kamailio');

/** The same with the allocator for production instead of the checking one that is Debian's default. */
export const tunedKamailio = kamailioKind('kamailio-tlsf', 'tlsf');

function kamailioKind(name: string, memoryManager?: 'tlsf'): TargetKind {
  return {
    name,
    missing: () => (findPeer('kamailio') ? undefined : 'Kamailio is not installed (apt-get install kamailio)'),
    start: async (stage): Promise<Target> => {
      const server = await startKamailio({
        ...part(stage),
        ...MEMORY,
        children: 1,
        cpus: stage.cpus,
        lifetimeSec: LIFETIME_SEC,
        ...(memoryManager === undefined ? {} : { memoryManager }),
      });
      return {
        address: server.address,
        port: server.port,
        doorPort: 0,
        pid: server.process.pid,
        domain: `127.0.0.1:${server.port}`,
        devices: devices(stage),
        numbers: people(stage),
        settle: () => {},
        stop: () => server.close(),
      };
    },
  };
}

function part(stage: Stage): KamailioOptions {
  if (stage.kind === 'calls') return { role: 'proxy', destination: `127.0.0.1:${stage.devicePort}` };
  const users = stage.kind === 'register' ? stage.accounts.map(({ user }) => user) : people(stage);
  return { role: 'registrar', accounts: Object.fromEntries(users.map((user) => [user, PASSWORD])) };
}

/** A proxy passes the number on as it is, so it is the contact at once. */
function people(stage: Stage): string[] {
  const prefix = stage.kind === 'calls' ? 'answer-' : 'person-';
  return Array.from({ length: stage.people }, (_, index) => `${prefix}${index}`);
}

/** All devices of a person register at one address of record, as branches of one call. */
function devices(stage: Stage): DeviceAccount[] {
  if (stage.kind !== 'forks') return [];
  return people(stage).flatMap((user, index) =>
    contactsOf(index).map((contact) => ({ user, authUser: user, password: PASSWORD, contact })),
  );
}
