import { MediaHost, MemoryRtpNetwork } from '@unisono/media';
import { demoSystem, type SystemData } from '@unisono/pbx';
import {
  FakeNetwork,
  type FakeNetworkOptions,
  type FakeNode,
  numericLocator,
  SeededRandom,
  type SessionTimerPolicy,
  type Transport,
  type TransportEvents,
  VirtualClock,
} from '@unisono/sip';
import { Gateway } from '../gateway.ts';
import { type StoredBinding, silentLog, type VoicemailStore } from '../ports.ts';
import { SimClientKeys } from './client-keys.ts';
import type { EndpointOptions } from './endpoint-options.ts';
import { SimPhone } from './phone.ts';
import { ProcessClock } from './process-clock.ts';
import { type ProviderOptions, SimProvider } from './provider.ts';
import { MemorySystem, RecordLedger, recordsOf, registrationsOf } from './stores.ts';
import { Wire } from './wire.ts';

export interface WorldOptions {
  readonly seed: number;
  readonly network?: Partial<Omit<FakeNetworkOptions, 'clock' | 'random'>>;
  /** Changes the demo company before it is compiled. */
  readonly adapt?: (data: SystemData) => SystemData;
  /** The gateway's session timer. */
  readonly sessionTimer?: SessionTimerPolicy | undefined;
  /** What the gateway has beside its sockets: an end of a link to a border. */
  readonly beside?: ((sockets: Transport, events: TransportEvents) => Transport) | undefined;
  /** Whoever is on hold hears music. */
  readonly musicOnHold?: boolean;
  /** Users whose clients can be woken. */
  readonly sleepers?: ReadonlySet<string>;
  /** Without it nobody has a mailbox. */
  readonly voicemail?: VoicemailStore | undefined;
  /** Tells the gateway which addresses are borders. */
  readonly isBorder?: ((address: string) => boolean) | undefined;
}

/** What may differ from phone to phone. */
export type PhoneTraits = Pick<
  EndpointOptions,
  'extensions' | 'methods' | 'sessionTimer' | 'signInAs' | 'instance' | 'tellsMicrophone'
>;

/** A provider may ask the gateway to sign in. */
export type ProviderTraits = PhoneTraits & Pick<ProviderOptions, 'account'>;

export const GATEWAY_ADDRESS = '10.0.0.1';
export const GATEWAY_PORT = 5060;

/** A gateway with a company, any number of phones and a public network, in one thread and virtual time. */
export class World {
  readonly clock = new VirtualClock();
  readonly random: SeededRandom;
  readonly network: FakeNetwork;
  readonly wire = new Wire();
  readonly records = new RecordLedger();
  readonly bindings = new Map<string, StoredBinding>();
  readonly clientKeys = new SimClientKeys();
  readonly system: MemorySystem;
  readonly phones: SimPhone[] = [];
  /** Of the gateway's process that runs now. */
  gateway!: Gateway;
  gatewayNode!: FakeNode;
  gatewayClock!: ProcessClock;
  /** Told when the gateway's process ends. */
  onGatewayDeath: (() => void) | undefined;
  rtp!: MemoryRtpNetwork;
  media!: MediaHost;
  readonly #options: WorldOptions;
  #nextHost = 10;

  constructor(options: WorldOptions) {
    this.random = new SeededRandom(options.seed);
    this.network = new FakeNetwork({ delayMs: [1, 20], ...options.network, clock: this.clock, random: this.random });
    this.network.tap = (sent) => {
      if (sent.from.address === GATEWAY_ADDRESS) this.wire.sent(sent);
    };
    this.#options = options;
    const demo = demoSystem({ random: this.random });
    this.system = new MemorySystem(options.adapt ? options.adapt(demo) : demo);
    this.startGateway();
  }

  /** A desk phone of a station. */
  deskPhone(station: string, transport: 'udp' | 'tcp' = 'udp', traits: PhoneTraits = {}): SimPhone {
    const account = this.system.current().stations.get(station)?.device?.account;
    if (!account) throw new Error(`Station ${station} has no phone.`);
    return this.#phone(account.username, account.password ?? '', transport, traits);
  }

  /** A client of a user, by the id of the UFIP device. */
  client(ufipDevice: string, transport: 'udp' | 'tcp' = 'udp', traits: PhoneTraits = {}): SimPhone {
    const account = this.system.current().ufipDevices.get(ufipDevice)?.account;
    if (!account) throw new Error(`There is no UFIP device ${ufipDevice}.`);
    return this.#phone(account.username, account.password ?? '', transport, traits);
  }

