/** The called side: devices that ring, one of which answers. */
import type { Link } from './link.ts';
import type { CallMeter } from './meter.ts';
import { branchOf, headerOf, methodOf, requestUser, responseTo, sessionDescription, statusOf } from './text.ts';

const RESEND_MS = 500;
const GIVE_UP_MS = 8_000;

interface Ringing {
  readonly invite: string;
  readonly tag: string;
  readonly target: number;
  readonly sinceMs: number;
}

interface Unacknowledged {
  readonly answer: string;
  readonly sinceMs: number;
  sentMs: number;
}

export interface DeviceOptions {
  readonly link: Pick<Link, 'send'>;
  readonly meter: CallMeter;
  readonly devicePort: number;
  /** How many devices ring for one call before the first of them answers. */
  readonly ringing: number;
  /** All devices of the target have been reached. */
  readonly onReached: (target: number) => void;
}

/** A contact is `answer-7` or `ring-7-1`: what the device does, and the index of the target it belongs to. */
export class Devices {
  readonly #options: DeviceOptions;
  /** By branch of the INVITE. */
  readonly #ringing = new Map<string, Ringing>();
  /** By Call-ID, answers without ACK. */
  readonly #unacknowledged = new Map<string, Unacknowledged>();
  /** Branches that ring for a target, in the order in which they came; the one that answers first. */
  readonly #reached = new Map<number, string[]>();
  readonly #contact: string;
  readonly #body: string;
  #nextTag = 1;

  constructor(options: DeviceOptions) {
    this.#options = options;
    this.#contact = `Contact: <sip:device@127.0.0.1:${options.devicePort}>\r\n`;
    this.#body = sessionDescription(options.devicePort + 2);
  }

  receive(message: string): void {
    // Responses come to requests only, and devices send none in dialogs.
    if (statusOf(message) !== 0) return;
    const method = methodOf(message);
    if (method === 'INVITE') this.#onInvite(message);
    else if (method === 'ACK') this.#unacknowledged.delete(headerOf(message, 'Call-ID'));
    else if (method === 'CANCEL') this.#onCancel(message);
    else this.#options.link.send(responseTo(message, '200 OK', ''));
  }

  sweep(): void {
    const now = performance.now();
    for (const [callId, entry] of this.#unacknowledged) {
      if (now - entry.sinceMs > GIVE_UP_MS) {
        this.#unacknowledged.delete(callId);
        this.#options.meter.fail('answer without ACK');
      } else if (now - entry.sentMs > RESEND_MS) {
        entry.sentMs = now;
        this.#options.meter.retransmission();
        this.#options.link.send(entry.answer);
      }
    }
    for (const [branch, { sinceMs }] of this.#ringing) {
      if (now - sinceMs > GIVE_UP_MS) this.#ringing.delete(branch);
    }
  }

  #onInvite(invite: string): void {
    const branch = branchOf(invite);
    if (this.#ringing.has(branch)) return this.#options.meter.retransmission();
    const user = requestUser(invite);
    const target = Number.parseInt(user.slice(user.indexOf('-') + 1), 10);
    const ringing = { invite, tag: `d${this.#nextTag++}`, target, sinceMs: performance.now() };
    this.#ringing.set(branch, ringing);
    this.#options.link.send(responseTo(invite, '100 Trying', ''));
    this.#options.link.send(responseTo(invite, '180 Ringing', ringing.tag, this.#contact));
    this.#onRinging(target, branch, user.startsWith('answer'));
  }

  #onRinging(target: number, branch: string, isAnswering: boolean): void {
    const branches = this.#reached.get(target) ?? [];
    if (isAnswering) branches.unshift(branch);
    else branches.push(branch);
    if (branches.length < this.#options.ringing) {
      this.#reached.set(target, branches);
      return;
    }
    this.#reached.delete(target);
    this.#options.onReached(target);
    this.#answer(branches[0] ?? branch);
  }

  #answer(branch: string): void {
    const ringing = this.#ringing.get(branch);
    if (!ringing) return;
    this.#ringing.delete(branch);
    const more = `${this.#contact}Content-Type: application/sdp\r\n`;
    const answer = responseTo(ringing.invite, '200 OK', ringing.tag, more, this.#body);
    const now = performance.now();
    this.#unacknowledged.set(headerOf(ringing.invite, 'Call-ID'), { answer, sinceMs: now, sentMs: now });
    this.#options.link.send(answer);
  }

  #onCancel(cancel: string): void {
    const branch = branchOf(cancel);
    const ringing = this.#ringing.get(branch);
    this.#options.link.send(responseTo(cancel, '200 OK', ringing?.tag ?? 'none'));
    if (!ringing) return;
    this.#ringing.delete(branch);
    this.#options.link.send(responseTo(ringing.invite, '487 Request Terminated', ringing.tag));
  }
}
