import { makeResponse } from '../message/build.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { Flow, SendFailure } from '../transport/transport.ts';
import type { ServerDriver } from './server-driver.ts';

/** What a server transaction tells its user after the request itself; every member may be left out. */
export interface ServerTransactionUser {
  /** A CANCEL for this INVITE, already answered 200; answer the INVITE 487. Without this member that is done for you. */
  onCancel?(cancel: SipRequest): void;
  /** Timer H: a response of 300–699 was never acknowledged. */
  onTimeout?(): void;
  /** A response could not be sent. */
  onTransportError?(failure: SendFailure): void;
}

export interface ReplyOptions {
  readonly reason?: string | undefined;
  readonly headers?: readonly (readonly [name: string, value: string])[] | undefined;
}

/** A request that waits for its answer: what the user of a server transaction (RFC 3261 §17.2) has in hand. */
export class ServerTransaction {
  readonly request: SipRequest;
  /** State and timers; they outlive the request. */
  readonly driver: ServerDriver;

  constructor(driver: ServerDriver, request: SipRequest) {
    this.driver = driver;
    this.request = request;
  }

  get flow(): Flow {
    return this.driver.flow;
  }

  set user(user: ServerTransactionUser) {
    this.driver.user = user;
  }

  /** Tag for the To of our responses, always the same one. */
  get localTag(): string {
    return this.driver.localTag;
  }

  /** True until a final response was sent, as long as the client waits for one. */
  get isPending(): boolean {
    return this.driver.isPending && this.driver.state !== 'terminated';
  }

  /** Status of the last response sent, 0 before the first. */
  get lastStatus(): number {
    return this.driver.lastStatus;
  }

  /** Sends a response; one that the state does not allow (a second final one) is dropped. */
  respond(response: SipResponse): void {
    this.driver.respond(response);
  }

  /** Sends a response and gives back its octets for `repeat`; undefined when none may be sent any more. */
  transmit(response: SipResponse): Buffer | undefined {
    return this.driver.respond(response);
  }

  /** Sends the octets of a provisional response or a 2xx again. */
  repeat(bytes: Buffer): void {
    this.driver.repeat(bytes);
  }

  /** Builds and sends a response without a body. */
  reply(status: number, options: ReplyOptions = {}): void {
    const toTag = status > 100 ? this.localTag : undefined;
    this.respond(makeResponse(this.request, status, { ...options, toTag }));
  }

  /** Tag for the To of `respondStateless`: the same for every repetition of a request, as of every other. */
  get statelessTag(): string {
    return this.driver.statelessTag;
  }

  /**
   * Sends a final response and keeps nothing: for answers that cost little to make again, like a challenge to REGISTER
   * (RFC 3261 §8.2.7). If it is lost, the repeated request is handed up as a new one.
   */
  respondStateless(response: SipResponse): void {
    this.driver.respondStateless(response);
  }
}