  /**
   * One installation of a user's client, with credentials of its own that are issued now. Its address of record is its user
   * name, or `aor`.
   */
  installation(
    ufipDevice: string,
    installation: string,
    validSec = 86_400,
    aor?: string,
    traits: PhoneTraits = {},
  ): SimPhone {
    const user = this.system.current().ufipDevices.get(ufipDevice)?.user ?? '';
    const issuedAtSec = Math.floor(this.clock.epochMs() / 1_000);
    const period = { issuedAtSec, expiresAtSec: issuedAtSec + validSec };
    const { username, password } = this.clientKeys.issue({ ufipDevice, installation, ...period }, user);
    return this.#phone(aor ?? username, password, 'tcp', { ...traits, signInAs: username });
  }

  /** The far end of a trunk whose peer has this address. */
  provider(address: string, transport: 'udp' | 'tcp' = 'udp', traits: ProviderTraits = {}): SimProvider {
    return new SimProvider({ ...this.#endpoint(address, transport), ...traits });
  }

  /** Lets time pass. Machines that answer by promises need `pass`. */
  advance(ms: number): void {
    this.clock.advance(ms);
  }

  /** Lets time pass step by step, and after each step whatever promises are due. */
  async pass(ms: number): Promise<void> {
    const untilMs = this.clock.nowMs() + ms;
    for (let due = this.clock.nextDueMs(); due !== undefined && due <= untilMs; due = this.clock.nextDueMs()) {
      const before = this.wire.count;
      this.clock.step();
      // Promises are made only where messages are worked on.
      if (this.wire.count > before) await settled();
    }
    this.clock.advance(untilMs - this.clock.nowMs());
  }

  /** Switches the gateway off without a word: only what its stores keep is left. `isKilled`: the machine stays, so connections end. */
  stopGateway(isKilled = false): void {
    this.gatewayClock.die();
    this.system.forgetListeners();
    this.clientKeys.forgetListeners();
    if (isKilled) this.gatewayNode.close();
    else this.gatewayNode.vanish();
    this.onGatewayDeath?.();
  }

  /** Starts a gateway on what the stores hold. */
  startGateway(): void {
    const clock = new ProcessClock(this.clock);
    const isAlive = () => clock.isAlive;
    this.records.closeInterrupted(this.clock.epochMs());
    this.gatewayClock = clock;
    this.rtp = new MemoryRtpNetwork(clock, this.random);
    this.media = new MediaHost({
      sockets: this.rtp,
      clock,
      random: this.random,
      bindAddress: GATEWAY_ADDRESS,
      ports: { min: 20_000, max: 29_999 },
    });
    this.gateway = new Gateway({
      connect: (events) => {
        const heard = this.wire.around(events, () => this.clock.nowMs());
        this.gatewayNode = this.network.attach(GATEWAY_ADDRESS, GATEWAY_PORT, heard, ['udp', 'tcp']);
        return this.#options.beside?.(this.gatewayNode, heard) ?? this.gatewayNode;
      },
      clock,
      random: this.random,
      locator: numericLocator,
      system: this.system,
      registrations: registrationsOf(isAlive, this.bindings),
      records: recordsOf(isAlive, this.records),
      media: this.media,
      clients: this.clientKeys,
      voicemail: this.#options.voicemail,
      musicOnHold: this.#options.musicOnHold,
      sleepers: { canBeWoken: (user) => this.#options.sleepers?.has(user) ?? false },
      log: silentLog,
      nonceSecret: 'simulation nonce secret, never used outside',
      product: 'Unisono',
      sessionTimer: this.#options.sessionTimer,
      isBorder: this.#options.isBorder,
    });
    this.gateway.start();
  }

  restartGateway(isKilled = false): void {
    this.stopGateway(isKilled);
    this.startGateway();
  }

  #phone(username: string, password: string, transport: 'udp' | 'tcp', traits: PhoneTraits): SimPhone {
    const host = this.#nextHost++;
    const phone = new SimPhone({
      ...this.#endpoint(`10.0.${host >> 8}.${host & 255}`, transport),
      ...traits,
      domain: this.system.current().data.company.domain,
      username,
      password,
    });
    this.phones.push(phone);
    return phone;
  }

  #endpoint(address: string, transport: 'udp' | 'tcp') {
    return {
      network: this.network,
      clock: this.clock,
      random: this.random,
      address,
      port: 5060,
      transport,
      server: { transport, address: GATEWAY_ADDRESS, port: GATEWAY_PORT },
    };
  }
}

/** Lets every promise that is due run; virtual time stands still. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
