import { DEFAULT_PROTECTION, type ProtectionSettings, type Rate } from '@unisono/sbc';
import type { TransportLimits } from '@unisono/sip';
import type { LoadedSettings } from '../config/load.ts';

type Configured = LoadedSettings['protection'];

/** Bursts are as many as come in ten seconds. */
const BURST_SEC = 10;
const POINTS_OF_WRONG_PASSWORD = 2;

/** The configuration in protection's own terms. */
export function protectionSettings(configured: Configured): ProtectionSettings {
  const { ban, rates } = DEFAULT_PROTECTION;
  return {
    ...DEFAULT_PROTECTION,
    allow: configured.allow,
    scanners: configured.scanners ?? DEFAULT_PROTECTION.scanners,
    rates: {
      ...rates,
      requestsPerSource: rate(configured.requestsPerSec),
      datagramsPerSource: rate(4 * configured.requestsPerSec),
      requestsPerAccount: rate(configured.requestsPerUserSec),
      connectionsPerSource: rate(configured.connectionsPerSec),
      strangersRequests: rate(configured.strangersPerSec),
      strangersDatagrams: rate(2 * configured.strangersPerSec),
      strangersConnections: rate(0.4 * configured.strangersPerSec),
    },
    ban: {
      ...ban,
      points: POINTS_OF_WRONG_PASSWORD * configured.wrongPasswords,
      firstSec: configured.firstBanSec,
      longestSec: Math.max(configured.firstBanSec, configured.longestBanSec),
      forgiveSec: configured.forgiveSec,
    },
    calls: { perAccount: configured.callsPerUser, perSource: configured.callsPerAddress },
    proofSec: configured.signInSec,
  };
}

/** What the doors' own sockets keep: how many connections, and how long a slow one may take. */
export function doorLimits({ connections, connectionsPerAddress }: Configured): Partial<TransportLimits> {
  return {
    maxConnections: connections,
    maxConnectionsPerSource: connectionsPerAddress,
    firstMessageMs: 15_000,
    messageMs: 10_000,
  };
}

function rate(perSec: number): Rate {
  return { perSec, burst: Math.max(1, Math.ceil(BURST_SEC * perSec)) };
}
