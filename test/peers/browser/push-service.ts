/**
 * A push service for browsers on loopback: RFC 8030 for application servers, and towards the browser the WebSocket protocol of
 * Firefox (hello, register, notification, ack). What is sent goes through as it is; only the browser can read it (RFC 8291).
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type WebSocket, WebSocketServer } from 'ws';
import type { TestCertificates } from '../certificates.ts';

const LOOK_MS = 10;

/** A message on its way. */
export interface PushedMessage {
  readonly urgency: string | undefined;
  readonly ttlSec: number;
  readonly octets: number;
  /** When it came from the application server (`performance.now()`), and when the browser had handled it. */
  readonly sentAtMs: number;
  readonly acknowledgedAtMs?: number;
}

interface Subscription {
  readonly socket: WebSocket;
  /** Key of the application server that may send (RFC 8292). */
  readonly key: string;
}

export class BrowserPushService {
  readonly messages: PushedMessage[] = [];
  readonly #byChannel = new Map<string, Subscription>();
  readonly #versions = new Map<string, number>();
  readonly #https: Server;
  readonly #http: HttpServer = createHttpServer();

  private constructor({ certificateFile, keyFile }: TestCertificates) {
    this.#https = createServer({ cert: readFileSync(certificateFile), key: readFileSync(keyFile) });
    this.#https.on('request', (request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const status = this.#forward(request.url ?? '', request.headers, Buffer.concat(parts));
        response
          .writeHead(status, status === 201 ? { location: `${this.endpointOrigin}/m/${randomUUID()}` } : {})
          .end();
      });
    });
    new WebSocketServer({ server: this.#http }).on('connection', (socket) => this.#converse(socket));
  }

  static async start(certificates: TestCertificates): Promise<BrowserPushService> {
    const service = new BrowserPushService(certificates);
    for (const server of [service.#https, service.#http]) {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
    }
    return service;
  }

  /** Settings of Firefox that make it subscribe here. */
  get firefoxPreferences(): Readonly<Record<string, unknown>> {
    return {
      'dom.push.serverURL': `ws://127.0.0.1:${(this.#http.address() as AddressInfo).port}/`,
      'dom.push.testing.allowInsecureServerURL': true,
      'dom.push.connection.enabled': true,
      // Otherwise Firefox, when it is driven from outside, does not talk to push services.
      'remote.prefs.recommended': false,
    };
  }

  get endpointOrigin(): string {
    return `https://127.0.0.1:${(this.#https.address() as AddressInfo).port}`;
  }

  get subscriptions(): number {
    return this.#byChannel.size;
  }

  async waitFor<T>(what: string, probe: () => T | undefined, timeoutMs = 15_000): Promise<T> {
    for (const untilMs = performance.now() + timeoutMs; performance.now() < untilMs; await delay(LOOK_MS)) {
      const found = probe();
      if (found !== undefined) return found;
    }
    throw new Error(`waited ${timeoutMs} ms for ${what} in vain: ${JSON.stringify(this.messages)}`);
  }

  close(): void {
    for (const { socket } of this.#byChannel.values()) socket.terminate();
    for (const server of [this.#https, this.#http]) {
      server.closeAllConnections();
      server.close();
    }
  }

  #converse(socket: WebSocket): void {
    const say = (message: object): void => socket.send(JSON.stringify(message));
    socket.on('error', () => {});
    socket.on('message', (data) => {
      const text = String(data);
      if (text === '{}') return say({});
      const message = JSON.parse(text) as {
        messageType: string;
        channelID?: string;
        key?: string;
        uaid?: string;
        updates?: { version: string }[];
      };
      const channelID = message.channelID ?? '';

      switch (message.messageType) {
        case 'hello':
          return say({
            messageType: 'hello',
            status: 200,
            uaid: message.uaid || randomUUID().replaceAll('-', ''),
            use_webpush: true,
            broadcasts: {},
          });
        case 'register':
          this.#byChannel.set(channelID, { socket, key: message.key ?? '' });
          return say({
            messageType: 'register',
            status: 200,
            channelID,
            pushEndpoint: `${this.endpointOrigin}/push/${channelID}`,
          });
        case 'unregister':
          this.#byChannel.delete(channelID);
          return say({ messageType: 'unregister', status: 200, channelID });
        case 'ack':
          for (const { version } of message.updates ?? []) this.#acknowledged(version);
      }
    });
  }

  #acknowledged(version: string): void {
    const index = this.#versions.get(version);
    const message = index === undefined ? undefined : this.messages[index];
    if (index !== undefined && message !== undefined)
      this.messages[index] = { ...message, acknowledgedAtMs: performance.now() };
  }

  /** RFC 8030 §5: takes a message for a subscription, and gives the status of the answer. */
  #forward(path: string, headers: Readonly<Record<string, string | string[] | undefined>>, body: Buffer): number {
    const channelID = path.replace(/^\/push\//, '');
    const to = this.#byChannel.get(channelID);
    if (to === undefined) return 410;
    const key = /k=([^,\s]+)/.exec(String(headers.authorization))?.[1];
    if (key !== to.key.replace(/=+$/, '')) return 403;
    const version = randomUUID();
    this.#versions.set(version, this.messages.length);
    const sentAtMs = performance.now();
    this.messages.push({
      urgency: headers.urgency?.toString(),
      ttlSec: Number(headers.ttl),
      octets: body.length,
      sentAtMs,
    });
    const told = { encoding: String(headers['content-encoding']) };
    to.socket.send(
      JSON.stringify({
        messageType: 'notification',
        channelID,
        version,
        data: body.toString('base64url'),
        headers: told,
      }),
    );
    return 201;
  }
}
