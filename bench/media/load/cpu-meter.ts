/** What a measured interval cost the server, the generator and others on both cores. */
import { coreBusySec, groupCpuSec } from '../../processes.ts';
import type { MediaJob } from '../job.ts';

export interface CpuUse {
  readonly elapsedSec: number;
  readonly serverCpuSec: number;
  readonly generatorCpuSec: number;
  /** What else ran on the server's core, or on the generator's if that was more. */
  readonly foreignCpuSec: number;
}

/** Begins to measure; the function it gives ends it. */
export function measureCpu({ server, core }: Pick<MediaJob, 'server' | 'core'>): () => CpuUse {
  const startMs = performance.now();
  const startServerSec = groupCpuSec(server.groupId);
  const startServerCoreSec = coreBusySec(server.core);
  const startOwnCoreSec = coreBusySec(core);
  const startOwn = process.cpuUsage();
  return () => {
    const serverCpuSec = groupCpuSec(server.groupId) - startServerSec;
    const own = process.cpuUsage(startOwn);
    const generatorCpuSec = (own.user + own.system) / 1e6;
    const besideServer = coreBusySec(server.core) - startServerCoreSec - serverCpuSec;
    const besideGenerator = coreBusySec(core) - startOwnCoreSec - generatorCpuSec;
    return {
      elapsedSec: (performance.now() - startMs) / 1000,
      serverCpuSec,
      generatorCpuSec,
      foreignCpuSec: Math.max(0, besideServer, besideGenerator),
    };
  };
}

export function cpuShares(use: CpuUse): Record<string, number> {
  const { elapsedSec, serverCpuSec, generatorCpuSec, foreignCpuSec } = use;
  return {
    serverShare: serverCpuSec / elapsedSec,
    generatorShare: generatorCpuSec / elapsedSec,
    foreignShare: foreignCpuSec / elapsedSec,
  };
}
