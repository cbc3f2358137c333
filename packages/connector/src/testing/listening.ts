import { once } from 'node:events';
import { EVENTS_PATH, type EventFrame } from '@unisono/contract';
import { WebSocket } from 'ws';

/** A client's connection, with everything that came on it. */
export class Listening {
  readonly frames: EventFrame[] = [];
  readonly socket: WebSocket;
  #wake = (): void => {};

  private constructor(url: string, token: string) {
    this.socket = new WebSocket(url, { headers: { authorization: `Bearer ${token}` } });
    this.socket.on('error', () => {});
    this.socket.on('message', (data) => {
      this.frames.push(JSON.parse(String(data)) as EventFrame);
      this.#wake();
    });
  }

  /** Resolves when the first frame is there; `after` is the position to go on from. */
  static async open(port: number, token: string, after?: string): Promise<Listening> {
    const query = after === undefined ? '' : `?after=${after}`;
    const one = new Listening(`ws://127.0.0.1:${port}${EVENTS_PATH}${query}`, token);
    await one.until((frames) => frames.length > 0);
    return one;
  }

  async until(holds: (frames: readonly EventFrame[]) => boolean): Promise<void> {
    while (!holds(this.frames))
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
  }

  get events() {
    return this.frames.flatMap((frame) => (frame.type === 'event' ? [frame] : []));
  }

  get hello() {
    return this.frames.find((frame) => frame.type === 'hello');
  }

  /** The network is gone: no farewell. */
  async cut(): Promise<void> {
    this.socket.terminate();
    await once(this.socket, 'close');
  }
}
