/** A gateway with its callers and phones, all in one thread. */
import { Gateway, silentLog } from '@unisono/gateway';
import { MediaHost, SystemMediaClock, UdpRtpSockets } from '@unisono/media';
import { readSystem, type SystemData } from '@unisono/pbx';
import { numericLocator, SystemRandom } from '@unisono/sip';
import { MemorySystem } from '../../packages/gateway/src/simulation/stores.ts';
import { Callers } from '../load/callers.ts';
import { Devices } from '../load/devices.ts';
import type { CallMeter } from '../load/meter.ts';
import { Registrations } from '../load/registrations.ts';
import { DOMAIN } from '../targets/company.ts';
import { registeringAccounts, STATION_BASE } from '../targets/people.ts';
import { devices, systemData } from '../targets/unisono-system.ts';
import { SteppedClock, Wire } from './wire.ts';

const CALLER_PORT = 30_000;
const DEVICE_PORT = 30_002;

export interface Counts {
  readonly done: number;
  readonly problems: Readonly<Record<string, number>>;
  /** CPU time of the gateway. */
  readonly cpuMs: number;
}

export interface LoneGateway {
  readonly clock: SteppedClock;
  readonly wire: Wire;
  /** Begins one more; `wire.carry` brings it to its end. */
  readonly start: () => void;
  readonly counts: () => Counts;
  readonly forgetCounts: () => void;
}

/** Starts it; phones that are called are registered. */
export function startAlone(kind: 'calls' | 'forks' | 'register', people: number): LoneGateway {
  const stage = { kind, people, accounts: registeringAccounts(people), callerPort: CALLER_PORT };
  const clock = new SteppedClock();
  const wire = openGateway(clock, companyOf(systemData(stage)));
  const tally = new Tally();
  const starting = kind === 'register' ? undefined : callsStarted(stage, wire, tally);
  const accounts = kind === 'register' ? stage.accounts : devices(stage);
  const phones = wire.peerAt(DEVICE_PORT, (text) => registrations.receive(text) || starting?.phones.receive(text));
  const common = { meter: tally, domain: DOMAIN, devicePort: DEVICE_PORT, onFinished() {} };
  const registrations = new Registrations({ ...common, link: phones, accounts });
  for (let i = 0; starting && i < accounts.length; i++) {
    registrations.start();
    wire.carry();
  }
  return {
    clock,
    wire,
    start: () => (starting?.callers ?? registrations).start(),
    counts: () => ({ done: tally.done, problems: Object.fromEntries(tally.problems), cpuMs: wire.gatewayCpuMs }),
    forgetCounts: () => {
      tally.done = wire.gatewayCpuMs = 0;
    },
  };
}

class Tally implements CallMeter {
  done = 0;
  readonly problems = new Map<string, number>();

  complete(): void {
    this.done++;
  }

  fail(problem: string): void {
    this.problems.set(problem, (this.problems.get(problem) ?? 0) + 1);
  }

  retransmission(): void {
    this.fail('retransmission');
  }

  ring(): void {}

  setup(): void {}
}

function callsStarted({ kind, people }: { readonly kind: string; readonly people: number }, wire: Wire, meter: Tally) {
  const targets = Array.from({ length: people }, (_, index) => String(STATION_BASE + index));
  const side = { meter, domain: DOMAIN, callerPort: CALLER_PORT, devicePort: DEVICE_PORT };
  const caller = wire.peerAt(CALLER_PORT, (text) => callers.receive(text));
  const callers = new Callers({ ...side, link: caller, targets, isHolding: false, onFinished() {} });
  const link = { send: (text: string) => wire.sendFrom(DEVICE_PORT, text) };
  const phones = new Devices({ ...side, link, ringing: kind === 'forks' ? 3 : 1, onReached() {} });
  return { callers, phones };
}

function openGateway(clock: SteppedClock, company: SystemData): Wire {
  let wire: Wire | undefined;
  const gateway = new Gateway({
    connect: (events) => {
      wire = new Wire(events);
      return wire;
    },
    clock,
    random: new SystemRandom(),
    locator: numericLocator,
    system: new MemorySystem(company),
    registrations: { load: () => [], save() {}, remove() {} },
    records: { open() {}, close() {} },
    media: new MediaHost({
      sockets: new UdpRtpSockets(),
      clock: new SystemMediaClock(),
      random: new SystemRandom(),
      bindAddress: '127.0.0.1',
      ports: { min: 20_000, max: 20_999 },
    }),
    log: silentLog,
    nonceSecret: 'not a secret, this is a bench',
    product: 'Unisono',
  });
  if (wire === undefined) throw new Error('the gateway did not connect');
  gateway.start();
  return wire;
}

function companyOf(data: object): SystemData {
  const read = readSystem(data);
  if (!read.ok) throw new Error(JSON.stringify(read.errors));
  return read.data;
}
