import assert from 'node:assert/strict';
import type { SystemData } from '@unisono/pbx';
import {
  type FakeNetworkOptions,
  type FakeNode,
  InProcessLink,
  type SessionTimerPolicy,
  type Transport,
  type TransportEvents,
  type TransportName,
  TransportWithLink,
} from '@unisono/sip';
import { simulatedCompany } from '../../../packages/gateway/src/simulation/company.ts';
import type { SimEndpoint } from '../../../packages/gateway/src/simulation/endpoint.ts';
import type { PhoneCall, SimPhone } from '../../../packages/gateway/src/simulation/phone.ts';
import { ProcessClock } from '../../../packages/gateway/src/simulation/process-clock.ts';
import { GATEWAY_ADDRESS, GATEWAY_PORT, settled, World } from '../../../packages/gateway/src/simulation/world.ts';
import { type CallStore, type Guard, type KeptCall, Sbc } from '../../../packages/sbc/src/index.ts';
import { silentLog } from '../../../packages/sbc/src/log.ts';
import { FakeEngine } from '../../../packages/sbc/src/testing/fake-engine.ts';
import { RemoteClient } from './remote-client.ts';

export const OUTSIDE = { address: '203.0.113.1', port: 8443 } as const;
export const INSIDE = { address: '10.0.0.2', port: 5070 } as const;
/** Another border beside it, with the same secret. */
export const OTHER_OUTSIDE = { address: '203.0.113.2', port: 8443 } as const;
const OTHER_INSIDE = { address: '10.0.0.3', port: 5070 } as const;

/** How the border reaches its gateway. */
export type Joint = 'link' | 'sockets';

const SECRET = Buffer.alloc(32, 1);

/** A border beside that of the stage. */
export interface Other {
  readonly sbc: Sbc;
  readonly engine: FakeEngine;
}

export interface BorderStageOptions {
  /** Decides what chance brings. Default 1. */
  readonly seed?: number;
  readonly joint?: Joint;
  /** What the border hears on outside. Default all four. */
  readonly doors?: readonly TransportName[];
  readonly network?: Partial<Omit<FakeNetworkOptions, 'clock' | 'random'>>;
  readonly adapt?: (data: SystemData) => SystemData;
  readonly guard?: Guard;
  readonly sessionTimer?: SessionTimerPolicy;
}

/**
 * A border with a gateway behind it, desk phones and a provider inside, clients outside: one thread, virtual time, a fake
 * media engine. Everything that is sent outside is kept.
 */
export class BorderStage {
  readonly world: World;
  readonly joint: Joint;
  /** What the border sent to clients, and clients to the border. */
  readonly sentOut: { readonly to: string; readonly transport: TransportName; readonly text: string }[] = [];
  readonly sentIn: string[] = [];
  /** Calls as they are on the border's disk. */
  readonly kept = new MemoryCalls();
  sbc!: Sbc;
  engine!: FakeEngine;
  outside!: FakeNode;
  inside: FakeNode | undefined;
  #link: InProcessLink | undefined;
  #clock!: ProcessClock;
  #nextHost = 10;
  readonly #options: BorderStageOptions;

  constructor(options: BorderStageOptions = {}) {
    this.#options = options;
    this.joint = options.joint ?? 'link';
    const { adapt = (data: SystemData) => data } = options;
    this.world = new World({
      seed: options.seed ?? 1,
      network: { delayMs: 5, ...options.network },
      adapt: (demo) => adapt(remoteCarla(simulatedCompany(demo))),
      ...(options.sessionTimer === undefined ? {} : { sessionTimer: options.sessionTimer }),
      isBorder: (address) => [INSIDE.address, OTHER_INSIDE.address, '192.0.0.8'].includes(address),
      beside: (sockets, events) => this.#besideSockets(sockets, events),
    });
    const { tap } = this.world.network;
    this.world.network.tap = (sent) => {
      tap?.(sent);
      const text = sent.bytes.toString('latin1');
      if (sent.from.address === OUTSIDE.address) {
        this.sentOut.push({ to: sent.to.address, transport: sent.transport, text });
      } else if (sent.to.address === OUTSIDE.address) this.sentIn.push(text);
    };
    this.startSbc();
  }

