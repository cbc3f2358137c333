import { type ParseFailure, type ParseResult, parseMessage } from '../message/parse.ts';
import type { TransportCounters } from './counters.ts';
import type { Flow, TransportEvents } from './transport.ts';
import { addSource } from './via-source.ts';

/**
 * The last step of every way in: octets of one whole message are parsed, the source of a request is noted in its Via,
 * and the listener is told. A listener that throws is reported to `onError` and hurts no socket.
 */
export class Receiver {
  readonly #events: TransportEvents;
  readonly #counters: TransportCounters;
  readonly #onError: (error: unknown) => void;

  constructor(events: TransportEvents, counters: TransportCounters, onError: (error: unknown) => void) {
    this.#events = events;
    this.#counters = counters;
    this.#onError = onError;
  }

  /** Takes the octets of one message; gives back what they were found to be. */
  receive(bytes: Buffer, flow: Flow): ParseResult {
    const parsed = parseMessage(bytes);
    if (!parsed.ok) {
      this.malformed(parsed, flow);
      return parsed;
    }
    this.#counters.received++;
    const { message } = parsed;
    try {
      if (message.kind === 'request') addSource(message, flow.remoteAddress, flow.remotePort);
      this.#events.onMessage(message, flow);
    } catch (error) {
      this.#onError(error);
    }
    return parsed;
  }

  /** Octets without even a start line are counted and not told: nobody waits for an answer. */
  malformed(failure: ParseFailure, flow: Flow): void {
    this.#counters.malformed++;
    if (failure.start === undefined) return;
    try {
      this.#events.onMalformed(failure, flow);
    } catch (error) {
      this.#onError(error);
    }
  }

  closed(flow: Flow): void {
    try {
      this.#events.onFlowClosed(flow);
    } catch (error) {
      this.#onError(error);
    }
  }
}

const CR = 0x0d;
const LF = 0x0a;

/** True for a datagram or frame of nothing but line breaks and NULs: it keeps a way open (RFC 5626 §3.5.1). */
export function isKeepAlive(bytes: Buffer): boolean {
  for (let i = 0; i < bytes.length; i++) {
    const c = bytes[i];
    if (c !== CR && c !== LF && c !== 0) return false;
  }
  return true;
}
