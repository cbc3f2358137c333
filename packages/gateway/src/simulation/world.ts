import { MediaHost, MemoryRtpNetwork } from '@unisono/media';
import { applyChange, type Change, compileSystem, demoSystem, type System, type SystemData } from '@unisono/pbx';
import {
  FakeNetwork,
  type FakeNetworkOptions,
  type FakeNode,
  numericLocator,
  SeededRandom,
  VirtualClock,
} from '@unisono/sip';
import { Gateway } from '../gateway.ts';
import { type CallRecord, type StoredBinding, type SystemSource, silentLog } from '../ports.ts';
import { SimPhone } from './phone.ts';

export interface WorldOptions {
  readonly seed: number;
  readonly network?: Partial<Omit<FakeNetworkOptions, 'clock' | 'random'>>;
  /** Changes the demo company before it is compiled. */
  readonly adapt?: (data: SystemData) => SystemData;
}

export const GATEWAY_ADDRESS = '10.0.0.1';
export const GATEWAY_PORT = 5060;

/** Call records as a store keeps them: opened, then closed once. */
export class RecordLedger {
  readonly opened = new Map<string, CallRecord>();
  readonly closed = new Map<string, CallRecord>();
  /** Records closed twice or never opened: must stay empty. */
  readonly faults: string[] = [];

  open(record: CallRecord): void {
    if (this.opened.has(record.id)) this.faults.push(`opened twice: ${record.id}`);
    this.opened.set(record.id, record);
  }

  close(record: CallRecord): void {
    if (!this.opened.has(record.id)) this.faults.push(`closed, never opened: ${record.id}`);
    if (this.closed.has(record.id)) this.faults.push(`closed twice: ${record.id}`);
    this.closed.set(record.id, record);
  }
}

/** System data in memory, changed as the database does it. */
class MemorySystem implements SystemSource {
  #system: System;
  readonly #listeners: ((system: System) => void)[] = [];

  constructor(data: SystemData) {
    this.#system = compileSystem(data);
  }

  current(): System {
    return this.#system;
  }

  apply(change: Change): { ok: true } | { ok: false; message: string } {
    const result = applyChange(this.#system, change);
    if (!result.ok) return { ok: false, message: result.errors[0]?.message ?? 'refused' };
    this.#system = result.system;
    for (const listener of this.#listeners) listener(this.#system);
    return { ok: true };
  }

  onChange(listener: (system: System) => void): void {
    this.#listeners.push(listener);
  }
}

/** A gateway with the demo company and any number of phones, in one thread and virtual time. */
export class World {
  readonly clock = new VirtualClock();
  readonly random: SeededRandom;
  readonly network: FakeNetwork;
  readonly records = new RecordLedger();
  readonly bindings = new Map<string, StoredBinding>();
  readonly system: SystemSource;
  readonly media: MediaHost;
  readonly rtp: MemoryRtpNetwork;
  readonly phones: SimPhone[] = [];
  gateway: Gateway;
  gatewayNode!: FakeNode;
  #nextHost = 10;

  constructor(options: WorldOptions) {
    this.random = new SeededRandom(options.seed);
    this.network = new FakeNetwork({ delayMs: [1, 20], ...options.network, clock: this.clock, random: this.random });
    const demo = demoSystem({ random: this.random });
    this.system = new MemorySystem(options.adapt ? options.adapt(demo) : demo);
    this.rtp = new MemoryRtpNetwork(this.clock, this.random);
    this.media = new MediaHost({
      sockets: this.rtp,
      clock: this.clock,
      random: this.random,
      bindAddress: GATEWAY_ADDRESS,
      ports: { min: 20_000, max: 29_999 },
    });
    this.gateway = this.#boot();
  }

  /** Switches the gateway off without a word and on again: only what its stores keep is left. */
  restartGateway(): void {
    this.gatewayNode.vanish();
    this.gateway.ua.close();
    this.gateway = this.#boot();
  }

  /** A desk phone of a station. */
  deskPhone(station: string, transport: 'udp' | 'tcp' = 'udp'): SimPhone {
    const account = this.system.current().stations.get(station)?.device?.account;
    if (!account) throw new Error(`Station ${station} has no phone.`);
    return this.#phone(account.username, account.password ?? '', transport);
  }

  /** A client of a user, by the id of the UFIP device. */
  client(ufipDevice: string, transport: 'udp' | 'tcp' = 'udp'): SimPhone {
    const account = this.system.current().ufipDevices.get(ufipDevice)?.account;
    if (!account) throw new Error(`There is no UFIP device ${ufipDevice}.`);
    return this.#phone(account.username, account.password ?? '', transport);
  }

  advance(ms: number): void {
    this.clock.advance(ms);
  }

  #phone(username: string, password: string, transport: 'udp' | 'tcp'): SimPhone {
    const host = this.#nextHost++;
    const phone = new SimPhone({
      network: this.network,
      clock: this.clock,
      random: this.random,
      address: `10.0.${host >> 8}.${host & 255}`,
      port: 5060,
      transport,
      server: { transport, address: GATEWAY_ADDRESS, port: GATEWAY_PORT },
      domain: this.system.current().data.company.domain,
      username,
      password,
    });
    this.phones.push(phone);
    return phone;
  }

  #boot(): Gateway {
    const gateway = new Gateway({
      connect: (events) => {
        this.gatewayNode = this.network.attach(GATEWAY_ADDRESS, GATEWAY_PORT, events, ['udp', 'tcp']);
        return this.gatewayNode;
      },
      clock: this.clock,
      random: this.random,
      locator: numericLocator,
      system: this.system,
      registrations: {
        load: () => [...this.bindings.values()],
        save: (binding) => void this.bindings.set(`${binding.device} ${binding.key}`, binding),
        remove: (device, key) => void this.bindings.delete(`${device} ${key}`),
      },
      records: this.records,
      media: this.media,
      log: silentLog,
      nonceSecret: 'simulation nonce secret, never used outside',
      product: 'Unisono',
    });
    gateway.start();
    return gateway;
  }
}
