import { AddressList, sourceOf } from './source.ts';

/** Source addresses of datagrams can be forged: what datagrams did ends datagrams alone, never connections. */
export type BanScope = 'all' | 'datagrams';

/** A source that is not heard, or was not until lately. */
export interface Ban {
  /** As `sourceOf` writes it; an operator may ban a block (`192.0.2.0/24`). */
  readonly source: string;
  readonly scope: BanScope;
  /** For people: why. */
  readonly because: string;
  /** Milliseconds since 1970. */
  readonly sinceMs: number;
  /** Milliseconds since 1970; undefined: until somebody lifts it. */
  readonly untilMs: number | undefined;
  /** How often in a row: each time lasts twice as long. 0 for a ban by an operator. */
  readonly level: number;
}

/** Keeps bans over a restart. */
export interface BanStore {
  load(): readonly Ban[];
  save(ban: Ban): void;
  remove(source: string, scope: BanScope): void;
}

export interface BanPolicy {
  readonly firstSec: number;
  readonly longestSec: number;
  /** Good behaviour after which a ban counts one time less. */
  readonly forgiveSec: number;
  /** Bans remembered for each scope, those that are over and not forgiven included. */
  readonly maxBans: number;
}

/**
 * Who is banned and until when. A ban that is over is remembered for a while, so that the next one is longer. Where there is no room,
 * bans that are over go first; one in force never does, so nobody is freed by getting others banned.
 */
export class BanList {
  readonly #policy: BanPolicy;
  readonly #store: BanStore | undefined;
  readonly #bans: Readonly<Record<BanScope, Map<string, Ban>>> = { all: new Map(), datagrams: new Map() };
  #blocks = new AddressList([]);
  /** Bans that found no room. */
  overflowCount = 0;

  constructor(policy: BanPolicy, store: BanStore | undefined, nowMs: number) {
    this.#policy = policy;
    this.#store = store;
    for (const ban of store?.load() ?? []) this.#bans[ban.scope].set(ban.source, ban);
    this.sweep(nowMs);
    this.#collectBlocks();
  }

  isBanned(address: string, source: string, isDatagram: boolean, nowMs: number): boolean {
    if (isInForce(this.#bans.all.get(source), nowMs)) return true;
    if (isDatagram && isInForce(this.#bans.datagrams.get(source), nowMs)) return true;
    return this.#blocks.has(address);
  }

  /** Bans a source, for longer than the last time. Undefined when there is no room. */
  ban(source: string, scope: BanScope, because: string, nowMs: number): Ban | undefined {
    const bans = this.#bans[scope];
    const known = bans.get(source);
    if (!known && bans.size >= this.#policy.maxBans && !this.#makeRoom(scope, nowMs)) {
      this.overflowCount++;
      return undefined;
    }
    const level = this.#levelOf(known, nowMs) + 1;
    const { firstSec, longestSec } = this.#policy;
    const lastsSec = Math.min(longestSec, firstSec * 2 ** Math.min(level - 1, 30));
    const ban: Ban = { source, scope, because, sinceMs: nowMs, untilMs: nowMs + lastsSec * 1_000, level };
    bans.set(source, ban);
    this.#store?.save(ban);
    return ban;
  }

  /** Takes over a ban that an operator made and stored. */
  take(ban: Ban): void {
    this.#bans[ban.scope].set(ban.source, ban);
    this.#collectBlocks();
  }

  /** Frees an address, network or block, and forgets how often it was banned. False when it was not banned. */
  lift(addressOrBlock: string): boolean {
    let isLifted = false;
    for (const source of new Set([addressOrBlock, sourceOf(addressOrBlock)])) {
      for (const scope of ['all', 'datagrams'] as const) {
        if (!this.#bans[scope].delete(source)) continue;
        this.#store?.remove(source, scope);
        isLifted = true;
      }
    }
    this.#collectBlocks();
    return isLifted;
  }

  /** Bans in force. */
  list(nowMs: number): Ban[] {
    const all = [...this.#bans.all.values(), ...this.#bans.datagrams.values()];
    return all.filter((ban) => isInForce(ban, nowMs));
  }

  /** Forgets what is over and forgiven. To be called now and then. */
  sweep(nowMs: number): void {
    let hadBlock = false;
    for (const scope of ['all', 'datagrams'] as const) {
      for (const ban of this.#bans[scope].values()) {
        if (isInForce(ban, nowMs) || this.#levelOf(ban, nowMs) > 0) continue;
        this.#bans[scope].delete(ban.source);
        this.#store?.remove(ban.source, scope);
        hadBlock ||= ban.level === 0;
      }
    }
    if (hadBlock) this.#collectBlocks();
  }

  /** How often in a row it was banned, less one for each time of good behaviour since. */
  #levelOf(ban: Ban | undefined, nowMs: number): number {
    if (ban?.untilMs === undefined) return 0;
    const goodMs = Math.max(0, nowMs - ban.untilMs);
    return Math.max(0, ban.level - Math.floor(goodMs / (this.#policy.forgiveSec * 1_000)));
  }

  #makeRoom(scope: BanScope, nowMs: number): boolean {
    for (const ban of this.#bans[scope].values()) {
      if (isInForce(ban, nowMs)) continue;
      this.#bans[scope].delete(ban.source);
      this.#store?.remove(ban.source, scope);
      return true;
    }
    return false;
  }

  #collectBlocks(): void {
    const blocks = [...this.#bans.all.values()].filter(({ source, level }) => level === 0 && source.includes('/'));
    this.#blocks = new AddressList(blocks.map(({ source }) => source));
  }
}

function isInForce(ban: Ban | undefined, nowMs: number): boolean {
  return ban !== undefined && (ban.untilMs === undefined || ban.untilMs > nowMs);
}
