/** One web client: a secure WebSocket and a registration on it (RFC 7118). */
import { WebSocket } from 'ws';
import { authorization, challengeOf } from '../load/digest.ts';
import { headerOf, responseTo, statusOf } from '../load/text.ts';

const EXPIRES_SEC = 3_600;

export interface ClientAccount {
  readonly user: string;
  readonly password: string;
}

export class WssClient {
  readonly #url: string;
  readonly #domain: string;
  readonly #account: ClientAccount;
  readonly #name: string;
  #socket: WebSocket | undefined;
  #sequence = 0;
  #waiting: ((problem: string | undefined) => void) | undefined;

  constructor(url: string, domain: string, account: ClientAccount, index: number) {
    this.#url = url;
    this.#domain = domain;
    this.#account = account;
    this.#name = `w${index}-${process.pid}`;
  }

  /** Resolves with what went wrong, or undefined when it is open. */
  connect(): Promise<string | undefined> {
    return new Promise((resolve) => {
      const socket = new WebSocket(this.#url, 'sip', { rejectUnauthorized: false, perMessageDeflate: false });
      this.#socket = socket;
      socket.on('open', () => resolve(undefined));
      socket.on('error', (error) => {
        resolve(error.message);
        this.#settle(`broken: ${error.message}`);
      });
      socket.on('close', () => this.#settle('closed'));
      socket.on('message', (data) => this.#onMessage(String(data)));
    });
  }

  /** Without a word, as when the network is gone. */
  break(): void {
    this.#socket?.removeAllListeners('close').terminate();
  }

  /** Resolves with what went wrong, or undefined when it is registered. */
  register(): Promise<string | undefined> {
    return new Promise((resolve) => {
      this.#waiting = resolve;
      this.#send('');
    });
  }

  #settle(problem: string | undefined): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(problem);
  }

  #onMessage(text: string): void {
    if (!text.startsWith('SIP/2.0')) return this.#onRequest(text);
    if (Number.parseInt(headerOf(text, 'CSeq'), 10) !== this.#sequence) return;
    const status = statusOf(text);
    const challenge = status === 401 ? challengeOf(text) : undefined;
    if (status === 200) this.#settle(undefined);
    else if (challenge === undefined) this.#settle(`REGISTER answered ${status}`);
    else {
      const { user, password } = this.#account;
      const value = authorization(user, password, 'REGISTER', `sip:${this.#domain}`, challenge);
      this.#send(`Authorization: ${value}\r\n`);
    }
  }

  /** Keep-alives of the gateway. */
  #onRequest(text: string): void {
    if (text.startsWith('OPTIONS')) this.#socket?.send(responseTo(text, '200 OK', this.#name));
  }

  #send(credentials: string): void {
    const { user } = this.#account;
    const sequence = ++this.#sequence;
    const aor = `<sip:${user}@${this.#domain}>`;
    this.#socket?.send(
      `REGISTER sip:${this.#domain} SIP/2.0\r\n` +
        `Via: SIP/2.0/WSS ${this.#name}.invalid;branch=z9hG4bK${this.#name}x${sequence}\r\n` +
        `Max-Forwards: 70\r\nFrom: ${aor};tag=${sequence}\r\nTo: ${aor}\r\nCall-ID: ${this.#name}\r\n` +
        `CSeq: ${sequence} REGISTER\r\nSupported: outbound, path\r\n` +
        `Contact: <sip:${this.#name}@${this.#name}.invalid;transport=ws>;reg-id=1;` +
        `+sip.instance="<urn:uuid:${this.#name}>";expires=${EXPIRES_SEC}\r\n` +
        `User-Agent: bench\r\n${credentials}Content-Length: 0\r\n\r\n`,
    );
  }
}
