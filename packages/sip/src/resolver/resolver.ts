import type { SipUri } from '../message/uri.ts';
import type { Clock } from '../time/clock.ts';
import type { Random } from '../time/random.ts';
import { addressOf } from '../transport/host-text.ts';
import type { Target, TransportName } from '../transport/transport.ts';
import type { Dns, DnsAnswer } from './dns.ts';
import { DEFAULT_CACHED_NAMES, DnsCache } from './dns-cache.ts';
import { FailedTargets } from './failed-targets.ts';
import { DEFAULT_PORTS, type FirstStep, firstStep } from './first-step.ts';
import { usableServices } from './naptr.ts';
import { orderSrv } from './srv-order.ts';

/** Places given back at most; whoever tried so many need not try more. */
export const MAX_TARGETS = 16;
/** How long a target that failed is tried after all others. */
export const FAILED_FOR_MS = 30_000;
const ALL_TRANSPORTS: readonly TransportName[] = ['udp', 'tcp', 'tls', 'ws', 'wss'];

/** Why a URI led nowhere, and what was asked on the way. */
export interface ResolveFailure {
  readonly code: 'SIP_UNRESOLVABLE';
  /** For people: the name, what was asked, what went wrong. */
  readonly message: string;
  readonly name: string;
  /** Such as `SRV _sip._udp.example.com`, in order. */
  readonly asked: readonly string[];
}

export interface ResolverOptions {
  readonly dns: Dns;
  readonly clock: Clock;
  readonly random: Random;
  /** Transports that we speak, the preferred first: the order in which SRV records are asked for without NAPTR. */
  readonly transports?: readonly TransportName[] | undefined;
  /** Address families that we speak, the preferred first; IPv4 before IPv6 when absent. */
  readonly families?: readonly (4 | 6)[] | undefined;
  readonly cachedNames?: number | undefined;
}

/** Finds where a URI is reached: NAPTR, SRV, addresses (RFC 3263 §4), in the order in which they should be tried. */
export class Resolver {
  readonly #cache: DnsCache;
  readonly #failed: FailedTargets;
  readonly #random: Random;
  readonly #transports: readonly TransportName[];
  readonly #families: readonly (4 | 6)[];

  constructor({ dns, clock, random, transports, families, cachedNames = DEFAULT_CACHED_NAMES }: ResolverOptions) {
    this.#cache = new DnsCache(dns, clock, cachedNames);
    this.#failed = new FailedTargets(clock);
    this.#random = random;
    this.#transports = transports ?? ALL_TRANSPORTS;
    this.#families = families ?? [4, 6];
  }

