/** The far end of a call: a socket that notes when RTP with sound in it came, G.711 alone. */
import { createSocket, type Socket } from 'node:dgram';

const HEADER_OCTETS = 12;
const PCMU = 0;
const PCMA = 8;
/** From this magnitude of seven bits on a sample is no silence; both laws are logarithmic. */
const LOUD = 0x28;

export class SoundMeter {
  readonly #socket: Socket;
  /** By `performance.now()`. */
  readonly #soundAtMs: number[] = [];
  readonly #listeners = new Set<() => void>();

  private constructor(socket: Socket) {
    this.#socket = socket;
    // Nothing but what is measured keeps the process.
    socket.unref();
    socket.on('message', (packet) => {
      if (!hasSound(packet)) return;
      this.#soundAtMs.push(performance.now());
      for (const listener of [...this.#listeners]) listener();
    });
  }

  static async open(): Promise<SoundMeter> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    return new SoundMeter(socket);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /** Resolves when sound has come in so many packets since then. */
  async flowsSince(sinceMs: number, packets: number, timeoutMs: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(() => reject(new Error(`no sound at the far end within ${timeoutMs} ms`)), timeoutMs);
    const look = (): void => {
      if ((this.#soundAtMs.at(-packets) ?? 0) >= sinceMs) resolve();
    };
    this.#listeners.add(look);
    look();
    await promise.finally(() => {
      clearTimeout(timer);
      this.#listeners.delete(look);
    });
  }

  /** The longest time between two packets with sound, from the last one before that moment on. */
  longestGapMs(sinceMs: number): number {
    const first = Math.max(0, this.#soundAtMs.findIndex((atMs) => atMs >= sinceMs) - 1);
    let longestMs = 0;
    for (let index = first + 1; index < this.#soundAtMs.length; index++)
      longestMs = Math.max(longestMs, (this.#soundAtMs[index] ?? 0) - (this.#soundAtMs[index - 1] ?? 0));
    return longestMs;
  }
}

function hasSound(packet: Buffer): boolean {
  const type = (packet[1] ?? 0) & 0x7f;
  if (type !== PCMU && type !== PCMA) return false;
  const payload = packet.subarray(HEADER_OCTETS);
  let loud = 0;
  for (const octet of payload) if (((type === PCMU ? ~octet : octet ^ 0x55) & 0x7f) >= LOUD) loud++;
  return loud > payload.length / 4;
}
