import type { MediaHost } from '@unisono/media';
import type { System } from '@unisono/pbx';
import {
  type Clock,
  type DigestAlgorithm,
  type Locator,
  type Random,
  type SessionTimerPolicy,
  type TransactionTimers,
  type Transport,
  type TransportEvents,
  UserAgent,
} from '@unisono/sip';
import { AdmissionControl } from './admission/admission.ts';
import { DEFAULT_LOAD_LIMITS, type LoadLimits, LoadMeter } from './admission/load-meter.ts';
import { Applications } from './application/applications.ts';
import { HoldMusic } from './application/hold-music.ts';
import { CallTable } from './call/call-table.ts';
import type { CallServices } from './call/services.ts';
import { UserCalls } from './call/user-calls.ts';
import { ConferenceEvents } from './conference/conference-events.ts';
import { Conferences } from './conference/focus.ts';
import { DialogEvents } from './events/dialog-events.ts';
import { EventPackages } from './events/event-packages.ts';
import { UserCallFeed } from './events/user-call-feed.ts';
import { judgeRouteOf } from './identity/border-route.ts';
import { isSosUrn } from './identity/caller.ts';
import type { IsBorder } from './identity/origin.ts';
import type {
  CallRecord,
  CallRecordStore,
  ClientKeys,
  Log,
  RegistrationStore,
  SleepingClients,
  StoredBinding,
  SystemSource,
  VoicemailStore,
} from './ports.ts';
import { KeepAlive } from './registrar/keep-alive.ts';
import { type Binding, stationOf } from './registrar/location.ts';
import { Registrar } from './registrar/registrar.ts';
import type { ExpiryPolicy } from './registrar/registration.ts';
import { RequestDesk } from './request-desk.ts';
import { Trunks } from './trunk/trunks.ts';
import { MessageSummary } from './voicemail/message-summary.ts';
import { Voicemail } from './voicemail/voicemail.ts';

export interface GatewayOptions {
  /** Opens the transport; `admit` is to be asked before a datagram of that source address is parsed. */
  readonly connect: (events: TransportEvents, admit: (address: string) => boolean) => Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly locator: Locator;
  readonly system: SystemSource;
  readonly registrations: RegistrationStore;
  readonly records: CallRecordStore;
  readonly media: MediaHost;
  /** Absent: clients sign in with the account of their UFIP device alone. */
  readonly clients?: ClientKeys | undefined;
  /** Absent: nobody's clients are woken. */
  readonly sleepers?: SleepingClients | undefined;
  /** Whoever is put on hold hears music; absent: what the phone that holds sends, which is mostly nothing. */
  readonly musicOnHold?: boolean | undefined;
  /** Where messages are kept; without it nobody has a mailbox. */
  readonly voicemail?: VoicemailStore | undefined;
  readonly log: Log;
  /** Tells whether an address is one of our borders, which may say where a request came from; none is, when absent. */
  readonly isBorder?: IsBorder | undefined;
  /** Signs digest nonces, at least 16 octets; kept over restarts so that phones need no second try. */
  readonly nonceSecret: string | Buffer;
  /** Offered to devices in this order (RFC 8760 §2.4); default SHA-256, MD5. Some phones refuse a challenge that they do not know. */
  readonly digestAlgorithms?: readonly DigestAlgorithm[] | undefined;
  /** Value of User-Agent and Server. */
  readonly product: string;
  readonly timers?: TransactionTimers | undefined;
  readonly sessionTimer?: SessionTimerPolicy | undefined;
  readonly expiry?: ExpiryPolicy | undefined;
  readonly loadLimits?: LoadLimits | undefined;
  /** Share of the time since it was last asked that this process was busy, 0 … 1. */
  readonly utilization?: (() => number) | undefined;
}

/** What this node understands (RFC 3261 §20.5). */
const METHODS = [
  'INVITE',
  'ACK',
  'CANCEL',
  'BYE',
  'OPTIONS',
  'REGISTER',
  'PRACK',
  'UPDATE',
  'INFO',
  'REFER',
  'SUBSCRIBE',
  'NOTIFY',
  'MESSAGE',
];
const EXTENSIONS = ['100rel', 'timer', 'replaces', 'path', 'outbound'];

/** A PBX node: registrar, call control and trunks on one transport. */
export class Gateway {
  readonly ua: UserAgent;
  readonly registrar: Registrar;
  readonly trunks: Trunks;
  readonly services: CallServices;
  readonly admission: AdmissionControl;
  /** What changes about the calls of stations. */
  readonly userCallFeed: UserCallFeed;
  readonly #dialogEvents: DialogEvents;
  readonly #conferenceEvents: ConferenceEvents;
  readonly #keepAlive: KeepAlive;
  readonly #meter: LoadMeter;
  readonly #options: GatewayOptions;

