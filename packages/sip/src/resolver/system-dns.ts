import type { NaptrRecord as NodeNaptrRecord, SrvRecord as NodeSrvRecord, RecordWithTtl } from 'node:dns';
import { lookup, Resolver as NodeResolver } from 'node:dns/promises';
import { isIPv6 } from 'node:net';
import type { Dns, DnsAnswer, NaptrRecord, SrvRecord } from './dns.ts';

/** Node tells no time to live for NAPTR and SRV, nor for names of the hosts file. */
const UNTOLD_TTL_SEC = 60;
/** How long it is remembered that a name has nothing of a kind. */
const NOTHING_TTL_SEC = 30;
/** How long a question that failed is not asked again. */
const TROUBLE_TTL_SEC = 2;
const NOTHING = new Set(['ENOTFOUND', 'ENODATA', 'ENONAME']);

/** The machine's DNS configuration, and its hosts file for addresses. */
export class SystemDns implements Dns {
  readonly #resolver: NodeResolver;

  /** `servers`: addresses, with a port when it is not 53; those of the machine when absent. */
  constructor(options: { readonly servers?: readonly string[] | undefined } = {}) {
    this.#resolver = new NodeResolver({ timeout: 2000, tries: 2 });
    if (options.servers) this.#resolver.setServers(options.servers);
  }

  naptr(name: string): Promise<DnsAnswer<NaptrRecord>> {
    return answered(this.#resolver.resolveNaptr(name), (found) => untold(found.map(naptrRecord)));
  }

  srv(name: string): Promise<DnsAnswer<SrvRecord>> {
    return answered(this.#resolver.resolveSrv(name), (found) => untold(found.map(srvRecord)));
  }

  a(name: string): Promise<DnsAnswer<string>> {
    return this.#orHosts(answered(this.#resolver.resolve4(name, { ttl: true }), addresses), name, false);
  }

  aaaa(name: string): Promise<DnsAnswer<string>> {
    return this.#orHosts(answered(this.#resolver.resolve6(name, { ttl: true }), addresses), name, true);
  }

  /** Names of the hosts file are known to the system's look-up only. */
  async #orHosts(asked: Promise<DnsAnswer<string>>, name: string, wantsIpv6: boolean): Promise<DnsAnswer<string>> {
    const answer = await asked;
    if (answer.records.length > 0) return answer;
    const found = await lookup(name, { all: true }).catch(() => []);
    const records = found.map(({ address }) => address).filter((address) => isIPv6(address) === wantsIpv6);
    return records.length === 0 ? answer : { records, ttlSec: UNTOLD_TTL_SEC };
  }
}

function naptrRecord({ order, preference, flags, service, replacement }: NodeNaptrRecord): NaptrRecord {
  return { order, preference, flags, service, replacement };
}

function srvRecord({ priority, weight, port, name }: NodeSrvRecord): SrvRecord {
  return { priority, weight, port, target: name };
}

function untold<DnsRecord>(records: readonly DnsRecord[]): DnsAnswer<DnsRecord> {
  return { records, ttlSec: UNTOLD_TTL_SEC };
}

function addresses(records: readonly RecordWithTtl[]): DnsAnswer<string> {
  return { records: records.map(({ address }) => address), ttlSec: Math.min(...records.map(({ ttl }) => ttl)) };
}

async function answered<Raw, DnsRecord>(
  asked: Promise<Raw[]>,
  toAnswer: (records: Raw[]) => DnsAnswer<DnsRecord>,
): Promise<DnsAnswer<DnsRecord>> {
  try {
    const records = await asked;
    return records.length === 0 ? { records: [], ttlSec: NOTHING_TTL_SEC } : toAnswer(records);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'EUNKNOWN';
    if (NOTHING.has(code)) return { records: [], ttlSec: NOTHING_TTL_SEC };
    return { records: [], ttlSec: TROUBLE_TTL_SEC, trouble: code };
  }
}
