import {
  type Clock,
  type Flow,
  makeResponse,
  type ParseFailure,
  type Random,
  Repeater,
  type SipRequest,
  type SipResponse,
  type TransportName,
} from '@unisono/sip';
import type { Guard } from '../guard.ts';
import { type Ban, BanList, type BanStore } from './bans.ts';
import { CallCaps } from './call-caps.ts';
import { newCounters, type ProtectionCounters } from './counters.ts';
import { Gates } from './gates.ts';
import { Proofs } from './proofs.ts';
import { claimedAccount, isInDialog, scannerPattern } from './reading.ts';
import { DEFAULT_PROTECTION, type ProtectionSettings } from './settings.ts';
import { AddressList, sourceOf } from './source.ts';
import { Trial, type TrialEvents } from './trial.ts';
import { Unproven } from './unproven.ts';

export interface ProtectionOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly settings?: ProtectionSettings | undefined;
  readonly store?: BanStore | undefined;
  /** True when a request calls the emergency service, authenticated or not. */
  readonly isEmergency: (request: SipRequest) => boolean;
  /** Ends a connection. */
  readonly disconnect: (flow: Flow) => void;
  /** Structured log; addresses are in it, accounts are not. */
  readonly log?: { info(fields: Readonly<Record<string, unknown>>, message: string): void } | undefined;
}

/** How often what is over is forgotten, and connections that prove nothing are ended. */
const SWEEP_MS = 5_000;
const RETRY_AFTER_SEC = 5;

/**
 * Protection at the doors: limits by source, account and all together, bans with decay, caps of calls. Who has proved an account on a
 * way is let in on that way whatever others do from the same address. Bounded in memory, whoever sends what.
 */
export class Protection implements Guard, TrialEvents {
  readonly bans: BanList;
  readonly counters: ProtectionCounters = newCounters();
  readonly #options: ProtectionOptions;
  readonly #settings: ProtectionSettings;
  readonly #allowed: AddressList;
  readonly #scanners: RegExp | undefined;
  readonly #gates: Gates;
  readonly #proofs: Proofs;
  readonly #calls: CallCaps;
  readonly #trial: Trial;
  readonly #unproven: Unproven;
  readonly #repeater: Repeater;

  constructor(options: ProtectionOptions) {
    this.#options = options;
    this.#repeater = new Repeater(options.clock, SWEEP_MS, () => this.#sweep());
    const settings = options.settings ?? DEFAULT_PROTECTION;
    this.#settings = settings;
    this.#allowed = new AddressList(settings.allow);
    this.#scanners = scannerPattern(settings.scanners);
    this.#gates = new Gates(settings);
    this.#proofs = new Proofs(settings.maxRemembered);
    this.#calls = new CallCaps(settings.calls);
    this.bans = new BanList(settings.ban, options.store, options.clock.epochMs());
    this.#trial = new Trial(settings, this, (source) => this.#proofs.hasSource(source));
    this.#unproven = new Unproven(settings.proofSec * 1_000, settings.maxRemembered);
  }

  /** Begins to forget what is over. */
  start(): void {
    this.#repeater.start();
  }

  close(): void {
    this.#repeater.close();
  }

