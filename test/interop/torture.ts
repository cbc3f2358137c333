/** The torture messages of RFC 4475 and RFC 5118, and what comes back for one. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { statusOf } from './scripted/messages.ts';

const VECTORS = join(import.meta.dirname, '../../packages/sip/test/vectors');
/** How long an answer that is due may take, and how long none is waited for. */
export const ANSWER_MS = 3_000;
export const SETTLE_MS = 30;

/** Names of all of them, such as `rfc4475/wsinv`, in order. */
export function tortureMessages(): string[] {
  const names = (folder: string) =>
    readdirSync(join(VECTORS, folder)).map((file) => `${folder}/${file.replace('.dat', '')}`);
  return ['rfc4475', 'rfc5118'].flatMap(names).sort();
}

/** Many share a branch and would be taken for repetitions of one another: each gets one of its own. */
export function tortureMessage(name: string): Buffer {
  const text = readFileSync(join(VECTORS, `${name}.dat`)).toString('latin1');
  return Buffer.from(text.replace(/branch=z9hG4bK[^\s;,]+/, `$&-${name.slice(8)}`), 'latin1');
}

/** The ports that Via names: without rport an answer over UDP goes there, else to the port of the transport (§18.2.2). */
function answerPorts(message: string): number[] {
  const named = [...message.matchAll(/SIP\s*\/\s*\d\.\d\s*\/\s*\w+\s+[^\s;,]*:(\d{1,5})\s*(?=[;,\r])/gi)];
  return [...new Set([5060, 5061, ...named.map(([, port]) => Number(port))])];
}

/** An address of this machine that nobody else uses at the same time: the ports are not ours to choose. */
const HOST = `127.77.${(process.pid >> 8) & 255}.${process.pid & 255 || 1}`;

/** Statuses of what comes back over UDP for this message, once the answers of the probe and of the message are there. */
export async function answersOverUdp(
  port: number,
  octets: Buffer,
  isDue: boolean,
  probe: () => Promise<void>,
): Promise<number[]> {
  const text = octets.toString('latin1');
  const statuses: number[] = [];
  const note = (answer: Buffer) => {
    if (isAnswerTo(answer.toString('latin1'), text)) statuses.push(statusOf(answer.toString('latin1')) ?? 0);
  };
  const sockets = await Promise.all(answerPorts(text).map((one) => listen(one, note)));
  try {
    sockets[0]?.send(octets, port, '127.0.0.1');
    await probe();
    const deadline = performance.now() + (isDue ? ANSWER_MS : SETTLE_MS);
    while (performance.now() < deadline && statuses.length === 0) await delay(5);
    return statuses;
  } finally {
    await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))));
  }
}

/** The answers repeat the Call-ID, when there is one; repetitions of answers to earlier vectors come too. */
function isAnswerTo(answer: string, request: string): boolean {
  const callId = /^(?:call-id|i)[ \t]*:\s*(.*?)[ \t]*\r$/im.exec(request)?.[1];
  return callId === undefined || answer.includes(callId);
}

async function listen(port: number, onMessage: (octets: Buffer) => void): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.on('message', onMessage);
  socket.bind(port, HOST);
  await once(socket, 'listening');
  return socket;
}
