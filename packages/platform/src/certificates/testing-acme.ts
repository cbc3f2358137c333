import 'reflect-metadata';
import { createHash, createPublicKey, verify, webcrypto } from 'node:crypto';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as x509 from '@peculiar/x509';
import { type Issued, issueAuthority } from './issue.ts';

/** A public key on P-256 (RFC 7517). */
interface Jwk {
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
  readonly y: string;
}

interface Jws {
  readonly protected: {
    readonly url: string;
    readonly nonce: string;
    readonly kid?: string;
    readonly jwk?: Jwk;
  };
  readonly payload: Readonly<Record<string, unknown>>;
  readonly jwk: Jwk;
}

/** For tests: a certificate authority that speaks as much of RFC 8555 as an order needs, on loopback. It checks signatures, nonces and challenges. */
export class FakeAcme {
  readonly authority: Issued;
  /** Lifetime of what it signs. */
  lifetimeMs = 90 * 86_400_000;
  /** Certificates signed so far. */
  issued = 0;
  /** Accounts that were made. */
  readonly accounts: Jwk[] = [];
  /** What is wrong with every order, when the test wants a failure. */
  refusal: string | undefined;
  nowMs = Date.now();
  readonly #challengePort: () => number;
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  readonly #nonces = new Set<string>();
  readonly #orders: { names: string[]; isValid: boolean; certificate?: string; token: string; jwk: Jwk }[] = [];
  #base = '';
  #count = 0;

  private constructor(authority: Issued, challengePort: () => number) {
    this.authority = authority;
    this.#challengePort = challengePort;
  }

  /** `challengePort` is where it looks for answers of http-01, instead of port 80. */
  static async start(challengePort: () => number): Promise<FakeAcme> {
    const fake = new FakeAcme(await issueAuthority('Fake ACME', Date.now()), challengePort);
    fake.#server.listen(0, '127.0.0.1');
    await once(fake.#server, 'listening');
    fake.#base = `http://127.0.0.1:${(fake.#server.address() as AddressInfo).port}`;
    return fake;
  }

  get directoryUrl(): string {
    return `${this.#base}/directory`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    response.setHeader('Replay-Nonce', this.#newNonce());
    try {
      if (path === '/directory') return this.#send(response, 200, this.#directory());
      if (path === '/nonce') return void response.writeHead(200).end();
      const jws = this.#read(JSON.parse(await textOf(request)), `${this.#base}${path}`);
      await this.#answer(path, jws, response);
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      this.#send(response, 400, { type: 'urn:ietf:params:acme:error:malformed', detail });
    }
  }

  async #answer(path: string, jws: Jws, response: ServerResponse): Promise<void> {
    const [, kind, id] = path.split('/');
    const number = Number(id);
    if (kind === 'account') return this.#newAccount(jws, response);
    if (kind === 'new-order') return this.#newOrder(jws, response);
    if (kind === 'order') return this.#send(response, 200, this.#orderView(number));
    if (kind === 'authz') return this.#send(response, 200, this.#authorization(number));
    if (kind === 'challenge') {
      await this.#challenge(number);
      return this.#send(response, 200, this.#authorization(number).challenges[0]);
    }
    if (kind === 'finalize') {
      await this.#finalize(number, String(jws.payload.csr));
      return this.#send(response, 200, this.#orderView(number));
    }
    if (kind === 'certificate') {
      response.writeHead(200, { 'content-type': 'application/pem-certificate-chain' });
      return void response.end(this.#orders[number]?.certificate);
    }
    this.#send(response, 404, {});
  }

  #directory() {
    const url = (path: string) => `${this.#base}/${path}`;
    return { newNonce: url('nonce'), newAccount: url('account'), newOrder: url('new-order'), meta: {} };
  }

  #newAccount(jws: Jws, response: ServerResponse): void {
    const known = this.accounts.findIndex((jwk) => jwk.x === jws.jwk.x);
    if (known === -1) this.accounts.push(jws.jwk);
    response.setHeader('Location', `${this.#base}/account/${known === -1 ? this.accounts.length - 1 : known}`);
    this.#send(response, known === -1 ? 201 : 200, { status: 'valid' });
  }

