/** Asks a gateway again and again whether it is there: how long does it not answer while its process does something else? */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

const EVERY_MS = 10;

export interface Probe {
  /** Forgets what was. */
  begin(): void;
  /** Longest time without an answer since `begin`. */
  longestMs(): number;
  close(): void;
}

/** Sends an OPTIONS (RFC 3261 §11) every ten milliseconds. */
export async function startProbe(port: number): Promise<Probe> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const local = socket.address().port;
  const waiting = new Map<number, number>();
  let [sent, longest] = [0, 0];
  socket.on('message', (data) => {
    const found = /^CSeq: (\d+) OPTIONS/m.exec(data.toString('latin1'))?.[1];
    const sentAtMs = waiting.get(Number(found));
    if (sentAtMs === undefined) return;
    waiting.delete(Number(found));
    longest = Math.max(longest, performance.now() - sentAtMs);
  });
  const timer = setInterval(() => {
    sent++;
    waiting.set(sent, performance.now());
    socket.send(options(port, local, sent), port, '127.0.0.1');
  }, EVERY_MS);
  return {
    begin: () => {
      longest = 0;
      waiting.clear();
    },
    longestMs: () => {
      const [oldest = performance.now()] = waiting.values();
      return Math.max(longest, performance.now() - oldest);
    },
    close: () => {
      clearInterval(timer);
      socket.close();
    },
  };
}

function options(port: number, local: number, sequence: number): string {
  return [
    `OPTIONS sip:127.0.0.1:${port} SIP/2.0`,
    `Via: SIP/2.0/UDP 127.0.0.1:${local};branch=z9hG4bKprobe${sequence};rport`,
    'Max-Forwards: 70',
    `From: <sip:probe@127.0.0.1>;tag=probe`,
    `To: <sip:127.0.0.1:${port}>`,
    `Call-ID: probe-${local}`,
    `CSeq: ${sequence} OPTIONS`,
    'Content-Length: 0',
    '\r\n',
  ].join('\r\n');
}