  /**
   * Calls back with targets, those to be tried first in front, or with a failure: at once when nothing needs to be asked,
   * later otherwise.
   */
  locate(uri: SipUri, done: (found: readonly Target[] | ResolveFailure) => void): void {
    const step = firstStep(uri, this.#transports);
    if (step.kind === 'target') return done([step.target]);
    if (step.kind === 'impossible') return done(failure(addressOf(uri.host), [], step.why));
    const search = new Search(this.#cache, this.#random, this.#families, certificateName(uri));
    search.run(step).then((targets) => {
      done(targets.length > 0 ? this.#failed.last(targets) : search.failure(step.name));
    });
  }

  /** A request to the target failed: it is tried after all others for a while (RFC 3263 §4.3). */
  markFailed(target: Target, forMs = FAILED_FOR_MS): void {
    this.#failed.mark(target, forMs);
  }

  snapshot(): { readonly cachedAnswers: number; readonly failed: readonly string[] } {
    return { cachedAnswers: this.#cache.size, failed: this.#failed.snapshot() };
  }
}

/** RFC 5922 §7.1: the certificate must show the domain that was asked for, not the machine that DNS led to. */
function certificateName(uri: SipUri): string {
  return addressOf(uri.host);
}

type Asked = Exclude<FirstStep, { kind: 'target' | 'impossible' }>;

/** One search: what was asked, what went wrong, what was found. */
class Search {
  readonly #dns: Dns;
  readonly #random: Random;
  readonly #families: readonly (4 | 6)[];
  readonly #serverName: string;
  readonly #asked: string[] = [];
  #trouble: string | undefined;

  constructor(dns: Dns, random: Random, families: readonly (4 | 6)[], serverName: string) {
    this.#dns = dns;
    this.#random = random;
    this.#families = families;
    this.#serverName = serverName;
  }

  async run(step: Asked): Promise<Target[]> {
    if (step.kind === 'addresses') return this.#addresses(step.name, step.transport, step.port);
    if (step.kind === 'naptr') return this.#byNaptr(step.name, step.transports);
    return this.#bySrvOrName(step.name, step.transport);
  }

  failure(name: string): ResolveFailure {
    return failure(name, this.#asked, this.#trouble ?? 'nothing was found');
  }

  async #byNaptr(name: string, transports: readonly TransportName[]): Promise<Target[]> {
    const { records } = await this.#ask('NAPTR', name, this.#dns.naptr(name));
    const targets: Target[] = [];
    for (const { transport, flags, replacement } of usableServices(records, transports)) {
      if (targets.length >= MAX_TARGETS) break;
      const found =
        flags === 's'
          ? await this.#bySrv(replacement, transport)
          : await this.#addresses(replacement, transport, DEFAULT_PORTS[transport]);
      targets.push(...(found ?? []));
    }
    return targets.length > 0 ? targets.slice(0, MAX_TARGETS) : this.#byAnySrv(name, transports);
  }

  /** RFC 3263 §4.1: without NAPTR the SRV records of each transport are tried, ours preferred first. */
  async #byAnySrv(name: string, transports: readonly TransportName[]): Promise<Target[]> {
    const withSrv = transports.filter((transport) => SRV_PREFIX[transport] !== undefined);
    const found = await Promise.all(withSrv.map((each) => this.#bySrv(`${SRV_PREFIX[each]}.${name}`, each)));
    const targets = found.flatMap((each) => each ?? []);
    // A service that is said not to be there (target '.') is not looked for under the bare name.
    if (targets.length > 0 || found.some((each) => each !== undefined)) return targets.slice(0, MAX_TARGETS);
    const fallback = transports[0] as TransportName;
    return this.#addresses(name, fallback, DEFAULT_PORTS[fallback]);
  }

  async #bySrvOrName(name: string, transport: TransportName): Promise<Target[]> {
    const found = await this.#bySrv(`${SRV_PREFIX[transport]}.${name}`, transport);
    return found ?? this.#addresses(name, transport, DEFAULT_PORTS[transport]);
  }

  /** The targets behind SRV records; undefined when there are no such records. */
  async #bySrv(name: string, transport: TransportName): Promise<Target[] | undefined> {
    const { records } = await this.#ask('SRV', name, this.#dns.srv(name));
    if (records.length === 0) return undefined;
    const served = records.filter(({ target }) => target !== '' && target !== '.');
    const ordered = orderSrv(served, this.#random).slice(0, MAX_TARGETS);
    const found = await Promise.all(ordered.map(({ target, port }) => this.#addresses(target, transport, port)));
    return found.flat().slice(0, MAX_TARGETS);
  }

  async #addresses(name: string, transport: TransportName, port: number): Promise<Target[]> {
    const answers = await Promise.all(
      this.#families.map((family) =>
        family === 4 ? this.#ask('A', name, this.#dns.a(name)) : this.#ask('AAAA', name, this.#dns.aaaa(name)),
      ),
    );
    const isSecure = transport === 'tls' || transport === 'wss';
    const named = isSecure ? { serverName: this.#serverName } : {};
    const addresses = answers.flatMap(({ records }) => records).slice(0, MAX_TARGETS);
    return addresses.map((address) => ({ transport, address, port, ...named }));
  }

  async #ask<R>(type: string, name: string, answer: Promise<DnsAnswer<R>>): Promise<DnsAnswer<R>> {
    this.#asked.push(`${type} ${name}`);
    const { trouble, ...rest } = await answer;
    if (trouble !== undefined) this.#trouble ??= `${type} ${name} failed with ${trouble}`;
    return rest;
  }
}

const SRV_PREFIX: Readonly<Partial<Record<TransportName, string>>> = {
  udp: '_sip._udp',
  tcp: '_sip._tcp',
  tls: '_sips._tcp',
};

function failure(name: string, asked: readonly string[], why: string): ResolveFailure {
  const after = asked.length === 0 ? '' : ` (asked: ${asked.join(', ')})`;
  return { code: 'SIP_UNRESOLVABLE', message: `${name} cannot be located: ${why}${after}.`, name, asked };
}
