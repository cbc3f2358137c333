import { type Rate, RateTable } from './rate.ts';
import type { ProtectionSettings } from './settings.ts';

/** One limit for each source and one for all strangers together. */
class Gate {
  readonly #bySource: RateTable;
  readonly #strangers: RateTable;

  constructor(perSource: Rate, strangers: Rate, maxRemembered: number) {
    this.#bySource = new RateTable(perSource, maxRemembered);
    this.#strangers = new RateTable(strangers, 1);
  }

  get size(): number {
    return this.#bySource.size;
  }

  /** A source from which somebody has proved an account does not share with strangers. */
  admits(source: string, isKnown: boolean, nowMs: number): boolean {
    if (!this.#bySource.take(source, nowMs)) return false;
    return isKnown || this.#strangers.take('', nowMs);
  }
}

/** Share of a request that one within a dialog counts: calls send many. */
const IN_DIALOG_SHARE = 0.2;

/** How much of each kind may pass. */
export class Gates {
  readonly datagrams: Gate;
  readonly connections: Gate;
  readonly requests: Gate;
  readonly #accounts: RateTable;
  readonly #emergencies: RateTable;

  constructor({ rates, maxRemembered }: ProtectionSettings) {
    this.datagrams = new Gate(rates.datagramsPerSource, rates.strangersDatagrams, maxRemembered);
    this.connections = new Gate(rates.connectionsPerSource, rates.strangersConnections, maxRemembered);
    this.requests = new Gate(rates.requestsPerSource, rates.strangersRequests, maxRemembered);
    this.#accounts = new RateTable(rates.requestsPerAccount, maxRemembered);
    this.#emergencies = new RateTable(rates.emergenciesPerSource, maxRemembered);
  }

  admitsOfAccount(account: string, isInDialog: boolean, nowMs: number): boolean {
    return this.#accounts.take(account, nowMs, isInDialog ? IN_DIALOG_SHARE : 1);
  }

  admitsEmergency(source: string, nowMs: number): boolean {
    return this.#emergencies.take(source, nowMs);
  }

  /** Buckets that are remembered. */
  get size(): number {
    const { datagrams, connections, requests } = this;
    return datagrams.size + connections.size + requests.size + this.#accounts.size + this.#emergencies.size;
  }
}
