/** A relay of plain RTP that looks at nothing: as little as a Node process can do with a packet. */
import { createSocket, type Socket } from 'node:dgram';
import type { AnswerRequest, MediaEngineResult, MediaKey, OfferRequest } from '@unisono/media';
import type { AnchoringEngine } from '../line.ts';

const ADDRESS = '127.0.0.1';

interface Leg {
  readonly socket: Socket;
  remotePort: number;
}

export class BareEngine implements AnchoringEngine {
  readonly #calls = new Map<string, { readonly outside: Leg; readonly inside: Leg }>();

  async offer({ callId, sdp }: OfferRequest): Promise<MediaEngineResult> {
    const [outside, inside] = await Promise.all([openLeg(), openLeg()]);
    outside.remotePort = portIn(sdp);
    join(outside, inside);
    join(inside, outside);
    this.#calls.set(callId, { outside, inside });
    return { ok: true, sdp: withPort(sdp, inside) };
  }

  async answer({ callId, sdp }: AnswerRequest): Promise<MediaEngineResult> {
    const call = this.#calls.get(callId);
    if (!call) return { ok: false, error: { code: 'unknown-call', message: `no call ${callId}` } };
    call.inside.remotePort = portIn(sdp);
    return { ok: true, sdp: withPort(sdp, call.outside) };
  }

  async delete({ callId }: Pick<MediaKey, 'callId'>): Promise<void> {
    const call = this.#calls.get(callId);
    this.#calls.delete(callId);
    call?.outside.socket.close();
    call?.inside.socket.close();
  }
}

async function openLeg(): Promise<Leg> {
  const socket = createSocket({ type: 'udp4', lookup: (host, _options, callback) => callback(null, host, 4) });
  await new Promise<void>((resolve) => socket.bind(0, ADDRESS, resolve));
  return { socket, remotePort: 0 };
}

function join(from: Leg, to: Leg): void {
  from.socket.on('message', (packet) => to.socket.send(packet, 0, packet.length, to.remotePort, ADDRESS));
}

function portIn(sdp: string): number {
  return Number(/^m=audio (\d+) /m.exec(sdp)?.[1]);
}

function withPort(sdp: string, { socket }: Leg): string {
  return sdp.replace(/^m=audio \d+ /m, `m=audio ${socket.address().port} `);
}
