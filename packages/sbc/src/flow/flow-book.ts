import { type Clock, type Flow, isFlow, type Random, type Target } from '@unisono/sip';
import type { FlowRef } from '../token/tokens.ts';

/** What is kept of a connection while it lives, and of its registrations a while longer. */
interface Entry {
  readonly flow: Flow;
  readonly name: string;
  /** Registrations that were accepted over it, with their addresses of record. */
  readonly registrations: Map<string, string>;
}

interface Current {
  readonly flow: Flow;
  readonly untilMs: number;
}

/** A name that leads elsewhere by now. */
interface Moved {
  readonly to: string;
  readonly registration: string;
}

/** Names of gone flows that are remembered, at most. */
const MAX_GONE = 20_000;

/**
 * Where clients are: names for their flows, which go into tokens, and the way from a name of yesterday to the flow of today.
 * A registration that was accepted on another flow moves everything that belongs to it; so does a request that proved itself
 * within a dialog (RFC 5626 §5.3, and what it leaves open: running calls).
 */
export class FlowBook {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #byFlow = new Map<Flow, Entry>();
  readonly #byName = new Map<string, Entry>();
  /** Registration → the flow on which it was last accepted. */
  readonly #current = new Map<string, Current>();
  readonly #moved = new Map<string, Moved>();

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  get size(): number {
    return this.#byFlow.size;
  }

  /** What goes into tokens for this flow, and for a request of the given address of record on it. */
  refOf(flow: Flow, aor?: string): FlowRef {
    if (!flow.isReliable) return { name: datagramName(flow), registration: '' };
    return { name: this.#entryOf(flow).name, registration: this.registrationOn(flow, aor) };
  }

  /** The registration of an address of record that was accepted over the flow; '' when there is none. */
  registrationOn(flow: Flow, aor: string | undefined): string {
    if (aor === undefined) return '';
    const found = [...(this.#byFlow.get(flow)?.registrations ?? [])].find(([, known]) => known === aor);
    return found?.[0] ?? '';
  }

  /** A REGISTER was answered 2xx: the registration is on this flow from now. */
  registered(flow: Flow, key: string, aor: string, expiresSec: number): void {
    if (!flow.isReliable) return;
    if (expiresSec === 0) {
      this.#entryOf(flow).registrations.delete(key);
      if (this.#current.get(key)?.flow === flow) this.#current.delete(key);
      return;
    }
    this.#entryOf(flow).registrations.set(key, aor);
    this.#current.delete(key);
    this.#current.set(key, { flow, untilMs: this.#clock.nowMs() + expiresSec * 1_000 });
    this.#sweep();
  }

  /** Whoever was at `ref` has proved to be at `flow` now. */
  moved(ref: FlowRef, flow: Flow): void {
    const to = flow.isReliable ? this.#entryOf(flow).name : datagramName(flow);
    if (to === ref.name) return;
    this.#remember(ref.name, { to, registration: ref.registration });
    this.#moved.delete(to);
  }

  /** The way to a client; undefined when there is none at the moment. */
  find(ref: FlowRef): Flow | Target | undefined {
    for (const name of this.#trail(ref.name)) {
      const there = this.#byName.get(name)?.flow ?? datagramTarget(name);
      if (name !== ref.name && isUsable(there)) return there;
    }
    const registered = this.#current.get(this.#registrationOf(ref))?.flow;
    if (registered?.isOpen) return registered;
    const first = this.#byName.get(ref.name)?.flow ?? datagramTarget(ref.name);
    return isUsable(first) ? first : undefined;
  }

  /** True when requests on the flow are expected of that client. */
  isAt(ref: FlowRef, flow: Flow): boolean {
    const found = this.find(ref);
    if (!found) return false;
    return isFlow(found) ? found === flow : datagramName(flow) === targetName(found);
  }

  /** A connection is gone. What was registered over it may come back by another. */
  onFlowClosed(flow: Flow): void {
    const entry = this.#byFlow.get(flow);
    if (!entry) return;
    this.#byFlow.delete(flow);
    this.#byName.delete(entry.name);
    const [registration] = entry.registrations.keys();
    if (registration !== undefined && !this.#moved.has(entry.name)) {
      this.#remember(entry.name, { to: '', registration });
    }
  }

  #entryOf(flow: Flow): Entry {
    const known = this.#byFlow.get(flow);
    if (known) return known;
    const entry = { flow, name: this.#random.hex(8), registrations: new Map() };
    // One that closed meanwhile would never be taken out again.
    if (!flow.isOpen) return entry;
    this.#byFlow.set(flow, entry);
    this.#byName.set(entry.name, entry);
    return entry;
  }

  /** The name and those it moved to, the latest first. */
  #trail(name: string): string[] {
    const trail = [name];
    for (let at = this.#moved.get(name)?.to; at && trail.length < 8; at = this.#moved.get(at)?.to) {
      if (trail.includes(at)) break;
      trail.unshift(at);
    }
    return trail;
  }

  /** A call that began before its flow was registered belongs to what was registered afterwards. */
  #registrationOf({ name, registration }: FlowRef): string {
    if (registration !== '') return registration;
    const [learned] = this.#byName.get(name)?.registrations.keys() ?? [];
    return learned ?? this.#moved.get(name)?.registration ?? '';
  }

  #remember(name: string, moved: Moved): void {
    this.#moved.delete(name);
    this.#moved.set(name, moved);
    const [oldest] = this.#moved.keys();
    if (this.#moved.size > MAX_GONE && oldest !== undefined) this.#moved.delete(oldest);
  }

  /** Registrations are in the order of their last refresh, so the first ones are those that may have run out. */
  #sweep(): void {
    const nowMs = this.#clock.nowMs();
    for (const [key, { untilMs, flow }] of this.#current) {
      if (untilMs > nowMs && (flow.isOpen || this.#current.size < MAX_GONE)) return;
      this.#current.delete(key);
    }
  }
}

const DATAGRAM = 'udp ';

function datagramName(flow: Flow): string {
  return `${DATAGRAM}${flow.remoteAddress} ${flow.remotePort} ${flow.localAddress}`;
}

function targetName({ address, port, localAddress }: Target): string {
  return `${DATAGRAM}${address} ${port} ${localAddress ?? ''}`;
}

function datagramTarget(name: string): Target | undefined {
  if (!name.startsWith(DATAGRAM)) return undefined;
  const [address = '', port, localAddress] = name.slice(DATAGRAM.length).split(' ');
  return { transport: 'udp', address, port: Number(port), localAddress };
}

function isUsable(there: Flow | Target | undefined): there is Flow | Target {
  return there !== undefined && (!isFlow(there) || there.isOpen);
}
