/** The calling side: INVITE to BYE, one call after the other, or calls that are held. */
import type { Link } from './link.ts';
import type { CallMeter } from './meter.ts';
import { headerOf, methodOf, routeLines, sessionDescription, statusOf, uriOf } from './text.ts';

const RESEND_MS = 500;
const GIVE_UP_MS = 8_000;

interface Call {
  readonly invite: string;
  readonly target: number;
  readonly startedMs: number;
  sentMs: number;
  state: 'calling' | 'proceeding' | 'established' | 'ending';
  /** Filled in by the 200: everything of a request in the dialog but its method, sequence and Via. */
  remoteTarget: string;
  dialogHeaders: string;
  /** The last request that waits for its answer. */
  lastRequest: string;
}

export interface CallerOptions {
  readonly link: Pick<Link, 'send'>;
  readonly meter: CallMeter;
  readonly domain: string;
  readonly callerPort: number;
  readonly targets: readonly string[];
  /** Calls stay up until `hangUpAll`. */
  readonly isHolding: boolean;
  /** A call has ended, or is held. */
  readonly onFinished: () => void;
}

export class Callers {
  readonly #options: CallerOptions;
  readonly #calls = new Map<string, Call>();
  /** When the running call to a target was started. */
  readonly #startedMs: Float64Array;
  readonly #body: string;
  #next = 0;
  #established = 0;

  constructor(options: CallerOptions) {
    this.#options = options;
    this.#startedMs = new Float64Array(options.targets.length);
    this.#body = sessionDescription(options.callerPort + 2);
  }

  get started(): number {
    return this.#next;
  }

  get running(): number {
    return this.#calls.size;
  }

  get established(): number {
    return this.#established;
  }

