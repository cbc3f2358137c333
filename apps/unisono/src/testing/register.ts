import { createHash, randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

const ANSWER_MS = 10_000;

/** For tests: registers a phone over UDP with MD5 digest, written out so that it shares no code with the server. Gives the last status. */
export async function register(port: number, username: string, password: string): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  try {
    const callId = randomBytes(8).toString('hex');
    const first = await exchange(socket, port, request(socket, port, username, callId, 1));
    const realm = /realm="([^"]*)"/.exec(first)?.[1] ?? '';
    const nonce = /nonce="([^"]*)"/.exec(first)?.[1] ?? '';
    if (statusOf(first) !== 401) return statusOf(first);
    const authorization = credentials(`sip:127.0.0.1:${port}`, realm, nonce, username, password);
    return statusOf(await exchange(socket, port, request(socket, port, username, callId, 2, authorization)));
  } finally {
    socket.close();
  }
}

function request(
  socket: Socket,
  port: number,
  user: string,
  callId: string,
  sequence: number,
  authorization?: string,
): string {
  const local = socket.address().port;
  return [
    `REGISTER sip:127.0.0.1:${port} SIP/2.0`,
    `Via: SIP/2.0/UDP 127.0.0.1:${local};branch=z9hG4bK${callId}${sequence};rport`,
    'Max-Forwards: 70',
    `From: <sip:${user}@127.0.0.1>;tag=${callId}`,
    `To: <sip:${user}@127.0.0.1>`,
    `Call-ID: ${callId}`,
    `CSeq: ${sequence} REGISTER`,
    `Contact: <sip:${user}@127.0.0.1:${local}>;expires=600`,
    ...(authorization === undefined ? [] : [`Authorization: ${authorization}`]),
    'Content-Length: 0',
    '\r\n',
  ].join('\r\n');
}

/** RFC 7616 §3.4 with MD5. */
function credentials(uri: string, realm: string, nonce: string, username: string, password: string): string {
  const hash = (text: string): string => createHash('md5').update(text).digest('hex');
  const cnonce = randomBytes(8).toString('hex');
  const secret = hash(`${username}:${realm}:${password}`);
  const response = hash(`${secret}:${nonce}:00000001:${cnonce}:auth:${hash(`REGISTER:${uri}`)}`);
  const known = `username="${username}", realm="${realm}", nonce="${nonce}", uri="${uri}"`;
  return `Digest ${known}, response="${response}", cnonce="${cnonce}", qop=auth, nc=00000001, algorithm=MD5`;
}

async function exchange(socket: Socket, port: number, text: string): Promise<string> {
  socket.send(text, port, '127.0.0.1');
  const [answer] = (await once(socket, 'message', { signal: AbortSignal.timeout(ANSWER_MS) })) as [Buffer];
  return answer.toString();
}

function statusOf(response: string): number {
  return Number(/^SIP\/2\.0 (\d{3})/.exec(response)?.[1]);
}
