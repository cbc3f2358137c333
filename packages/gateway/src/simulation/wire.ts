import {
  type Flow,
  parseMessage,
  type Sent,
  type SipMessage,
  type TransportEvents,
  type TransportName,
} from '@unisono/sip';

/** One message as the gateway received or sent it. */
export interface WireMessage {
  /** Counts up from 1. */
  readonly number: number;
  readonly atMs: number;
  /** Seen from the gateway. */
  readonly direction: 'in' | 'out';
  readonly transport: TransportName;
  /** The other end. */
  readonly peer: string;
  readonly port: number;
  readonly message: SipMessage;
  /** Octets of what the gateway sent; of what it received only the message is kept. */
  readonly bytes: Buffer | undefined;
}

/** How many of the last messages are kept for whoever wants to read what happened. */
const KEPT_MESSAGES = 600;

/**
 * Everything that passes the gateway's door, in the gateway's own order: what it sends when it sends it, what it
 * receives when it arrives. Listeners hear of a received message before the gateway does.
 */
export class Wire {
  readonly #listeners: ((message: WireMessage) => void)[] = [];
  readonly #kept: WireMessage[] = [];
  /** Octets that the gateway sent and that are no SIP message: must stay empty. */
  readonly unreadable: string[] = [];
  /** The message whose arrival is being worked on. */
  current: WireMessage | undefined;
  count = 0;

  listen(listener: (message: WireMessage) => void): void {
    this.#listeners.push(listener);
  }

  /** The last messages, oldest first. */
  get kept(): readonly WireMessage[] {
    return this.#kept.slice(-KEPT_MESSAGES);
  }

  /** Takes note of what a node sent. */
  sent({ atMs, transport, to, bytes }: Sent): void {
    const parsed = parseMessage(bytes);
    if (!parsed.ok) {
      this.unreadable.push(`${parsed.reason} at octet ${parsed.offset} of ${JSON.stringify(bytes.toString('latin1'))}`);
      return;
    }
    this.#note({
      number: this.count + 1,
      atMs,
      direction: 'out',
      transport,
      peer: to.address,
      port: to.port,
      message: parsed.message,
      bytes,
    });
  }

  /** The node's listener with an ear in front of it. */
  around(events: TransportEvents, nowMs: () => number): TransportEvents {
    return {
      onMessage: (message, flow) => this.#received(events, message, flow, nowMs()),
      onMalformed: (failure, flow) => events.onMalformed(failure, flow),
      onFlowClosed: (flow) => events.onFlowClosed(flow),
    };
  }

  #received(events: TransportEvents, message: SipMessage, flow: Flow, atMs: number): void {
    const { transport, remoteAddress: peer, remotePort: port } = flow;
    const noted: WireMessage = {
      number: this.count + 1,
      atMs,
      direction: 'in',
      transport,
      peer,
      port,
      message,
      bytes: undefined,
    };
    this.#note(noted);
    this.current = noted;
    events.onMessage(message, flow);
    this.current = undefined;
  }

  #note(message: WireMessage): void {
    this.count++;
    this.#kept.push(message);
    if (this.#kept.length > 2 * KEPT_MESSAGES) this.#kept.splice(0, KEPT_MESSAGES);
    for (const listener of this.#listeners) listener(message);
  }
}