  start(): void {
    const number = this.#next++;
    const target = number % this.#options.targets.length;
    const now = performance.now();
    const invite = this.#invite(number, this.#options.targets[target] ?? '');
    this.#startedMs[target] = now;
    this.#calls.set(callId(number), {
      invite,
      target,
      startedMs: now,
      sentMs: now,
      state: 'calling',
      remoteTarget: '',
      dialogHeaders: '',
      lastRequest: invite,
    });
    this.#options.link.send(invite);
  }

  /** All devices of the target have their INVITE. */
  reached(target: number): void {
    this.#options.meter.setup(performance.now() - (this.#startedMs[target] ?? 0));
  }

  receive(message: string): void {
    const status = statusOf(message);
    if (status === 0) return this.#onRequest(message);
    const id = headerOf(message, 'Call-ID');
    const call = this.#calls.get(id);
    if (!call) return this.#options.meter.retransmission();
    if (methodOf(message) === 'INVITE') this.#onInviteResponse(id, call, status, message);
    else if (call.state === 'ending' && status >= 200) this.#end(id, status);
  }

  /** Ends every held call. */
  hangUpAll(): void {
    for (const [id, call] of this.#calls) if (call.state === 'established') this.#bye(id, call);
  }

  sweep(): void {
    const now = performance.now();
    for (const [id, call] of this.#calls) {
      if (call.state === 'established') continue;
      if (now - call.startedMs > GIVE_UP_MS && call.state !== 'ending')
        this.#fail(id, call, `no answer while ${call.state}`);
      else if (now - call.sentMs > GIVE_UP_MS) this.#fail(id, call, 'BYE not answered');
      else if (call.state !== 'proceeding' && now - call.sentMs > RESEND_MS) this.#resend(call, now);
    }
  }

  #onInviteResponse(id: string, call: Call, status: number, message: string): void {
    if (status < 200) return this.#onProvisional(call, status);
    if (status >= 300) {
      this.#options.link.send(this.#failureAck(call, message));
      return this.#fail(id, call, `INVITE answered ${status}`);
    }
    if (call.state === 'established' || call.state === 'ending') {
      this.#options.meter.retransmission();
      return this.#options.link.send(this.#ack(id, call));
    }
    call.remoteTarget = uriOf(headerOf(message, 'Contact'));
    call.dialogHeaders = `${routeLines(message)}From: ${headerOf(message, 'From')}\r\nTo: ${headerOf(message, 'To')}\r\n`;
    call.state = 'established';
    this.#established++;
    this.#options.link.send(this.#ack(id, call));
    if (this.#options.isHolding) this.#options.onFinished();
    else this.#bye(id, call);
  }

  #onProvisional(call: Call, status: number): void {
    if (status === 180) this.#options.meter.ring(performance.now() - call.startedMs);
    if (call.state === 'calling') call.state = 'proceeding';
  }

  /** Nothing but a BYE, when a server gives up a call, or a session refresh is expected. */
  #onRequest(message: string): void {
    const method = methodOf(message);
    if (method === 'ACK') return;
    this.#options.link.send(`SIP/2.0 200 OK\r\n${message.slice(message.indexOf('\r\n') + 2)}`);
    this.#options.meter.fail(`${method} from the server`);
    if (method === 'BYE') this.#calls.delete(headerOf(message, 'Call-ID'));
  }

  #bye(id: string, call: Call): void {
    call.state = 'ending';
    call.lastRequest = this.#inDialog(id, call, 'BYE', 2);
    call.sentMs = performance.now();
    this.#options.link.send(call.lastRequest);
  }

  #end(id: string, status: number): void {
    this.#calls.delete(id);
    if (status === 200) this.#options.meter.complete();
    else this.#options.meter.fail(`BYE answered ${status}`);
    if (!this.#options.isHolding) this.#options.onFinished();
  }

  #fail(id: string, call: Call, problem: string): void {
    this.#calls.delete(id);
    this.#options.meter.fail(problem);
    if (!this.#options.isHolding || call.state !== 'ending') this.#options.onFinished();
  }

  #resend(call: Call, now: number): void {
    call.sentMs = now;
    this.#options.meter.retransmission();
    this.#options.link.send(call.lastRequest);
  }

  #invite(number: number, target: string): string {
    const { domain, callerPort } = this.#options;
    return (
      `INVITE sip:${target}@${domain} SIP/2.0\r\n` +
      `Via: SIP/2.0/UDP 127.0.0.1:${callerPort};branch=z9hG4bKi${callId(number)};rport\r\n` +
      `Max-Forwards: 70\r\nFrom: <sip:+498912345@${domain}>;tag=c${number}\r\nTo: <sip:${target}@${domain}>\r\n` +
      `Call-ID: ${callId(number)}\r\nCSeq: 1 INVITE\r\nContact: <sip:caller@127.0.0.1:${callerPort}>\r\n` +
      'Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE\r\nUser-Agent: bench\r\n' +
      `Content-Type: application/sdp\r\nContent-Length: ${this.#body.length}\r\n\r\n${this.#body}`
    );
  }

  #ack(id: string, call: Call): string {
    return this.#inDialog(id, call, 'ACK', 1);
  }

  #inDialog(id: string, call: Call, method: string, sequence: number): string {
    return (
      `${method} ${call.remoteTarget} SIP/2.0\r\n` +
      `Via: SIP/2.0/UDP 127.0.0.1:${this.#options.callerPort};branch=z9hG4bK${method}${id};rport\r\n` +
      `Max-Forwards: 70\r\n${call.dialogHeaders}Call-ID: ${id}\r\nCSeq: ${sequence} ${method}\r\nContent-Length: 0\r\n\r\n`
    );
  }

  #failureAck(call: Call, response: string): string {
    const uri = call.invite.slice(7, call.invite.indexOf(' SIP/2.0'));
    return (
      `ACK ${uri} SIP/2.0\r\nVia: ${headerOf(call.invite, 'Via')}\r\nMax-Forwards: 70\r\n` +
      `From: ${headerOf(call.invite, 'From')}\r\nTo: ${headerOf(response, 'To')}\r\n` +
      `Call-ID: ${headerOf(call.invite, 'Call-ID')}\r\nCSeq: 1 ACK\r\nContent-Length: 0\r\n\r\n`
    );
  }
}

function callId(number: number): string {
  return `c${number}-${process.pid}`;
}
