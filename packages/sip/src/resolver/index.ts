export type { Dns, DnsAnswer, NaptrRecord, SrvRecord } from './dns.ts';
export { FAILED_FOR_MS, MAX_TARGETS, type ResolveFailure, Resolver, type ResolverOptions } from './resolver.ts';
export { type ResponseTargets, responseTargets } from './response-targets.ts';
export { SystemDns } from './system-dns.ts';
