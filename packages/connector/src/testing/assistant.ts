import { type DownBody, ENDPOINTS, type FrameOf, LINK_PATH, type LinkFrame, type UpBody } from '@unisono/contract';
import { WebSocket } from 'ws';
import type { Stage } from './stage.ts';

/** An Assistant's end of a link, over one carrier or the other. */
export interface TestLink {
  send(...frames: LinkFrame[]): void;
  /** The next frame of that type; others that come before it are kept. */
  next<Type extends LinkFrame['type']>(type: Type): Promise<FrameOf<Type>>;
  close(): Promise<void>;
}

class Heard {
  readonly #frames: LinkFrame[] = [];
  #waiting: (() => void)[] = [];

  put(frame: LinkFrame): void {
    this.#frames.push(frame);
    for (const wake of this.#waiting.splice(0)) wake();
  }

  async next<Type extends LinkFrame['type']>(type: Type): Promise<FrameOf<Type>> {
    for (;;) {
      const index = this.#frames.findIndex((frame) => frame.type === type);
      if (index >= 0) return this.#frames.splice(index, 1)[0] as FrameOf<Type>;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }
}

export async function webSocketLink(stage: Stage, key: string): Promise<TestLink> {
  const port = await stage.port();
  const socket = new WebSocket(`ws://127.0.0.1:${port}${LINK_PATH}`, { headers: { authorization: `Bearer ${key}` } });
  const heard = new Heard();
  socket.on('message', (data) => heard.put(JSON.parse(String(data))));
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
  return {
    send: (...frames) => {
      for (const frame of frames) socket.send(JSON.stringify(frame));
    },
    next: (type) => heard.next(type),
    close: () =>
      new Promise((resolve) => {
        socket.on('close', () => resolve());
        socket.close();
      }),
  };
}

export async function pollLink(stage: Stage, key: string): Promise<TestLink> {
  const heard = new Heard();
  const waiting: LinkFrame[] = [];
  let session: string | undefined;
  let isOver = false;
  const round = async (waitSec: number): Promise<void> => {
    const frames = waiting.splice(0);
    const reply = await stage.ask(ENDPOINTS.pollLink, { as: key, body: { session, frames, waitSec } });
    session = reply.body.session ?? session;
    for (const frame of reply.body.frames ?? []) heard.put(frame);
    if (reply.status !== 200) isOver = true;
  };
  // Frames go out one poll after the other; nothing waits at the server, the test asks again when it wants to hear.
  let work: Promise<void> = Promise.resolve();
  const again = (): void => {
    work = work.then(() => (isOver ? undefined : round(0)));
  };
  return {
    send: (...frames) => {
      waiting.push(...frames);
      again();
    },
    next: async (type) => {
      const found = heard.next(type);
      const asking = setInterval(again, 5);
      try {
        return await found;
      } finally {
        clearInterval(asking);
      }
    },
    close: async () => {
      waiting.push({ type: 'bye', code: 'shutdown', message: 'done' });
      again();
      await work;
    },
  };
}

export const hello = (outbox = 'a1', received?: { outbox: string; seq: number }): FrameOf<'hello'> => ({
  type: 'hello',
  versions: [1],
  software: 'test',
  outbox,
  ...(received === undefined ? {} : { received }),
});

export const up = (seq: number, body: UpBody): FrameOf<'message'> => ({
  type: 'message',
  seq,
  id: `m${seq}`,
  atMs: 1,
  body: body as unknown as FrameOf<'message'>['body'],
});

export const down = (frame: FrameOf<'message'>): DownBody => frame.body as unknown as DownBody;
