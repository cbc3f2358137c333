import type { CallResult } from '../../ports.ts';
import { CallBook } from '../call-book.ts';
import { allChecks } from '../checks/all.ts';
import type { Check } from '../checks/check.ts';
import { simulatedCompany } from '../company.ts';
import { type Line, storyOf } from '../ladder.ts';
import { settled, World } from '../world.ts';
import { Callees } from './callees.ts';
import { Callers } from './callers.ts';
import { Cast } from './cast.ts';
import { Chance } from './chance.ts';
import { type Conditions, deliveryMs, drawConditions } from './conditions.ts';
import { Conversations } from './conversations.ts';
import { Diary } from './diary.ts';
import { Echoes } from './echoes.ts';
import { Upheavals } from './upheavals.ts';
import { WATCHED_SEC, Watchers } from './watchers.ts';

/** An invariant that did not hold. */
export interface Problem {
  readonly atMs: number;
  readonly check: string;
  readonly text: string;
}

export interface RunReport {
  readonly seed: number;
  readonly calls: number;
  readonly conditions: string;
  readonly messages: number;
  readonly virtualMs: number;
  readonly results: ReadonlyMap<CallResult, number>;
  /** Empty: every invariant held. */
  readonly problems: readonly Problem[];
  /** What happened last, for whoever looks for the reason of a problem. */
  readonly story: readonly Line[];
}

/** Calls between two moments of rest. */
const CALLS_BETWEEN_RESTS = 20;
/** Longer than any transaction, and any re-INVITE that was tried again, takes. */
const REST_MS = 80_000;
/** A gateway that lost both phones of a call notices when it refreshes the session. */
const LOST_SESSIONS_MS = 2_000_000;
/** Some ringing outlasts a rest: an outside call rings for three minutes. */
const RINGING_MS = 400_000;

/** Users whose clients are woken when they are called. */
const SLEEPERS: ReadonlySet<string> = new Set(['carla', 'david']);

/** Plays one seed: people who call each other, a network, and the checks that watch. */
export class Run {
  readonly world: World;
  readonly seed: number;
  readonly #calls: number;
  readonly #chance: Chance;
  readonly #conditions: Conditions;
  readonly #cast: Cast;
  readonly #diary: Diary;
  readonly #book: CallBook;
  readonly #checks: readonly Check[];
  readonly #callers: Callers;
  readonly #upheavals: Upheavals;
  readonly #watchers: Watchers;
  readonly #problems: Problem[] = [];

