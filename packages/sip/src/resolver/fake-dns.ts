import type { Dns, DnsAnswer, NaptrRecord, SrvRecord } from './dns.ts';

const TTL_SEC = 60;

/**
 * A zone for tests, one record in each line: `NAME TYPE DATA`. NAPTR: order preference flags service replacement; SRV:
 * priority weight port target; `NAME TYPE !CODE` makes the question fail.
 */
export class FakeDns implements Dns {
  /** Questions that arrived, such as `SRV _sip._udp.example.com`. */
  readonly asked: string[] = [];
  readonly #lines: readonly string[][];

  constructor(zone: string) {
    this.#lines = zone.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim().split(/\s+/)]));
  }

  naptr(name: string): Promise<DnsAnswer<NaptrRecord>> {
    return this.#answer('NAPTR', name, ([order, preference, flags = '', service = '', replacement = '']) => ({
      order: Number(order),
      preference: Number(preference),
      flags,
      service,
      replacement,
    }));
  }

  srv(name: string): Promise<DnsAnswer<SrvRecord>> {
    return this.#answer('SRV', name, ([priority, weight, port, target = '']) => ({
      priority: Number(priority),
      weight: Number(weight),
      port: Number(port),
      target,
    }));
  }

  a(name: string): Promise<DnsAnswer<string>> {
    return this.#answer('A', name, ([address = '']) => address);
  }

  aaaa(name: string): Promise<DnsAnswer<string>> {
    return this.#answer('AAAA', name, ([address = '']) => address);
  }

  #answer<R>(type: string, name: string, read: (data: string[]) => R): Promise<DnsAnswer<R>> {
    this.asked.push(`${type} ${name}`);
    const found = this.#lines.filter(([lineName, lineType]) => lineName === name && lineType === type);
    const trouble = found[0]?.[2]?.startsWith('!') ? found[0][2].slice(1) : undefined;
    if (trouble !== undefined) return Promise.resolve({ records: [], ttlSec: 0, trouble });
    return Promise.resolve({ records: found.map(([, , ...data]) => read(data)), ttlSec: TTL_SEC });
  }
}
