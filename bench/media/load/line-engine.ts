/** The engine of a media server of ours, by its line protocol. */
import { connect, type Socket } from 'node:net';
import type { AnswerRequest, MediaEngineResult, MediaKey, OfferRequest } from '@unisono/media';
import { type AnchoringEngine, type LineReply, type LineRequest, lineReader } from '../line.ts';

type Question = LineRequest extends infer R ? (R extends LineRequest ? Omit<R, 'id'> : never) : never;

export class LineEngine implements AnchoringEngine {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, (reply: LineReply) => void>();
  #next = 1;

  constructor(socket: Socket) {
    this.#socket = socket;
    const read = lineReader<LineReply>((reply) => {
      this.#waiting.get(reply.id)?.(reply);
      this.#waiting.delete(reply.id);
    });
    socket.setEncoding('utf8').setNoDelay(true).on('data', read);
  }

  offer(request: OfferRequest): Promise<MediaEngineResult> {
    return this.#askForDescription({ verb: 'offer', request });
  }

  answer(request: AnswerRequest): Promise<MediaEngineResult> {
    return this.#askForDescription({ verb: 'answer', request });
  }

  async delete({ callId }: Pick<MediaKey, 'callId'>): Promise<void> {
    await this.#ask({ verb: 'delete', request: { callId } });
  }

  close(): void {
    this.#socket.destroy();
  }

  async #askForDescription(question: Question): Promise<MediaEngineResult> {
    const { result } = await this.#ask(question);
    if (!result) throw new Error(`no result of ${question.verb}`);
    return result;
  }

  #ask(question: Question): Promise<LineReply> {
    const id = this.#next++;
    this.#socket.write(`${JSON.stringify({ ...question, id })}\n`);
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }
}

export async function connectLineEngine(port: number): Promise<LineEngine> {
  const socket = connect(port, '127.0.0.1');
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return new LineEngine(socket);
}
