import { isUtf8 } from 'node:buffer';
import type { Socket } from 'node:net';
import type { ClientOptions, ServerOptions, WebSocket } from 'ws';
import { MAX_MESSAGE_OCTETS } from '../message/limits.ts';
import { Connection, type ConnectionSetup, type EndManner } from './connection.ts';
import type { TransportContext } from './context.ts';
import { isKeepAlive } from './receive.ts';

export const WS_SUBPROTOCOL = 'sip';

/** One frame is one message, so frames have the limit of messages. Compression costs memory on every connection. */
export const WS_CLIENT_OPTIONS: ClientOptions = { maxPayload: MAX_MESSAGE_OCTETS, perMessageDeflate: false };
export const WS_SERVER_OPTIONS: ServerOptions = {
  maxPayload: MAX_MESSAGE_OCTETS,
  perMessageDeflate: false,
  clientTracking: false,
};

const PONG = Buffer.from('\r\n');
/** RFC 6455 §7.4.1. */
const GOING_AWAY = 1001;
const UNSUPPORTED_DATA = 1003;

/** A WebSocket connection that carries one SIP message in each frame (RFC 7118). */
export class WsConnection extends Connection {
  readonly #ws: WebSocket;

  constructor(setup: ConnectionSetup, ws: WebSocket, context: TransportContext) {
    super(setup, context);
    this.#ws = ws;
    ws.on('error', noteNothing);
    ws.on('close', () => this.socketClosed());
  }

  /** To be called when the upgrade is done; `socket` carries it. */
  start(socket: Socket): void {
    socket.setNoDelay(true);
    const ws = this.#ws;
    this.opened(socket.localAddress ?? '', socket.localPort ?? 0, this.#pingIntervalMs);
    ws.on('message', (data) => this.#onFrame(data as Buffer));
    ws.on('ping', () => this.#onPing());
    ws.on('pong', () => this.#onPong());
  }

  get #pingIntervalMs(): number {
    return this.context.limits.wsPingIntervalMs;
  }

  protected override queuedOctets(): number {
    return this.#ws.bufferedAmount;
  }

  /** Text where it can be: many clients look for nothing else. Binary where it is no UTF-8 (RFC 7118 §4.2). */
  protected override transmit(bytes: Buffer, done: (error?: Error | null) => void): void {
    this.#ws.send(bytes, { binary: !isUtf8(bytes) }, done);
  }

  protected override sendPing(): void {
    this.#ws.ping();
  }

  protected override endSocket(manner: EndManner): void {
    if (manner === 'gently') this.#ws.close(UNSUPPORTED_DATA);
    else if (manner === 'flushed') this.#ws.close(GOING_AWAY);
    else this.#ws.terminate();
  }

  #onFrame(bytes: Buffer): void {
    if (!this.isOpen) return;
    this.heard();
    this.spoken();
    if (isKeepAlive(bytes)) return this.#onLineBreaks(bytes);
    const result = this.context.receiver.receive(bytes, this);
    if (!result.ok && result.start === undefined) this.close('malformed');
  }

  /** Line breaks in a frame ask for some back, as on a stream (RFC 5626 §4.4.1). */
  #onLineBreaks(bytes: Buffer): void {
    this.context.counters.keepAlives++;
    if (bytes.length >= 4 && this.#ws.bufferedAmount === 0) this.#ws.send(PONG, { binary: false });
  }

  #onPing(): void {
    this.context.counters.keepAlives++;
    this.heard();
    this.spoken();
  }

  #onPong(): void {
    this.context.counters.keepAlives++;
    this.heard();
    this.ponged(this.#pingIntervalMs);
  }
}

/** What broke is told by 'close', which always follows. */
function noteNothing(): void {}
