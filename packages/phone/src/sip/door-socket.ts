import type { OpenSocket, PhoneClock, PhoneRandom, SocketPort } from '../ports.ts';

/** One address of the border. */
export interface Door {
  readonly uri: string;
  /** Lower is better; equal ones are as good as each other. */
  readonly priority: number;
}

export interface DoorSocketOptions {
  /** In the order they are tried. */
  readonly doors: readonly Door[];
  readonly sockets: SocketPort;
  readonly clock: PhoneClock;
  readonly random: PhoneRandom;
  /** The connection is lost, or no door could be opened. */
  readonly onClose: () => void;
  /** A door that is better than the one in use can be opened again. */
  readonly onBetterDoor: () => void;
}

/** A door that says nothing is no door: the next one is tried. */
const OPEN_MS = 4_000;
/** How often a better door is looked for, with some chance, so that not everybody comes back in the same moment. */
const LOOK_BACK_MS = { from: 120_000, to: 240_000 } as const;

/**
 * The connection to the border as JsSIP wants a socket. It can be opened again under the user agent's feet: JsSIP keeps its calls and
 * goes on with the new one, so the schedule of tries is ours and not JsSIP's. One try goes through all doors, best first; who
 * had to take a lesser one looks now and then whether a better one is back.
 */
export class DoorSocket {
  readonly via_transport = 'WSS';
  readonly sip_uri: string;
  /** Set by JsSIP. */
  onconnect: () => void = () => {};
  ondisconnect: (isError: boolean, code?: number, reason?: string) => void = () => {};
  ondata: (data: string) => void = () => {};
  readonly #options: DoorSocketOptions;
  #open: OpenSocket | undefined;
  #probe: OpenSocket | undefined;
  #isOpen = false;
  #current = 0;
  #cancelTimer: (() => void) | undefined;
  #cancelLook: (() => void) | undefined;

  constructor(options: DoorSocketOptions) {
    this.#options = options;
    this.sip_uri = `sip:${new URL(this.url).host};transport=ws`;
  }

  get url(): string {
    return this.#options.doors[this.#current]?.uri ?? '';
  }

  /** Tries every door once, the best one first. */
  connect(): void {
    this.#leave();
    this.#tryDoor(0);
  }

  /** Leaves the connection without waiting for it to say so. */
  disconnect(): void {
    if (this.#open === undefined) return;
    const wasOpen = this.#isOpen;
    this.#leave();
    if (wasOpen) this.ondisconnect(false, 1000, '');
  }

  send(text: string): boolean {
    if (!this.#isOpen) return false;
    this.#open?.send(text);
    return true;
  }

  isConnected(): boolean {
    return this.#isOpen;
  }

  isConnecting(): boolean {
    return this.#open !== undefined && !this.#isOpen;
  }

  #tryDoor(index: number): void {
    const { sockets, clock } = this.#options;
    this.#current = index;
    const socket = sockets.open(this.url, ['sip'], {
      onOpen: () => {
        if (this.#open === socket) this.#opened();
      },
      onText: (text) => {
        if (this.#open === socket) this.ondata(text);
      },
      onClose: (code, reason) => {
        if (this.#open === socket) this.#closed(code, reason);
      },
    });
    this.#open = socket;
    this.#cancelTimer = clock.after(OPEN_MS, () => {
      socket.close();
      this.#closed(1006, 'The door does not answer.');
    });
  }

  #opened(): void {
    this.#cancelTimer?.();
    this.#isOpen = true;
    this.onconnect();
    this.#lookLater();
  }

  #closed(code: number, reason: string): void {
    const wasOpen = this.#isOpen;
    this.#cancelAll();
    this.#open = undefined;
    this.#isOpen = false;
    const next = this.#current + 1;
    if (!wasOpen && next < this.#options.doors.length) return this.#tryDoor(next);
    this.ondisconnect(code !== 1000, code, reason);
    this.#options.onClose();
  }

  /** Best door that is better than the one in use. */
  get #better(): Door | undefined {
    const { doors } = this.#options;
    const [best] = doors;
    return best !== undefined && best.priority < (doors[this.#current]?.priority ?? 0) ? best : undefined;
  }

  #lookLater(): void {
    if (this.#better === undefined) return;
    const { clock, random } = this.#options;
    const { from, to } = LOOK_BACK_MS;
    this.#cancelLook = clock.after(from + random.fraction() * (to - from), () => this.#look());
  }

  /** Opens the better door for a moment: the line is not given up for one that is still shut. */
  #look(): void {
    const { sockets, clock, onBetterDoor } = this.#options;
    const door = this.#better;
    if (door === undefined || !this.#isOpen) return;
    const done = (isBack: boolean): void => {
      if (this.#probe !== probe) return;
      this.#probe = undefined;
      this.#cancelLook?.();
      probe.close();
      this.#lookLater();
      if (isBack) onBetterDoor();
    };
    const probe = sockets.open(door.uri, ['sip'], {
      onOpen: () => done(true),
      onText: () => {},
      onClose: () => done(false),
    });
    this.#probe = probe;
    this.#cancelLook = clock.after(OPEN_MS, () => done(false));
  }

  #leave(): void {
    const socket = this.#open;
    this.#cancelAll();
    this.#open = undefined;
    this.#isOpen = false;
    socket?.close();
  }

  #cancelAll(): void {
    this.#cancelTimer?.();
    this.#cancelLook?.();
    const probe = this.#probe;
    this.#probe = undefined;
    probe?.close();
  }
}
