/**
 * A UDP socket that keeps every message as it arrived, for searches over bytes, and answers only what a test tells it
 * to: for races and for wrong behaviour that no real phone can be asked for.
 */

import { randomBytes } from 'node:crypto';
import { createSocket, type RemoteInfo } from 'node:dgram';
import { reservePorts } from './ports.ts';
import { headerOf } from './sip-trace.ts';

export interface TappedMessage {
  readonly octets: Buffer;
  readonly text: string;
  readonly from: { readonly address: string; readonly port: number };
  /** By `performance.now()`. */
  readonly atMs: number;
}

export interface ReplyOptions {
  readonly headers?: readonly string[];
  readonly sdp?: string;
}

const WAIT_MS = 5_000;
/** Headers a response takes over from its request, every occurrence (RFC 3261 §8.2.6.2, §12.1.1). */
const COPIED = /^(via|v|record-route|from|f|call-id|i|cseq):/i;

/** Opens the socket on 127.0.0.1, at a free port. */
export async function startSipTap(): Promise<SipTap> {
  const ports = await reservePorts();
  const socket = createSocket('udp4');
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(ports.port(0), '127.0.0.1', resolve);
  });
  return new SipTap(socket, ports.port(0), () => ports.release());
}

export class SipTap {
  readonly address = '127.0.0.1';
  readonly port: number;
  readonly received: TappedMessage[] = [];
  #socket: ReturnType<typeof createSocket>;
  #release: () => void;
  #listeners = new Set<() => void>();
  #tags = new Map<string, string>();

  constructor(socket: ReturnType<typeof createSocket>, port: number, release: () => void) {
    this.#socket = socket;
    this.#release = release;
    this.port = port;
    socket.on('message', (octets, from) => this.#onMessage(octets, from));
  }

  /** Resolves with the first message, past ones included, that fulfils the predicate or begins with the pattern. */
  waitFor(wanted: RegExp | ((message: TappedMessage) => boolean), timeoutMs = WAIT_MS): Promise<TappedMessage> {
    const predicate = wanted instanceof RegExp ? ({ text }: TappedMessage) => wanted.test(text) : wanted;
    return new Promise((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer);
        this.#listeners.delete(check);
      };
      const check = () => {
        const message = this.received.find(predicate);
        if (!message) return;
        settle();
        resolve(message);
      };
      const timer = setTimeout(() => {
        settle();
        const seen = this.received.map(({ text }) => text.split('\r\n', 1)[0]).join('\n');
        reject(new Error(`no message like ${wanted} at port ${this.port} within ${timeoutMs} ms; seen:\n${seen}`));
      }, timeoutMs);
      this.#listeners.add(check);
      check();
    });
  }

  /** Calls back for every message from now on, in the tick in which it arrived. */
  onMessage(listener: (message: TappedMessage) => void): void {
    this.#listeners.add(() => {
      const last = this.received.at(-1);
      if (last) listener(last);
    });
  }

  send(message: string | Buffer, port: number): void {
    this.#socket.send(message, port, this.address);
  }

  /** Answers a request where it came from. Our tag of a dialog stays the same over all its responses. */
  reply(request: TappedMessage, status: string, options: ReplyOptions = {}): void {
    const lines = request.text.split('\r\n\r\n', 1)[0]?.split('\r\n').slice(1) ?? [];
    const to = headerOf(request.text, 'To') ?? headerOf(request.text, 't') ?? '';
    const body = options.sdp ?? '';
    const response = [
      `SIP/2.0 ${status}`,
      ...lines.filter((line) => COPIED.test(line)),
      `To: ${/;\s*tag=/i.test(to) || status.startsWith('100') ? to : `${to};tag=${this.#tag(request.text)}`}`,
      ...(status.startsWith('2') || body ? [`Contact: <sip:tap@${this.address}:${this.port}>`] : []),
      ...(options.headers ?? []),
      ...(body ? ['Content-Type: application/sdp'] : []),
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ];
    this.send(response.join('\r\n'), request.from.port);
  }

  /** The messages in which the octets occur. */
  containing(octets: string | Buffer): TappedMessage[] {
    return this.received.filter((message) => message.octets.includes(octets));
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.close(resolve));
    this.#release();
  }

  #tag(request: string): string {
    const callId = headerOf(request, 'Call-ID') ?? headerOf(request, 'i') ?? '';
    const tag = this.#tags.get(callId) ?? randomBytes(4).toString('hex');
    this.#tags.set(callId, tag);
    return tag;
  }

  #onMessage(octets: Buffer, from: RemoteInfo): void {
    this.received.push({ octets, text: octets.toString('utf8'), from, atMs: performance.now() });
    for (const listener of [...this.#listeners]) listener();
  }
}

/** A plain G.711 session description that points to a port of 127.0.0.1. */
export function plainSdp(rtpPort = 9): string {
  const lines = ['v=0', 'o=tap 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0'];
  return [...lines, `m=audio ${rtpPort} RTP/AVP 8 0`, 'a=rtpmap:8 PCMA/8000', 'a=rtpmap:0 PCMU/8000', ''].join('\r\n');
}

export interface RequestOptions {
  readonly method: string;
  readonly uri: string;
  readonly from: string;
  readonly to: string;
  readonly tap: SipTap;
  readonly callId?: string;
  readonly cseq?: number;
  readonly branch?: string;
  readonly headers?: readonly string[];
  readonly sdp?: string;
}

/** The text of a well-formed request that comes from a tap. */
export function sipRequest(options: RequestOptions): string {
  const { method, uri, from, to, tap, sdp = '' } = options;
  const random = randomBytes(6).toString('hex');
  return [
    `${method} ${uri} SIP/2.0`,
    `Via: SIP/2.0/UDP ${tap.address}:${tap.port};branch=${options.branch ?? `z9hG4bK${random}`};rport`,
    'Max-Forwards: 70',
    `From: ${from}`,
    `To: ${to}`,
    `Call-ID: ${options.callId ?? `${random}@${tap.address}`}`,
    `CSeq: ${options.cseq ?? 1} ${method}`,
    `Contact: <sip:tap@${tap.address}:${tap.port}>`,
    ...(options.headers ?? []),
    ...(sdp ? ['Content-Type: application/sdp'] : []),
    `Content-Length: ${Buffer.byteLength(sdp)}`,
    '',
    sdp,
  ].join('\r\n');
}
