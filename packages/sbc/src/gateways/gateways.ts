import { createHash } from 'node:crypto';
import {
  ClientRequest,
  type Clock,
  type Flow,
  HeaderList,
  numericTarget,
  parseUri,
  type Random,
  SipRequest,
  type Target,
  type Timer,
  type TransactionLayer,
} from '@unisono/sip';
import type { Log } from '../log.ts';

export interface GatewaysOptions {
  /** Gateways in the order in which equal ones are preferred. */
  readonly targets: readonly Target[];
  /** Of the inside. */
  readonly layer: () => TransactionLayer;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** One gateway, for the operator. */
export interface GatewayLine {
  readonly target: Target;
  readonly isUp: boolean;
}

/** How often each gateway is asked by OPTIONS, and how often in a row it may fail to answer. */
export const PROBE_INTERVAL_MS = 10_000;
const MISSES = 2;

interface Member {
  readonly target: Target;
  isUp: boolean;
  misses: number;
}

/**
 * The gateways behind the border: which of them a user's requests go to, and which are there. One user's requests go to one
 * gateway as long as it is up (rendezvous hashing), so that only those of a gateway that is lost move.
 */
export class Gateways {
  readonly #options: GatewaysOptions;
  readonly #members: readonly Member[];
  #timer: Timer | undefined;

  constructor(options: GatewaysOptions) {
    this.#options = options;
    this.#members = options.targets.map((target) => ({ target, isUp: true, misses: 0 }));
  }

  /** A single gateway is not asked: there is nothing to choose, and the first call shows whether it is there. */
  start(): void {
    if (this.#members.length > 1) this.#timer ??= this.#options.clock.startTimer(PROBE_INTERVAL_MS, this, 'probe');
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  onTimer(): void {
    this.#timer = undefined;
    this.start();
    for (const member of this.#members) this.#probe(member);
  }

  /** Where a request of that user goes, best first; those that are down come last. */
  order(user: string): Target[] {
    const ranked = this.#members.map((member) => ({ member, weight: weightOf(user, member.target) }));
    ranked.sort((a, b) => Number(b.member.isUp) - Number(a.member.isUp) || b.weight - a.weight);
    return ranked.map(({ member }) => member.target);
  }

  /** The same with one of them first: the gateway that has the dialog. */
  orderFrom(first: Target): Target[] {
    const others = this.#members.map(({ target }) => target).filter((target) => !isSame(target, first));
    return [first, ...others];
  }

  /** True when a message from there is one of a gateway. */
  isGateway(address: string): boolean {
    return this.#members.some(({ target }) => target.address === address);
  }

  /** Where a gateway is reached that a message came from. */
  behind(flow: Flow): Target {
    const known = this.#members.find(({ target }) => target.address === flow.remoteAddress)?.target;
    return known ?? { transport: flow.transport, address: flow.remoteAddress, port: flow.remotePort };
  }

  /** Where a Contact of the inside leads, as long as that is a gateway; else `otherwise`. */
  at(contact: string, otherwise: Target): Target {
    const uri = parseUri(contact);
    const target = uri && (uri.scheme === 'sip' || uri.scheme === 'sips') ? numericTarget(uri) : undefined;
    return target && this.isGateway(target.address) ? target : otherwise;
  }

  /** Addresses of the inside. */
  *addresses(): Generator<string> {
    for (const { target } of this.#members) yield target.address;
  }

  get isAnyUp(): boolean {
    return this.#members.some(({ isUp }) => isUp);
  }

  /** A request there got no answer, or it said that it is overloaded. */
  markFailed(target: Target): void {
    const member = this.#members.find((one) => isSame(one.target, target));
    if (member && this.#members.length > 1) this.#missed(member, MISSES);
  }

  snapshot(): GatewayLine[] {
    return this.#members.map(({ target, isUp }) => ({ target, isUp }));
  }

  #probe(member: Member): void {
    const { layer, random } = this.#options;
    const { transport, address, port } = member.target;
    const host = address.includes(':') ? `[${address}]` : address;
    const request = new ClientRequest({
      layer: layer(),
      build: () => optionsRequest(`sip:${host}:${port};transport=${transport}`, random),
      user: {
        onResponse: ({ status }) => {
          if (status >= 200) this.#answered(member, status);
        },
        onFailure: () => this.#missed(member, 1),
      },
    });
    request.start([member.target]);
  }

  #answered(member: Member, status: number): void {
    if (status === 503) return this.#missed(member, 1);
    member.misses = 0;
    if (member.isUp) return;
    member.isUp = true;
    this.#options.log.info({ gateway: textOf(member.target) }, 'a gateway is back');
  }

  #missed(member: Member, count: number): void {
    member.misses += count;
    if (!member.isUp || member.misses < MISSES) return;
    member.isUp = false;
    this.#options.log.warn({ gateway: textOf(member.target) }, 'a gateway does not answer: others are tried first');
  }
}

function optionsRequest(uriText: string, random: Random): SipRequest {
  const headers = new HeaderList();
  headers.append('Max-Forwards', '1').append('From', `<sip:border@unisono.invalid>;tag=${random.hex(6)}`);
  headers.append('To', `<${uriText}>`).append('Call-ID', random.hex(12)).append('CSeq', '1 OPTIONS');
  return new SipRequest('OPTIONS', uriText, headers);
}

function weightOf(user: string, target: Target): number {
  return createHash('sha1')
    .update(`${user}\0${textOf(target)}`)
    .digest()
    .readUInt32LE(0);
}

function isSame(a: Target, b: Target): boolean {
  return a.transport === b.transport && a.address === b.address && a.port === b.port;
}

function textOf({ transport, address, port }: Target): string {
  return `${transport} ${address} ${port}`;
}
