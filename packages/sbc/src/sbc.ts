import { type MediaEngine, type MediaEngineEvents, type MediaLoss, PLAIN } from '@unisono/media';
import {
  addressOf,
  type Clock,
  type Random,
  type Target,
  TransactionLayer,
  type TransactionTimers,
  type Transport,
  type TransportEvents,
} from '@unisono/sip';
import { CallTable } from './call/call-table.ts';
import { Ending } from './call/ending.ts';
import { Habits } from './call/habits.ts';
import { type CallStore, type KeptCall, restoredCall } from './call/kept-call.ts';
import { FlowBook } from './flow/flow-book.ts';
import { type GatewayLine, Gateways } from './gateways/gateways.ts';
import { type Guard, openGuard } from './guard.ts';
import { AddressHider } from './hiding/address-hider.ts';
import type { Log } from './log.ts';
import { type Border, habitName } from './proxy/border.ts';
import { EdgeProxy } from './proxy/edge-proxy.ts';
import { Supervision } from './proxy/supervision.ts';
import type { Side } from './side.ts';
import { Seal } from './token/seal.ts';
import { Tokens } from './token/tokens.ts';

export interface SbcOptions {
  /** Opens the doors; `admit` is to be asked for each datagram and connection. */
  readonly connectOutside: (events: TransportEvents, admit: Guard['admit']) => Transport;
  /** Opens the inside: sockets, or an end of an `InProcessLink`. */
  readonly connectInside: (events: TransportEvents) => Transport;
  /** Where the gateways are, as seen from the inside. */
  readonly gateways: readonly Target[];
  /** Its owner's to close; it is to tell of calls that it had to give up by `onCallLost`. */
  readonly engine: MediaEngine;
  /** 32 octets or more, kept over restarts: tokens that are out there stay good. */
  readonly sealSecret: Buffer;
  /** Names and addresses by which the outside knows the border. */
  readonly ownNames: () => Iterable<string>;
  /** Addresses and names of the inside, beside the gateways' own, that must not be shown. */
  readonly insideNames?: readonly string[] | undefined;
  readonly guard?: Guard | undefined;
  /** Keeps running calls over an end of this process; without it nothing is known of them afterwards. */
  readonly store?: CallStore | undefined;
  /** False when the gateways end with this process: calls of before a restart are over then. Default true. */
  readonly doGatewaysOutlive?: boolean | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** How often phones that register over connections by RFC 5626 are to send a keep-alive. Default 120. */
  readonly flowTimerSec?: number | undefined;
  /** Value of User-Agent and Server towards the outside. */
  readonly product: string;
  readonly timers?: TransactionTimers | undefined;
}

const DEFAULT_FLOW_TIMER_SEC = 120;

/** What a border has in hand, for the operator. */
export interface SbcSnapshot {
  readonly calls: number;
  /** Connections of clients. */
  readonly flows: number;
  readonly transactions: Readonly<Record<Side, { readonly clients: number; readonly servers: number }>>;
  readonly gateways: readonly GatewayLine[];
}

/** The border: joins clients outside and gateways inside, and shows neither to the other. */
export class Sbc implements MediaEngineEvents {
  readonly #border: Border;
  readonly #ending: Ending;
  readonly #proxy: EdgeProxy;
  readonly #supervision: Supervision;
  readonly #store: CallStore | undefined;
  readonly #layers: Readonly<Record<Side, TransactionLayer>>;

  constructor(options: SbcOptions) {
    const { clock, guard = openGuard, connectOutside, connectInside } = options;
    this.#border = makeBorder(options, guard, (side) => this.#layers[side]);
    this.#ending = new Ending(this.#border);
    this.#proxy = new EdgeProxy(this.#border, this.#ending);
    const { doGatewaysOutlive = true, store } = options;
    this.#supervision = new Supervision({ ...this.#border, ending: this.#ending, doGatewaysOutlive });
    this.#store = store;
    const open = (side: Side, connect: (events: TransportEvents) => Transport): TransactionLayer =>
      new TransactionLayer({
        transport: connect(this.#proxy.eventsOf(side)),
        clock,
        random: options.random,
        user: this.#proxy.userOf(side),
        timers: options.timers,
      });
    this.#layers = {
      outside: open('outside', (events) =>
        connectOutside(events, (address, transport) => guard.admit(address, transport)),
      ),
      inside: open('inside', connectInside),
    };
  }

  /** Takes up calls of before a restart, and starts supervision of calls and gateways. */
  start(): void {
    for (const kept of this.#store?.load() ?? []) this.#restore(kept);
    this.#supervision.start();
    this.#border.gateways.start();
  }

  #restore(kept: KeptCall): void {
    const { engine, clock, log, calls, habits } = this.#border;
    const call = restoredCall(kept, {
      engine,
      profile: habits.of(habitName(kept.client)) ?? PLAIN,
      nowMs: clock.nowMs(),
      onError: (err) => log.error({ err, call: kept.key }, 'a fault of the program in a call at the border'),
    });
    calls.add(call);
    log.info({ call: kept.key, callId: kept.callId }, 'a call of before the restart');
  }

  onCallLost(key: string, loss: MediaLoss, message: string): void {
    this.#supervision.onMediaLost(key, loss, message);
  }

  /** What is going on now. */
  snapshot(): SbcSnapshot {
    const { calls, flows, gateways } = this.#border;
    return {
      calls: calls.size,
      flows: flows.size,
      transactions: { outside: this.#layers.outside.counts, inside: this.#layers.inside.counts },
      gateways: gateways.snapshot(),
    };
  }

  /** Ends every call with BYE on both sides. */
  endCalls(): void {
    for (const call of [...this.#border.calls]) {
      this.#ending.end(call, { cause: 503, text: 'The border is shutting down' });
    }
  }

  /** Forgets everything without another word. The media engine is its owner's to close. */
  close(): void {
    this.#supervision.close();
    this.#border.gateways.close();
    this.#proxy.close();
    for (const call of [...this.#border.calls]) this.#border.calls.end(call);
    this.#layers.outside.close();
    this.#layers.inside.close();
  }
}

function makeBorder(
  { clock, random, log, engine, ownNames, ...options }: SbcOptions,
  guard: Guard,
  layer: (side: Side) => TransactionLayer,
): Border {
  const gateways = new Gateways({ targets: options.gateways, layer: () => layer('inside'), clock, random, log });
  const inside = () => [...gateways.addresses(), ...(options.insideNames ?? [])];
  return {
    clock,
    random,
    log,
    guard,
    engine,
    tokens: new Tokens(new Seal(options.sealSecret)),
    flows: new FlowBook(clock, random),
    habits: new Habits(),
    hider: new AddressHider({ shown: ownNames, inside }),
    gateways,
    calls: new CallTable(({ caller, callId }) => {
      if (caller === 'outside') guard.onCallEnded(callId);
    }, options.store),
    flowTimerSec: options.flowTimerSec ?? DEFAULT_FLOW_TIMER_SEC,
    product: options.product,
    isOwnName: (host, flow) => addressOf(host) === flow.localAddress || isAmong(host, ownNames()),
    layer,
  };
}

function isAmong(host: string, names: Iterable<string>): boolean {
  for (const name of names) if (addressOf(name).toLowerCase() === addressOf(host).toLowerCase()) return true;
  return false;
}