  #sweep(): void {
    const { clock } = this.#options;
    this.bans.sweep(clock.epochMs());
    this.#calls.sweep(clock.nowMs());
    this.#trial.sweep(clock.nowMs());
    for (const flow of this.#unproven.due(clock.nowMs())) {
      this.counters.unproven++;
      this.#options.disconnect(flow);
    }
  }

  admit(address: string, transport: TransportName): boolean {
    if (this.#allowed.has(address)) return true;
    const { clock } = this.#options;
    const source = sourceOf(address);
    const isKnown = this.#proofs.hasSource(source);
    const isDatagram = transport === 'udp';
    // Behind the address of a banned one there may be others; which way is theirs is told by each request.
    if (!(isKnown && isDatagram) && this.bans.isBanned(address, source, isDatagram, clock.epochMs())) {
      this.counters.banned++;
      return false;
    }
    const gate = isDatagram ? this.#gates.datagrams : this.#gates.connections;
    if (gate.admits(source, isKnown, clock.nowMs())) return true;
    if (isDatagram) this.counters.datagramsOverRate++;
    else this.counters.connectionsOverRate++;
    return false;
  }

  screen(request: SipRequest, flow: Flow): SipResponse | 'drop' | undefined {
    if (this.#allowed.has(flow.remoteAddress)) return undefined;
    const nowMs = this.#options.clock.nowMs();
    const source = sourceOf(flow.remoteAddress);
    const proved = this.#proofs.accountOn(flow, nowMs);
    const begins = !isInDialog(request);
    const isEmergency = begins && request.method === 'INVITE' && this.#options.isEmergency(request);
    const objection =
      proved === undefined
        ? this.#screenStranger(request, flow, source, isEmergency)
        : this.#screenKnown(request, proved, isEmergency);
    if (objection !== undefined) return objection;
    if (!begins || request.method !== 'INVITE') return undefined;
    // What a stranger claims is not counted against whom it claims to be.
    if (this.#calls.begin(request.callId, proved, source, isEmergency, nowMs)) return undefined;
    this.counters.callsOverLimit++;
    return this.#refuse(request, 503, 'Too Many Calls');
  }

  observe(request: SipRequest, finalStatus: number, flow: Flow): void {
    if (request.method === 'INVITE' && !isInDialog(request) && finalStatus >= 300) this.#calls.end(request.callId);
    if (this.#allowed.has(flow.remoteAddress)) return;
    const nowMs = this.#options.clock.nowMs();
    const source = sourceOf(flow.remoteAddress);
    const account = claimedAccount(request);
    const proved = this.#proofs.accountOn(flow, nowMs);
    if (account !== undefined && provesAccount(request, finalStatus)) {
      this.#proofs.add(flow, account, source, nowMs);
      this.#unproven.remove(flow);
      this.#trial.acquit(source, account, request, nowMs);
    } else if (proved === undefined || (account !== undefined && account !== proved)) {
      this.#trial.judge({ request, finalStatus, account, source, flow }, nowMs);
    } else if (account === proved && finalStatus === 403 && request.method === 'REGISTER') {
      // Its credentials have ended.
      this.#proofs.remove(flow);
    }
  }

  onMalformed(_failure: ParseFailure, flow: Flow): void {
    this.counters.malformed++;
    const nowMs = this.#options.clock.nowMs();
    if (this.#allowed.has(flow.remoteAddress) || this.#proofs.accountOn(flow, nowMs) !== undefined) return;
    this.#trial.offence(sourceOf(flow.remoteAddress), 'malformed', flow, nowMs);
  }

  onFlowClosed(flow: Flow): void {
    this.#proofs.remove(flow);
    this.#unproven.remove(flow);
  }

  onCallEnded(callId: string): void {
    this.#calls.end(callId);
  }

  /** A source did too much: it is heard no more for a while. */
  onGuilty(source: string, because: string, flow: Flow): void {
    const scope = flow.isReliable ? 'all' : 'datagrams';
    const ban = this.bans.ban(source, scope, because, this.#options.clock.epochMs());
    if (ban) this.#tell(ban);
    if (flow.isReliable) this.#options.disconnect(flow);
  }

  onWrongPassword(): void {
    this.counters.wrongPasswords++;
  }

  onAccountAttacked(): void {
    this.counters.attackedAccounts++;
    this.#options.log?.info({}, 'wrong passwords for one account from many places');
  }

  /** What is remembered now. */
  snapshot() {
    return {
      ...this.counters,
      bansInForce: this.bans.list(this.#options.clock.epochMs()).length,
      bansWithoutRoom: this.bans.overflowCount,
      provenFlows: this.#proofs.size,
      calls: this.#calls.size,
      suspects: this.#trial.size,
      buckets: this.#gates.size,
    };
  }

  #screenKnown(request: SipRequest, account: string, isEmergency: boolean): SipResponse | undefined {
    if (isEmergency) return undefined;
    if (this.#gates.admitsOfAccount(account, isInDialog(request), this.#options.clock.nowMs())) return undefined;
    this.counters.requestsOverRate++;
    return this.#refuse(request, 503, 'Too Many Requests');
  }

  #screenStranger(
    request: SipRequest,
    flow: Flow,
    source: string,
    isEmergency: boolean,
  ): SipResponse | 'drop' | undefined {
    const { clock } = this.#options;
    const nowMs = clock.nowMs();
    if (this.bans.isBanned(flow.remoteAddress, source, !flow.isReliable, clock.epochMs())) {
      this.counters.banned++;
      if (flow.isReliable) this.#options.disconnect(flow);
      return 'drop';
    }
    if (isEmergency && this.#gates.admitsEmergency(source, nowMs)) return undefined;
    if (flow.isReliable) this.#unproven.add(flow, nowMs);
    if (this.#scanners?.test(request.headers.get('User-Agent') ?? '')) {
      this.counters.scanners++;
      this.#trial.offence(source, 'scanner', flow, nowMs);
      return 'drop';
    }
    if (!flow.isReliable && request.method !== 'REGISTER' && !this.#proofs.hasSource(source)) {
      this.counters.strangers++;
      this.#trial.offence(source, 'probe', flow, nowMs);
      return 'drop';
    }
    const account = claimedAccount(request);
    if (account !== undefined && this.#trial.isShutOut(source, account, nowMs)) {
      return flow.isReliable ? this.#refuse(request, 403, 'Too Many Wrong Passwords') : 'drop';
    }
    if (this.#gates.requests.admits(source, this.#proofs.hasSource(source), nowMs)) return undefined;
    this.counters.requestsOverRate++;
    this.#trial.offence(source, 'flood', flow, nowMs);
    return flow.isReliable ? this.#refuse(request, 503, 'Too Many Requests') : 'drop';
  }

  #refuse(request: SipRequest, status: number, reason: string): SipResponse {
    const response = makeResponse(request, status, { reason, toTag: this.#options.random.hex(8) });
    if (status === 503) response.headers.append('Retry-After', String(RETRY_AFTER_SEC));
    return response;
  }

  #tell({ source, scope, because, untilMs, sinceMs }: Ban): void {
    this.counters.bans++;
    const forSec = untilMs === undefined ? undefined : Math.round((untilMs - sinceMs) / 1_000);
    this.#options.log?.info({ address: source, scope, because, forSec }, 'source banned');
  }
}

/** The gateway has seen that the password is right: it gives this for nothing else. */
function provesAccount(request: SipRequest, finalStatus: number): boolean {
  if (finalStatus < 200 || finalStatus >= 300 || isInDialog(request)) return false;
  return request.method === 'REGISTER' || request.method === 'INVITE';
}
