import { createDecipheriv, createECDH, createHmac, createPublicKey, randomBytes, verify } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Issued } from './issued.ts';

/** One message as the client behind the service reads it. */
export interface Delivered {
  readonly payload: string;
  readonly ttl: string | undefined;
  readonly urgency: string | undefined;
  readonly topic: string | undefined;
  /** Claims of the application server's token (RFC 8292 §2). */
  readonly claims: { readonly aud: string; readonly exp: number; readonly sub: string };
}

/**
 * For tests: a push service (RFC 8030) with one subscription. It verifies the application server's signature (RFC 8292), and
 * decrypts what was sent (RFC 8291) with the keys of its client; both are written out, so that no code is shared with who sends.
 */
export class PushService {
  readonly delivered: Delivered[] = [];
  /** What the next messages are answered with. */
  status = 201;
  readonly #server: ReturnType<typeof createServer>;
  readonly #client = createECDH('prime256v1');
  readonly #auth = randomBytes(16);
  readonly #vapidKey: string;

  private constructor({ certificate, privateKey }: Issued, vapidKey: string) {
    this.#client.generateKeys();
    this.#vapidKey = vapidKey;
    this.#server = createServer({ cert: certificate, key: privateKey }, (request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        try {
          if (this.status === 201) this.delivered.push(this.#read(request.headers, Buffer.concat(parts)));
          response.writeHead(this.status).end();
        } catch (error) {
          response.writeHead(400).end(String(error));
        }
      });
    });
  }

  static async start(certificate: Issued, vapidKey: string): Promise<PushService> {
    const service = new PushService(certificate, vapidKey);
    service.#server.listen(0, '127.0.0.1');
    await once(service.#server, 'listening');
    return service;
  }

  /** What a browser hands to its page. */
  get subscription() {
    const { port } = this.#server.address() as AddressInfo;
    const keys = { p256dh: this.#client.getPublicKey('base64url'), auth: this.#auth.toString('base64url') };
    return { kind: 'webPush' as const, endpoint: `https://127.0.0.1:${port}/push/one`, keys };
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #read(headers: Readonly<Record<string, string | string[] | undefined>>, body: Buffer): Delivered {
    const header = (name: string) => headers[name]?.toString();
    if (header('content-encoding') !== 'aes128gcm') throw new Error('it is not encrypted as in RFC 8188');
    const claims = this.#verified(header('authorization') ?? '');
    const [ttl, urgency, topic] = [header('ttl'), header('urgency'), header('topic')];
    return { payload: this.#decrypted(body), ttl, urgency, topic, claims };
  }

  /** `vapid t=TOKEN, k=KEY`, signed with the key that the client has subscribed with. */
  #verified(authorization: string): Delivered['claims'] {
    const token = /t=([^,\s]+)/.exec(authorization)?.[1] ?? '';
    const key = /k=([^,\s]+)/.exec(authorization)?.[1];
    if (key !== this.#vapidKey) throw new Error('another application server');
    const point = Buffer.from(key, 'base64url');
    const [x, y] = [point.subarray(1, 33).toString('base64url'), point.subarray(33).toString('base64url')];
    const publicKey = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
    const [head = '', claims = '', signature = ''] = token.split('.');
    const said = Buffer.from(`${head}.${claims}`);
    const isSigned = verify(
      'sha256',
      said,
      { key: publicKey, dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    );
    if (!isSigned) throw new Error('the signature is wrong');
    return JSON.parse(Buffer.from(claims, 'base64url').toString()) as Delivered['claims'];
  }

  /** RFC 8291 §3.4, RFC 8188 §2. */
  #decrypted(body: Buffer): string {
    const salt = body.subarray(0, 16);
    const keyLength = body[20] ?? 0;
    const senderKey = body.subarray(21, 21 + keyLength);
    const record = body.subarray(21 + keyLength);
    const shared = this.#client.computeSecret(senderKey);
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), this.#client.getPublicKey(), senderKey]);
    const secret = hkdf(this.#auth, shared, info, 32);
    const key = hkdf(salt, secret, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
    const nonce = hkdf(salt, secret, Buffer.from('Content-Encoding: nonce\0'), 12);
    const cipher = createDecipheriv('aes-128-gcm', key, nonce);
    cipher.setAuthTag(record.subarray(-16));
    const plain = Buffer.concat([cipher.update(record.subarray(0, -16)), cipher.final()]);
    // The last record ends with a 2 and padding.
    return plain.subarray(0, plain.lastIndexOf(2)).toString();
  }
}

function hkdf(salt: Buffer, material: Buffer, info: Buffer, length: number): Buffer {
  const pseudorandom = createHmac('sha256', salt).update(material).digest();
  return createHmac('sha256', pseudorandom)
    .update(info)
    .update(Buffer.from([1]))
    .digest()
    .subarray(0, length);
}
