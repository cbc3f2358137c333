/** A NAPTR record (RFC 3403), as far as locating SIP servers needs it. */
export interface NaptrRecord {
  readonly order: number;
  readonly preference: number;
  /** `s`: the replacement has SRV records; `a`: it has addresses. */
  readonly flags: string;
  /** Such as `SIP+D2U`. */
  readonly service: string;
  readonly replacement: string;
}

/** An SRV record (RFC 2782). */
export interface SrvRecord {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  /** A name; '.' or '' says that there is no such service. */
  readonly target: string;
}

/** What was found under a name; no records when there are none. */
export interface DnsAnswer<DnsRecord> {
  readonly records: readonly DnsRecord[];
  /** How long the answer may be kept. */
  readonly ttlSec: number;
  /** What went wrong when the question could not be answered: the code of the failure. */
  readonly trouble?: string | undefined;
}

/** Asks the domain name system; never rejects. */
export interface Dns {
  naptr(name: string): Promise<DnsAnswer<NaptrRecord>>;
  srv(name: string): Promise<DnsAnswer<SrvRecord>>;
  /** IPv4 addresses. */
  a(name: string): Promise<DnsAnswer<string>>;
  /** IPv6 addresses. */
  aaaa(name: string): Promise<DnsAnswer<string>>;
}
