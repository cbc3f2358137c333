import type { SipMessage } from '../message/message.ts';
import type { ParseFailure } from '../message/parse.ts';
import type { Flow, TransportEvents } from './transport.ts';

/** A listener for tests that keeps what it is told, and lets a test wait for it. */
export class Recorder implements TransportEvents {
  readonly messages: SipMessage[] = [];
  /** The flow of each message, in the same order. */
  readonly flows: Flow[] = [];
  readonly malformed: ParseFailure[] = [];
  readonly closed: Flow[] = [];
  /** Called after each message, for tests that answer. */
  answer: ((message: SipMessage, flow: Flow) => void) | undefined;
  /** Called after each malformed message. */
  answerMalformed: ((failure: ParseFailure, flow: Flow) => void) | undefined;
  #wake: (() => void)[] = [];

  onMessage(message: SipMessage, flow: Flow): void {
    this.messages.push(message);
    this.flows.push(flow);
    this.#wakeAll();
    this.answer?.(message, flow);
  }

  onMalformed(failure: ParseFailure, flow: Flow): void {
    this.malformed.push(failure);
    this.#wakeAll();
    this.answerMalformed?.(failure, flow);
  }

  onFlowClosed(flow: Flow): void {
    this.closed.push(flow);
    this.#wakeAll();
  }

  /** Resolves when the claim holds, looked at after each event. */
  async until(claim: (recorder: Recorder) => boolean): Promise<void> {
    while (!claim(this)) await new Promise<void>((resolve) => this.#wake.push(resolve));
  }

  #wakeAll(): void {
    const woken = this.#wake;
    this.#wake = [];
    for (const resolve of woken) resolve();
  }
}

/** An OPTIONS request as octets. */
export function requestBytes(
  parts: { callId?: string; via?: string; body?: string; method?: string; extra?: string } = {},
): Buffer {
  const { callId = 'one', via = 'SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKa;rport', body = '', extra = '' } = parts;
  const method = parts.method ?? 'OPTIONS';
  return Buffer.from(
    `${method} sip:b@10.0.0.2 SIP/2.0\r\nVia: ${via}\r\nMax-Forwards: 70\r\nFrom: <sip:a@10.0.0.1>;tag=1\r\n` +
      `To: <sip:b@10.0.0.2>\r\nCall-ID: ${callId}\r\nCSeq: 1 ${method}\r\n${extra}` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

export const OPTIONS_BYTES: Buffer = requestBytes();