  /** Starts a border, as at the first time or after a restart: with an engine as new as itself, or one that went on. */
  startSbc({ engine = new FakeEngine(), doGatewaysOutlive = true } = {}): void {
    const { clock, random, network } = this.world;
    this.#clock = new ProcessClock(clock);
    this.engine = engine;
    this.sbc = new Sbc({
      connectOutside: (events) => {
        const { address, port } = OUTSIDE;
        this.outside = network.attach(address, port, events, this.#options.doors ?? ['wss', 'tls', 'tcp', 'udp']);
        return this.outside;
      },
      connectInside: (events) => {
        const link = this.#link;
        if (link) return link.b.attach(events);
        this.inside = network.attach(INSIDE.address, INSIDE.port, events, ['udp', 'tcp']);
        return this.inside;
      },
      gateways: [this.#link ? this.#link.a.target : { transport: 'udp', address: GATEWAY_ADDRESS, port: GATEWAY_PORT }],
      engine: this.engine,
      sealSecret: SECRET,
      ownNames: () => [OUTSIDE.address, 'sbc.example.com'],
      insideNames: [INSIDE.address],
      guard: this.#options.guard,
      store: this.kept,
      doGatewaysOutlive,
      clock: this.#clock,
      random,
      log: silentLog,
      product: 'Unisono',
    });
    this.sbc.start();
  }

  /** Another border beside the first, at the same gateway: it shares nothing with it but the secret. */
  startOther(): Other {
    const { clock, random, network } = this.world;
    const engine = new FakeEngine();
    const sbc = new Sbc({
      connectOutside: (events) => network.attach(OTHER_OUTSIDE.address, OTHER_OUTSIDE.port, events, ['wss']),
      connectInside: (events) => network.attach(OTHER_INSIDE.address, OTHER_INSIDE.port, events, ['udp', 'tcp']),
      gateways: [{ transport: 'udp', address: GATEWAY_ADDRESS, port: GATEWAY_PORT }],
      engine,
      sealSecret: SECRET,
      ownNames: () => [OTHER_OUTSIDE.address],
      clock: new ProcessClock(clock),
      random,
      log: silentLog,
      product: 'Unisono',
    });
    sbc.start();
    return { sbc, engine };
  }

  /** The border's process dies; connections break. */
  stopSbc(): void {
    this.#clock.die();
    this.outside.close();
    this.inside?.close();
  }

  /** A client of a user, by the id of the UFIP device. */
  client(ufipDevice: string, transport: TransportName = 'wss'): RemoteClient {
    const account = this.world.system.current().ufipDevices.get(ufipDevice)?.account;
    assert.ok(account);
    return this.#remote(account.username, account.password ?? '', transport);
  }

  /** A desk phone outside. */
  remotePhone(station: string, transport: TransportName = 'tls'): RemoteClient {
    const account = this.world.system.current().stations.get(station)?.device?.account;
    assert.ok(account);
    return this.#remote(account.username, account.password ?? '', transport);
  }

  /** Lets time pass, promises included. */
  async pass(ms: number): Promise<void> {
    const { clock } = this.world;
    const untilMs = clock.nowMs() + ms;
    await settled();
    for (let due = clock.nextDueMs(); due !== undefined && due <= untilMs; due = clock.nextDueMs()) {
      clock.step();
      await settled();
    }
    clock.advance(untilMs - clock.nowMs());
    await settled();
  }

  async register(...phones: SimPhone[]): Promise<void> {
    for (const phone of phones) phone.register();
    await this.pass(500);
    for (const phone of phones) assert.equal(phone.registerStatus, 200, phone.username);
  }

  async dial(phone: SimPhone, number: string): Promise<PhoneCall> {
    const call = phone.dial(number);
    await this.pass(300);
    return call;
  }

  /** The call ringing at this phone. */
  ringing(endpoint: SimEndpoint): PhoneCall {
    const call = endpoint.calls.find((one) => one.state === 'ringing');
    assert.ok(call, `${endpoint.username} does not ring`);
    return call;
  }

  async answer(endpoint: SimEndpoint): Promise<PhoneCall> {
    const call = this.ringing(endpoint);
    endpoint.answer(call);
    await this.pass(300);
    return call;
  }

  /** Two in a call. */
  async connect(from: SimPhone, number: string, to: SimEndpoint): Promise<{ out: PhoneCall; in: PhoneCall }> {
    const out = await this.dial(from, number);
    const incoming = await this.answer(to);
    assert.equal(out.state, 'answered', `${out.status}`);
    return { out, in: incoming };
  }

  async hangUp(endpoint: SimEndpoint, call: PhoneCall): Promise<void> {
    endpoint.hangUp(call);
    await this.pass(300);
  }

  /** What must hold when all is over: nothing of any call is left at the border. */
  async assertQuiet(): Promise<void> {
    await this.pass(40_000);
    assert.equal(this.sbc.snapshot().calls, 0);
    assert.deepEqual(this.engine.calls, []);
    assert.equal(this.kept.size, 0);
    // Keep-alives come and go: there must be a moment without any transaction.
    const busy = () =>
      Object.values(this.sbc.snapshot().transactions).some(({ clients, servers }) => clients + servers > 0);
    for (let waited = 0; busy() && waited < 600; waited++) await this.pass(1_000);
    assert.equal(busy(), false, JSON.stringify(this.sbc.snapshot().transactions));
  }

  #remote(username: string, password: string, transport: TransportName): RemoteClient {
    const { network, clock, random, system } = this.world;
    return new RemoteClient({
      network,
      clock,
      random,
      address: `198.51.100.${this.#nextHost++}`,
      port: 5060,
      transport,
      server: { transport, ...OUTSIDE },
      domain: system.current().data.company.domain,
      username,
      password,
      extensions: ['timer', 'replaces', '100rel', 'outbound', 'path'],
    });
  }

  #besideSockets(sockets: Transport, events: TransportEvents): Transport {
    if (this.joint === 'sockets') return sockets;
    this.#link ??= new InProcessLink({
      defer: queueMicrotask,
      onError: (error) => {
        throw error;
      },
    });
    return new TransportWithLink(sockets, this.#link.a.attach(events));
  }
}

class MemoryCalls implements CallStore {
  readonly #calls = new Map<string, string>();

  get size(): number {
    return this.#calls.size;
  }

  load(): KeptCall[] {
    return [...this.#calls.values()].map((text) => JSON.parse(text) as KeptCall);
  }

  save(call: KeptCall): void {
    this.#calls.set(call.key, JSON.stringify(call));
  }

  remove(key: string): void {
    this.#calls.delete(key);
  }
}

/** Carla's desk phone may be used from outside. */
function remoteCarla(data: SystemData): SystemData {
  const stations = data.stations.map((station) =>
    station.number === '4022' && station.device ? { ...station, device: { ...station.device, remote: true } } : station,
  );
  return { ...data, stations };
}
