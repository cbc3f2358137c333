import type { RtpSocket } from '../../endpoint/socket.ts';
import type { MediaClock, MediaRandom } from '../../time.ts';
import { asDictionary, type BencodedDictionary, decodeBencode, encodeBencode, textIn } from './bencode.ts';

/** What came of a command. `refused`: rtpengine answered, with an error. `silent`: no answer in time. */
export type ControlResult =
  | { readonly ok: true; readonly reply: BencodedDictionary }
  | { readonly ok: false; readonly code: 'refused' | 'silent'; readonly reason: string };

export interface ControlAddress {
  /** A literal IPv4 or IPv6 address. */
  readonly address: string;
  readonly port: number;
}

/** When a command is sent again, in milliseconds from its start; the last one is when it is given up. */
export const RETRANSMIT_MS: readonly number[] = [250, 750, 1_500];

interface Waiting {
  readonly datagram: Buffer;
  readonly to: ControlAddress;
  readonly startedAtMs: number;
  readonly settle: (result: ControlResult) => void;
  sent: number;
  timer: { cancel(): void };
}

/**
 * Commands to rtpengine over UDP: a cookie, a space, a dictionary in bencode. A repeated command has the same cookie, so
 * that rtpengine answers again and does nothing twice. Replies are taken from the address that was asked.
 */
export class ControlClient {
  readonly #socket: RtpSocket;
  readonly #clock: MediaClock;
  readonly #waiting = new Map<string, Waiting>();
  readonly #prefix: string;
  #count = 0;

  constructor(socket: RtpSocket, clock: MediaClock, random: MediaRandom) {
    this.#socket = socket;
    this.#clock = clock;
    // Unlike any that another process at the same address draws; guessing it takes 48 bits.
    this.#prefix = [random.int(0x100_0000), random.int(0x100_0000)].map((half) => half.toString(36)).join('');
    socket.receive((datagram, address, port) => this.#receive(datagram, address, port));
  }

  /** Resolves always. */
  command(to: ControlAddress, command: string, members: BencodedDictionary = {}): Promise<ControlResult> {
    const cookie = `${this.#prefix}_${++this.#count}`;
    const datagram = Buffer.concat([Buffer.from(`${cookie} `), encodeBencode({ ...members, command })]);
    return new Promise((settle) => {
      const startedAtMs = this.#clock.nowMs();
      const waiting = { datagram, to, startedAtMs, settle, sent: 0, timer: { cancel: () => {} } };
      this.#waiting.set(cookie, waiting);
      this.#send(cookie, waiting);
    });
  }

  /** Nothing is waited for any more. */
  close(): void {
    for (const cookie of [...this.#waiting.keys()]) this.#settle(cookie, silent('the control connection was closed'));
    this.#socket.close();
  }

  onTimer(cookie: string): void {
    const waiting = this.#waiting.get(cookie);
    if (!waiting) return;
    if (waiting.sent < RETRANSMIT_MS.length) this.#send(cookie, waiting);
    else this.#settle(cookie, silent(`no answer from ${waiting.to.address} port ${waiting.to.port}`));
  }

  #send(cookie: string, waiting: Waiting): void {
    const { datagram, to, startedAtMs } = waiting;
    this.#socket.send(datagram, datagram.length, to.port, to.address);
    const dueAtMs = startedAtMs + (RETRANSMIT_MS[waiting.sent] ?? 0);
    waiting.sent++;
    waiting.timer = this.#clock.startTimer(Math.max(0, dueAtMs - this.#clock.nowMs()), this, cookie);
  }

  #receive(datagram: Buffer, address: string, port: number): void {
    const space = datagram.indexOf(0x20);
    const cookie = datagram.toString('latin1', 0, Math.max(0, space));
    const waiting = this.#waiting.get(cookie);
    if (!waiting || waiting.to.port !== port || !sameAddress(waiting.to.address, address)) return;
    const reply = decodeBencode(datagram.subarray(space + 1));
    this.#settle(cookie, resultOf(asDictionary(reply)));
  }

  #settle(cookie: string, result: ControlResult): void {
    const waiting = this.#waiting.get(cookie);
    this.#waiting.delete(cookie);
    waiting?.timer.cancel();
    waiting?.settle(result);
  }
}

function resultOf(reply: BencodedDictionary): ControlResult {
  const result = textIn(reply, 'result');
  if (result === 'ok' || result === 'pong') return { ok: true, reply };
  const reason = textIn(reply, 'error-reason') ?? (result === undefined ? 'the reply cannot be read' : result);
  return { ok: false, code: 'refused', reason };
}

function silent(reason: string): ControlResult {
  return { ok: false, code: 'silent', reason };
}

function sameAddress(a: string, b: string): boolean {
  return a === b || `::ffff:${a}` === b;
}
