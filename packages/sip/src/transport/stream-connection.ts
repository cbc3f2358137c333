import type { Socket } from 'node:net';
import type { SipMessage } from '../message/message.ts';
import { findParam } from '../message/params.ts';
import { Connection, type ConnectionSetup, type EndManner } from './connection.ts';
import type { TransportContext } from './context.ts';
import { type Frame, StreamFramer } from './stream-framer.ts';

const PING = Buffer.from('\r\n\r\n');
const PONG = Buffer.from('\r\n');

/** A TCP or TLS connection. */
export class StreamConnection extends Connection {
  readonly #socket: Socket;
  readonly #framer = new StreamFramer();

  constructor(setup: ConnectionSetup, socket: Socket, context: TransportContext) {
    super(setup, context);
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('error', noteNothing);
    socket.on('close', () => this.socketClosed());
  }

  /** To be called when handshakes are done: from here on messages flow. */
  start(): void {
    const socket = this.#socket;
    if (socket.destroyed) return;
    this.opened(socket.localAddress ?? '', socket.localPort ?? 0, this.#pingIntervalMs);
    socket.on('data', (bytes) => this.#onData(bytes));
    socket.on('end', () => this.close('peer'));
    socket.on('drain', () => this.#onDrain());
  }

  get #pingIntervalMs(): number {
    return this.role === 'client' ? this.context.limits.pingIntervalMs : 0;
  }

  protected override queuedOctets(): number {
    return this.#socket.writableLength;
  }

  protected override transmit(bytes: Buffer, done: (error?: Error | null) => void): void {
    if (!this.#socket.write(bytes, done)) this.#onFull();
  }

  protected override sendPing(): void {
    this.#socket.write(PING);
  }

  protected override endSocket(manner: EndManner): void {
    if (manner === 'gently') this.#socket.resume().end();
    else if (manner === 'flushed') this.#socket.destroySoon();
    else this.#socket.destroy();
  }

  /** The peer reads slower than it is written to: nothing more is heard from it until it has caught up. */
  #onFull(): void {
    if (this.isTimerRunning('stall')) return;
    this.startTimer('stall', this.context.limits.stallMs);
    this.stopTimer('message');
    this.#socket.pause();
  }

  #onDrain(): void {
    if (!this.isOpen) return;
    this.stopTimer('stall');
    this.#watchMessage(true);
    this.#socket.resume();
  }

  #onData(bytes: Buffer): void {
    if (!this.isOpen) return;
    this.heard();
    let isWhole = false;
    for (const frame of this.#framer.push(bytes)) {
      if (!this.isOpen) return;
      this.#onFrame(frame);
      if (frame.kind === 'message') isWhole = true;
    }
    this.#watchMessage(isWhole);
  }

  #onFrame(frame: Frame): void {
    if (frame.kind === 'failure') {
      this.context.receiver.malformed(frame.failure, this);
      return this.close('malformed');
    }
    this.spoken();
    if (frame.kind === 'crlf') return this.#onLineBreaks(frame.count);
    const result = this.context.receiver.receive(frame.bytes, this);
    if (result.ok) this.#noteAlias(result.message);
    // Without even a start line the stream is no SIP, and its lengths mean nothing.
    else if (result.start === undefined) this.close('malformed');
  }

  /** RFC 5626 §4.4.1: two line breaks ask for one; one is the answer. */
  #onLineBreaks(count: number): void {
    this.context.counters.keepAlives++;
    if (this.awaitsPong) this.ponged(this.#pingIntervalMs);
    else if (count >= 2 && this.#socket.writableLength === 0) this.#socket.write(PONG);
  }

  /** A message that has begun must become whole in time, however slowly its octets drip. */
  #watchMessage(isWhole: boolean): void {
    if (!this.isOpen || this.isTimerRunning('stall')) return;
    if (!this.#framer.isMidMessage) this.stopTimer('message');
    else if (isWhole || !this.isTimerRunning('message')) this.startTimer('message', this.context.limits.messageMs);
  }

  #noteAlias(message: SipMessage): void {
    if (this.role === 'client' || this.peerCertificateNames === undefined || message.kind === 'response') return;
    const { via } = message;
    if (findParam(via.paramsText, 'alias') !== undefined) this.context.connections.alias(this, via.port ?? 5061);
  }
}

/** What broke is told by 'close', which always follows. */
function noteNothing(): void {}
