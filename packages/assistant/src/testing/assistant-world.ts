import type { KeyObject } from 'node:crypto';
import { applyChanges, type Change, compileSystem, demoSystem, type System } from '@unisono/pbx';
import { createAccessStore } from '../access/access-store.ts';
import { LoginThrottle } from '../access/throttle.ts';
import type { ApiParts } from '../api/types.ts';
import { createAuditLog } from '../audit/audit-log.ts';
import { runImport } from '../csv/run-import.ts';
import { createLicenceGuard } from '../licence/guard.ts';
import type { AssistantClock, AssistantRandom, CallNow, SystemPort } from '../ports.ts';
import type { AssistantDatabase, Statement } from '../store/index.ts';
import { Administration } from '../system/administration.ts';
import { memoryDatabase } from './memory-database.ts';

/** For tests: time that is set, with alarms that are due when it passes them. */
export class TestClock implements AssistantClock {
  #nowMs: number;
  #alarms: { atMs: number; callback: () => void }[] = [];

  constructor(nowMs = Date.parse('2026-11-30T12:00:00Z')) {
    this.#nowMs = nowMs;
  }

  epochMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const alarm = { atMs: this.#nowMs + delayMs, callback };
    this.#alarms.push(alarm);
    return () => {
      this.#alarms = this.#alarms.filter((one) => one !== alarm);
    };
  }

  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (;;) {
      const [next] = this.#alarms.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs);
      if (next === undefined) break;
      this.#alarms = this.#alarms.filter((one) => one !== next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.callback();
    }
    this.#nowMs = endMs;
  }

  get waiting(): number {
    return this.#alarms.length;
  }
}

/** For tests: chance that repeats itself, and never gives the same octets twice. */
export function testRandom(): AssistantRandom {
  let count = 0;
  return {
    bytes: (length) => {
      count++;
      return Buffer.from(Array.from({ length }, (_, index) => (count * 31 + index * 17 + ((count * index) % 7)) % 256));
    },
    fraction: () => 0.5,
  };
}

/** For tests: system data in memory, with the statements that go along written to the database. */
export class TestSystem implements SystemPort {
  version = 1;
  #system: System;
  readonly #database: AssistantDatabase;
  readonly #listeners: ((system: System) => void)[] = [];

  constructor(database: AssistantDatabase, data = demoSystem({ random: { int: () => 3 } })) {
    this.#database = database;
    this.#system = compileSystem(data);
  }

  current(): System {
    return this.#system;
  }

  onChange(listener: (system: System) => void): void {
    this.#listeners.push(listener);
  }

  commit(
    changes: readonly Change[],
    expectedVersion: number,
    also: readonly Statement[],
  ): ReturnType<SystemPort['commit']> {
    if (expectedVersion !== this.version) return { ok: false, reason: 'overtaken' };
    const result = applyChanges(this.#system, changes);
    if (!result.ok) return { ok: false, reason: 'invalid', errors: result.errors };
    try {
      this.#database.writeNow(also);
    } catch (error) {
      return { ok: false, reason: 'storage', message: String(error) };
    }
    this.version++;
    this.#system = result.system;
    for (const listener of this.#listeners) listener(result.system);
    return { ok: true, version: this.version, system: result.system };
  }

  /** A change from elsewhere: a phone, an import. */
  change(...changes: readonly Change[]): void {
    const done = this.commit(changes, this.version, []);
    if (!done.ok) throw new Error(JSON.stringify(done));
  }
}

export const silentLog = { debug() {}, info() {}, warn() {}, error() {} };

export interface World extends ApiParts {
  readonly clock: TestClock;
  readonly system: TestSystem;
  /** What runs at the gateways. */
  readonly callsNow: CallNow[];
}

/** For tests: everything the API works with, over the demo company. */
export async function assistantWorld(options: { licenceKey?: KeyObject; requireTotp?: boolean } = {}): Promise<World> {
  const database = await memoryDatabase();
  const clock = new TestClock();
  const system = new TestSystem(database);
  const audit = createAuditLog(database);
  const licences = createLicenceGuard(database, options.licenceKey, clock);
  const administration = new Administration({ system, audit, licences, clock, log: silentLog });
  const random = testRandom();
  const callsNow: CallNow[] = [];
  return {
    requireTotp: options.requireTotp ?? false,
    database,
    clock,
    system,
    audit,
    licences,
    random,
    access: createAccessStore(database),
    throttle: new LoginThrottle(),
    administration,
    importPeople: async (request) => runImport(administration, random, request),
    callsNow,
    now: {
      contacts: () => [],
      calls: () => callsNow,
      changedCalls: (mark) => ({ mark, stations: [] }),
      trunks: () => [],
    },
    calls: { read: () => [], find: () => undefined },
    phonePlaces: [{ transport: 'udp', host: '192.0.2.1', port: 5060 }],
    log: silentLog,
    isSecure: false,
  };
}