  constructor(options: GatewayOptions) {
    this.#options = options;
    const { clock, random, log } = options;
    const system = () => options.system.current();
    this.#meter = new LoadMeter(
      clock,
      {
        calls: () => this.services.calls.size,
        transactions: () => this.ua.layer.counts.servers,
        utilization: options.utilization,
      },
      options.loadLimits ?? DEFAULT_LOAD_LIMITS,
    );
    this.admission = new AdmissionControl({ meter: this.#meter, random, nowMs: () => clock.nowMs(), system });
    const desk = new RequestDesk(options, this.admission, () => this.services);
    this.ua = new UserAgent({
      connect: (events) => options.connect(events, (address) => this.admission.admitDatagram(address)),
      clock,
      random,
      locator: options.locator,
      handler: desk,
      product: options.product,
      methods: METHODS,
      extensions: EXTENSIONS,
      passedOn: ['INVITE'],
      servesUri: isSosUrn,
      timers: options.timers,
      sessionTimer: options.sessionTimer,
      judgeRoute: options.isBorder && judgeRouteOf(options.isBorder),
    });
    this.registrar = new Registrar({
      clock,
      random,
      store: options.registrations,
      log,
      system,
      expiry: options.expiry,
      onBound: (binding) => this.#onBound(binding),
      isRevoked: options.clients && ((installation) => options.clients?.isRevoked(installation) === true),
    });
    this.trunks = new Trunks({ ua: this.ua, clock, random, locator: options.locator, log, system });
    this.#keepAlive = new KeepAlive({ ua: this.ua, registrar: this.registrar, clock, random, log, system });
    this.#dialogEvents = new DialogEvents(() => this.services);
    this.#conferenceEvents = new ConferenceEvents(() => this.services);
    this.userCallFeed = new UserCallFeed(() => this.services);
    this.services = {
      ua: this.ua,
      clock,
      random,
      log,
      registrar: this.registrar,
      trunks: this.trunks,
      applications: new Applications(options.media),
      conferences: new Conferences(
        { host: options.media, clock, language: () => system().data.company.language },
        (octets) => random.hex(octets),
      ),
      music: options.musicOnHold === true ? new HoldMusic(options.media) : undefined,
      voicemail: voicemailOf(options),
      events: new EventPackages([
        this.#dialogEvents,
        this.#conferenceEvents,
        ...(options.voicemail ? [new MessageSummary(() => this.services, options.voicemail)] : []),
      ]),
      userCalls: new UserCalls(),
      calls: new CallTable(),
      records: options.records,
      sleepers: options.sleepers,
      systemSource: options.system,
      system,
      domain: () => system().data.company.domain,
    };
  }

  /** Starts trunks and supervision, and follows changes of the system data. */
  start(): void {
    this.services.userCalls.onChange = (station) => {
      this.#dialogEvents.onStationChanged(station);
      this.userCallFeed.onStationChanged(station);
    };
    this.services.conferences.onChange = (focus) => this.#conferenceEvents.onConferenceChanged(focus);
    this.trunks.onSystemChanged(this.#options.system.current());
    this.#keepAlive.start();
    this.#meter.start();
    this.#options.system.onChange((system) => this.#onSystemChanged(system));
    this.#options.clients?.onRevoked((installation) => this.registrar.dropInstallation(installation));
  }

  /** What is going on now. */
  snapshot() {
    const { clients, servers } = this.ua.layer.counts;
    return {
      calls: this.services.calls.size,
      sessions: this.ua.sessionCount,
      contacts: this.registrar.locations.size,
      clientTransactions: clients,
      serverTransactions: servers,
      lagMs: Math.round(this.#meter.lagMs),
      ...this.admission.counters,
      conferences: this.services.conferences.count,
      busyStations: this.services.userCalls.busyStations,
      trunks: this.trunks.snapshot(),
    };
  }

  /** Every contact that is registered, as it would be stored. */
  contactsNow(): StoredBinding[] {
    const nowMs = this.#options.clock.epochMs();
    return [...this.registrar.locations.all()].filter(({ expiresAtMs }) => expiresAtMs > nowMs);
  }

  /** The record of every call that is alerting or running, as far as it is. */
  callsNow(): CallRecord[] {
    return [...this.services.calls.values()].map(({ records }) => records.now);
  }

  /** Ends every call with BYE, takes registrations at providers back, and stops. */
  close(): void {
    for (const call of [...this.services.calls.values()]) call.hangUp('The system is shutting down');
    this.#keepAlive.close();
    this.#meter.close();
    this.trunks.close();
  }

  /** A device that was not there has come: what rings for its user rings there too. */
  #onBound(binding: Binding): void {
    const station = stationOf(this.services.system(), binding.device);
    if (station === undefined) return;
    for (const call of this.services.userCalls.of(station)) call.joinRinging(station, binding);
  }

  #onSystemChanged(system: System): void {
    this.registrar.onSystemChanged(system);
    this.trunks.onSystemChanged(system);
    this.#dialogEvents.onSystemChanged(system);
    for (const call of [...this.services.calls.values()]) call.onSystemChanged(system);
  }
}

function voicemailOf(options: GatewayOptions): Voicemail | undefined {
  const { voicemail: store, media: host, system, clock, random, log } = options;
  return store && new Voicemail({ host, store, system, clock, random, log });
}
