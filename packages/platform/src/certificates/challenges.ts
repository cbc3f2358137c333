import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const PATH = '/.well-known/acme-challenge/';

/** Answers http-01 challenges of a certificate authority (RFC 8555 §8.3), and nothing else. */
export class ChallengeServer {
  readonly #answers = new Map<string, string>();
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const { url = '' } = request;
      const answer = url.startsWith(PATH) ? this.#answers.get(url.slice(PATH.length)) : undefined;
      const headers = { 'content-type': 'application/octet-stream', connection: 'close' };
      if (answer === undefined) response.writeHead(404, headers).end();
      else response.writeHead(200, headers).end(answer);
    });
    this.#server.headersTimeout = 10_000;
    this.#server.requestTimeout = 10_000;
  }

  /** Resolves with the port when it is heard; rejects when it cannot be had. */
  async listen(address: string, port: number): Promise<number> {
    this.#server.listen(port, address);
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  add(token: string, answer: string): void {
    this.#answers.set(token, answer);
  }

  remove(token: string): void {
    this.#answers.delete(token);
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