  #newOrder(jws: Jws, response: ServerResponse): void {
    if (this.refusal !== undefined) throw new Error(this.refusal);
    const names = (jws.payload.identifiers as { value: string }[]).map(({ value }) => value);
    this.#orders.push({ names, isValid: false, token: `token-${++this.#count}`, jwk: jws.jwk });
    const number = this.#orders.length - 1;
    response.setHeader('Location', `${this.#base}/order/${number}`);
    this.#send(response, 201, this.#orderView(number));
  }

  #orderView(number: number) {
    const order = this.#orders[number];
    const status = order?.certificate !== undefined ? 'valid' : order?.isValid === true ? 'ready' : 'pending';
    return {
      status,
      identifiers: order?.names.map((value) => ({ type: 'dns', value })),
      authorizations: [`${this.#base}/authz/${number}`],
      finalize: `${this.#base}/finalize/${number}`,
      ...(order?.certificate === undefined ? {} : { certificate: `${this.#base}/certificate/${number}` }),
    };
  }

  #authorization(number: number) {
    const order = this.#orders[number];
    const status = order?.isValid === true ? 'valid' : 'pending';
    const challenge = { type: 'http-01', url: `${this.#base}/challenge/${number}`, token: order?.token, status };
    return { status, identifier: { type: 'dns', value: order?.names[0] }, challenges: [challenge] };
  }

  async #challenge(number: number): Promise<void> {
    const order = this.#orders[number];
    if (order === undefined) throw new Error('no such order');
    const answer = await fetched(`http://127.0.0.1:${this.#challengePort()}/.well-known/acme-challenge/${order.token}`);
    const { crv, kty, x, y } = order.jwk;
    const thumbprint = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
    if (answer !== `${order.token}.${thumbprint}`) throw new Error('the challenge is not answered');
    order.isValid = true;
  }

  async #finalize(number: number, csrText: string): Promise<void> {
    const order = this.#orders[number];
    if (order?.isValid !== true) throw new Error('not ready');
    const csr = new x509.Pkcs10CertificateRequest(Buffer.from(csrText, 'base64url'));
    const names = csr.getExtension('2.5.29.17');
    const issuer = new x509.X509Certificate(this.authority.certificate);
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
    const pkcs8 = x509.PemConverter.decodeFirst(this.authority.privateKey);
    const signingKey = await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']);
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: `0${++this.issued}`,
      subject: `CN=${order.names[0]}`,
      issuer: issuer.subject,
      notBefore: new Date(this.nowMs),
      notAfter: new Date(this.nowMs + this.lifetimeMs),
      publicKey: csr.publicKey,
      signingKey,
      signingAlgorithm: { ...algorithm, hash: 'SHA-256' },
      extensions: names === null ? [] : [names],
    });
    order.certificate = `${certificate.toString('pem')}\n${this.authority.certificate}`;
  }

  /** A signed request (RFC 8555 §6.2): whose it is, and that it is new. */
  #read(body: { protected: string; payload: string; signature: string }, url: string): Jws {
    const head = JSON.parse(Buffer.from(body.protected, 'base64url').toString()) as Jws['protected'];
    if (head.url !== url) throw new Error('signed for another URL');
    if (!this.#nonces.delete(head.nonce)) throw new Error('this nonce is none of ours, or was used before');
    const jwk = head.jwk ?? this.accounts[Number(head.kid?.split('/').at(-1))];
    if (jwk === undefined) throw new Error('nobody has this account');
    const key = { key: createPublicKey({ key: jwk as never, format: 'jwk' }), dsaEncoding: 'ieee-p1363' as const };
    const signed = Buffer.from(`${body.protected}.${body.payload}`);
    if (!verify('sha256', signed, key, Buffer.from(body.signature, 'base64url')))
      throw new Error('the signature is wrong');
    const text = Buffer.from(body.payload, 'base64url').toString();
    return { protected: head, payload: text === '' ? {} : (JSON.parse(text) as Jws['payload']), jwk };
  }

  #newNonce(): string {
    const nonce = `nonce-${++this.#count}`;
    this.#nonces.add(nonce);
    return nonce;
  }

  #send(response: ServerResponse, status: number, body: unknown): void {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }
}

async function textOf(stream: AsyncIterable<unknown>): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}

async function fetched(url: string): Promise<string> {
  const [response] = (await once(get(url), 'response')) as [IncomingMessage];
  return textOf(response);
}
