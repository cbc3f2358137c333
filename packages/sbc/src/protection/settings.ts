import type { BanPolicy } from './bans.ts';
import type { CallLimits } from './call-caps.ts';
import type { Rate } from './rate.ts';

/** What the doors let in, and of whom. Sources are IPv4 addresses and /64 networks of IPv6. */
export interface ProtectionSettings {
  /** Addresses and blocks that nothing here holds back. */
  readonly allow: readonly string[];
  /** How words in the User-Agent begin, in any case, by which programs are known that look for victims. */
  readonly scanners: readonly string[];
  readonly rates: {
    readonly datagramsPerSource: Rate;
    readonly connectionsPerSource: Rate;
    readonly requestsPerSource: Rate;
    /** Of an account that has proved itself. */
    readonly requestsPerAccount: Rate;
    /** Emergency calls of one source that has not proved an account; those of one that has are not limited. */
    readonly emergenciesPerSource: Rate;
    /** All sources together from which nobody has proved an account. */
    readonly strangersDatagrams: Rate;
    readonly strangersConnections: Rate;
    readonly strangersRequests: Rate;
  };
  readonly ban: BanPolicy & {
    /** Points from which a source is banned; a wrong password is two. */
    readonly points: number;
    /** Different accounts and numbers that a source may try in vain. */
    readonly targets: number;
  };
  readonly calls: CallLimits;
  /** Time that a connection has from its first request until it proves an account. */
  readonly proofSec: number;
  /** Sources, accounts and ways that are remembered, each. */
  readonly maxRemembered: number;
}

/** From the User-Agent of programs that are met on the Internet every day; none of them is a phone. */
const SCANNERS = [
  'friendly-scanner',
  'friendly-request',
  'sipvicious',
  'sipsak',
  'sipcli',
  'sip-scan',
  'sipscan',
  'sundayddr',
  'vaxsipuseragent',
  'vaxasip',
  'pplsip',
  'smap',
  'iwar',
  'sivus',
  'siparmyknife',
  'sipptk',
  'voipmonitor-scan',
] as const;

export const DEFAULT_PROTECTION: ProtectionSettings = {
  allow: [],
  scanners: SCANNERS,
  rates: {
    datagramsPerSource: { perSec: 200, burst: 1_000 },
    connectionsPerSource: { perSec: 20, burst: 200 },
    requestsPerSource: { perSec: 50, burst: 500 },
    requestsPerAccount: { perSec: 20, burst: 200 },
    emergenciesPerSource: { perSec: 1, burst: 10 },
    strangersDatagrams: { perSec: 2_000, burst: 10_000 },
    strangersConnections: { perSec: 400, burst: 2_000 },
    strangersRequests: { perSec: 1_000, burst: 5_000 },
  },
  ban: {
    points: 20,
    targets: 10,
    firstSec: 300,
    longestSec: 86_400,
    forgiveSec: 86_400,
    maxBans: 20_000,
  },
  calls: { perAccount: 10, perSource: 200 },
  proofSec: 60,
  maxRemembered: 50_000,
};