  constructor(seed: number, calls: number) {
    this.seed = seed;
    this.#calls = calls;
    this.#chance = new Chance(seed);
    this.#conditions = drawConditions(this.#chance);
    this.world = new World({
      seed,
      network: this.#conditions.network,
      adapt: simulatedCompany,
      sleepers: SLEEPERS,
      musicOnHold: seed % 2 === 0,
    });
    this.#cast = new Cast(this.world, this.#chance);
    this.#diary = new Diary(this.world.clock, this.world.wire);
    this.#book = new CallBook(this.#cast.directory);
    const nowMs = () => this.world.clock.nowMs();
    this.#watchers = new Watchers(this.#cast, this.#chance, this.#diary, nowMs);
    this.#checks = allChecks({
      world: this.world,
      cast: this.#cast,
      book: this.#book,
      watchers: this.#watchers,
      expectations: {
        deliveryMs: deliveryMs(this.#conditions),
        troubledUntilMs: (address) => this.#cast.at(address)?.troubledUntilMs ?? -1,
      },
      report: (check, text) => this.#problems.push({ atMs: this.world.clock.nowMs(), check, text }),
    });
    this.#callers = new Callers(this.#cast, this.#chance, this.#diary, this.#book);
    this.#upheavals = new Upheavals({
      world: this.world,
      cast: this.#cast,
      chance: this.#chance,
      diary: this.#diary,
      conditions: this.#conditions,
      watchers: this.#watchers,
    });
    const parts = { cast: this.#cast, chance: this.#chance, diary: this.#diary, watchers: this.#watchers };
    new Callees(parts, this.#conditions.isUnsteady, (station) => this.#upheavals.meddle(station));
    new Conversations(parts, this.#conditions.isSlow);
    new Echoes(this.world.network, this.#chance, this.#conditions.echoPercent);
    this.#listen();
  }

  /** Plays all calls, or up to the first problem. */
  async play(): Promise<RunReport> {
    const onRejection = (error: unknown) => this.#threw(error);
    process.on('unhandledRejection', onRejection);
    try {
      await this.#playAll();
    } finally {
      process.off('unhandledRejection', onRejection);
    }
    return this.#report();
  }

  async #playAll(): Promise<void> {
    for (const phone of this.#cast.phones) phone.stayRegistered();
    await this.#pass(2_000);
    this.#watchers.begin();
    for (let call = 1; call <= this.#calls && this.#isFine(); call++) {
      await this.#act();
      if (call % CALLS_BETWEEN_RESTS === 0) await this.#rest();
    }
    if (this.#isFine()) await this.#end();
  }

  #isFine(): boolean {
    return this.#problems.length === 0;
  }

  async #act(): Promise<void> {
    if (this.#chance.of(25)) this.#upheavals.happen();
    const how = this.#chance.weighted([
      [88, () => this.#callers.call()],
      [6, () => this.#callers.callTogether()],
      [6, () => this.#callers.callEachOther()],
    ]);
    how();
    const breakMs = this.#conditions.isSlow && this.#chance.of(10) ? this.#chance.between(60, 3_600) * 1_000 : 0;
    await this.#pass(this.#chance.moment() + breakMs);
  }

  /** Everybody rests until every transaction has ended, then what may only be asked at rest is asked. */
  async #rest(): Promise<void> {
    this.#diary.note('everybody rests');
    this.#diary.isResting = true;
    await this.#pass(REST_MS);
    if (!this.#isFine()) return;
    const nowMs = this.world.clock.nowMs();
    for (const check of this.#checks) check.atRest?.(nowMs);
    this.#book.forgetBefore(nowMs - LOST_SESSIONS_MS);
    this.#diary.isResting = false;
    for (const { endpoint, call } of this.#cast.running()) if (this.#chance.of(80)) endpoint.hangUp(call);
  }

  /** Everybody hangs up, the network is perfect, and nothing may be left. */
  async #end(): Promise<void> {
    const { network } = this.world;
    this.#diary.note('everybody hangs up');
    this.#diary.isResting = true;
    network.loss = network.duplicate = network.reorder = 0;
    await this.#pass(RINGING_MS);
    for (const { endpoint, call } of this.#cast.running()) endpoint.hangUp(call);
    await this.#pass(REST_MS);
    if (this.world.gateway.snapshot().calls > 0) await this.#pass(LOST_SESSIONS_MS);
    this.#closeOffice();
    // A subscription of a phone that was switched off meanwhile runs out.
    await this.#pass(REST_MS + WATCHED_SEC * 1_000);
    if (!this.#isFine()) return;
    const nowMs = this.world.clock.nowMs();
    for (const check of this.#checks) check.atRest?.(nowMs);
    for (const check of this.#checks) check.atEnd?.(nowMs);
  }

  #closeOffice(): void {
    this.#watchers.close();
    for (const phone of this.#cast.phones) if (phone.isOn) phone.deregister();
    for (const { id } of this.world.system.current().data.trunkGroups) {
      this.world.system.apply({ kind: 'update', list: 'trunkGroups', id, value: { enabled: false } });
    }
  }

  /** Lets time pass; stops at the first problem. */
  async #pass(ms: number): Promise<void> {
    const { clock } = this.world;
    const untilMs = clock.nowMs() + ms;
    for (let due = clock.nextDueMs(); due !== undefined && due <= untilMs; due = clock.nextDueMs()) {
      const before = this.world.wire.count;
      this.#step();
      // Promises are made only where messages are worked on.
      if (this.world.wire.count > before) await settled();
      if (!this.#isFine()) return;
    }
    clock.advance(untilMs - clock.nowMs());
  }

  #step(): void {
    try {
      this.world.clock.step();
    } catch (error) {
      this.#threw(error);
    }
  }

  #threw(error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#problems.push({ atMs: this.world.clock.nowMs(), check: 'nothing throws', text });
  }

  #listen(): void {
    const { world } = this;
    let tickMs = 0;
    world.wire.listen((message) => {
      if (message.atMs > tickMs) for (const check of this.#checks) check.onTickEnd?.();
      tickMs = message.atMs;
      this.#book.onWire(message);
      for (const check of this.#checks) check.onWire?.(message);
    });
    world.records.onOpen = (record) => {
      this.#book.onRecordOpened(record.id, world.wire.current?.message.callId);
      for (const check of this.#checks) check.onRecordOpened?.(record, world.wire.current);
    };
    world.records.onClose = (record) => {
      for (const check of this.#checks) check.onRecordClosed?.(record);
      this.#book.onRecordClosed(record.id, world.clock.nowMs());
    };
    world.onGatewayDeath = () => {
      this.#book.onDeath(world.clock.nowMs());
      for (const check of this.#checks) check.onDeath?.(world.clock.nowMs());
    };
  }

  #report(): RunReport {
    const results = new Map<CallResult, number>();
    for (const { result } of this.world.records.closed.values()) {
      if (result) results.set(result, (results.get(result) ?? 0) + 1);
    }
    const { wire, clock } = this.world;
    const entries = this.#diary.entries;
    return {
      seed: this.seed,
      calls: this.#calls,
      conditions: this.#conditions.name,
      messages: wire.count,
      virtualMs: clock.nowMs(),
      results,
      problems: this.#problems,
      story: this.#isFine() ? [] : storyOf(wire.kept, entries, this.#problems, this.#book, this.#cast.directory),
    };
  }
}
