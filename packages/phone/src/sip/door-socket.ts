import type { OpenSocket, PhoneClock, PhoneRandom, SocketPort } from '../ports.ts';
import { type Door, DoorRace, type OpenDoor } from './door-race.ts';
import { KeepAlive } from './keep-alive.ts';

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

/** How often a better door is looked for, with some chance, so that not everybody comes back in the same moment. */
const LOOK_BACK_MS = { from: 120_000, to: 240_000 } as const;
/** So long an answer is waited for when there is a reason to ask at once. */
const ANSWER_MS = 2_000;
/** RFC 6455 §7.4.1: the connection was lost without a word. */
const NOBODY_ANSWERS = 1006;
/** The head start of a door (RFC 8305 §5): twice what the last one took to open, within these. */
const HEAD_START_MS = { least: 500, most: 2_000 } as const;

/**
 * The connection to the border as JsSIP wants a socket. It can be opened again under the user agent's feet: JsSIP keeps its calls and
 * goes on with the new one, so the schedule of tries is ours and not JsSIP's. One try goes through all doors, best first, without
 * waiting long for one that says nothing; such a one comes last the next time. Who had to take a lesser one looks now and
 * then whether a better one is back.
 */
export class DoorSocket {
  readonly via_transport = 'WSS';
  readonly sip_uri: string;
  /** Set by JsSIP. */
  onconnect: () => void = () => {};
  ondisconnect: (isError: boolean, code?: number, reason?: string) => void = () => {};
  ondata: (data: string) => void = () => {};
  readonly #options: DoorSocketOptions;
  readonly #silent = new Set<Door>();
  #race: DoorRace | undefined;
  #probe: DoorRace | undefined;
  #open: OpenSocket | undefined;
  #current: Door | undefined;
  #lastOpeningMs = 0;
  #cancelLook: (() => void) | undefined;
  #keepAlive: KeepAlive | undefined;

  constructor(options: DoorSocketOptions) {
    this.#options = options;
    this.#current = options.doors[0];
    this.sip_uri = `sip:${new URL(this.url).host};transport=ws`;
  }

  get url(): string {
    return this.#current?.uri ?? '';
  }

  /** Tries every door once, the best one first. */
  connect(): void {
    this.#leave();
    const { sockets, clock } = this.#options;
    const { least, most } = HEAD_START_MS;
    const race = new DoorRace({
      doors: this.#inOrder(),
      sockets,
      clock,
      staggerMs: Math.min(most, Math.max(least, 2 * this.#lastOpeningMs)),
      onOpen: (won) => this.#opened(won),
      onText: (text) => this.#heard(text),
      onClose: (code, reason) => this.#closed(code, reason),
    });
    this.#race = race;
    race.start();
  }

  /** Leaves the connection without waiting for it to say so. */
  disconnect(): void {
    const wasOpen = this.isConnected();
    this.#leave();
    if (wasOpen) this.ondisconnect(false, 1000, '');
  }

  send(text: string): boolean {
    this.#open?.send(text);
    return this.isConnected();
  }

  isConnected(): boolean {
    return this.#open !== undefined;
  }

  isConnecting(): boolean {
    return this.#race !== undefined && !this.isConnected();
  }

  /** Is anybody at the other end? Asked at once. */
  isAnswered(): Promise<boolean> {
    return this.#keepAlive?.ask(ANSWER_MS) ?? Promise.resolve(false);
  }

  #heard(text: string): void {
    if (this.#keepAlive?.heard(text) === false) this.ondata(text);
  }

  #inOrder(): Door[] {
    const { doors } = this.#options;
    return [...doors.filter((door) => !this.#silent.has(door)), ...doors.filter((door) => this.#silent.has(door))];
  }

  #opened({ door, socket, tookMs, silent }: OpenDoor): void {
    this.#open = socket;
    this.#lastOpeningMs = tookMs;
    this.#current = door;
    this.#silent.delete(door);
    for (const one of silent) this.#silent.add(one);
    const { clock, random } = this.#options;
    this.#keepAlive = new KeepAlive({
      clock,
      random,
      send: (text) => socket.send(text),
      onSilence: () => this.#closed(NOBODY_ANSWERS, ''),
    });
    this.onconnect();
    this.#lookLater();
  }

  #closed(code: number, reason: string): void {
    this.#leave();
    this.ondisconnect(code !== 1000, code, reason);
    this.#options.onClose();
  }

  /** Best door that is better than the one in use. */
  get #better(): Door | undefined {
    const [best] = this.#options.doors;
    return best !== undefined && best.priority < (this.#current?.priority ?? 0) ? best : undefined;
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
    if (door === undefined) return;
    const done = (): void => {
      this.#probe?.close();
      this.#probe = undefined;
      this.#lookLater();
    };
    this.#probe = new DoorRace({
      doors: [door],
      sockets,
      clock,
      staggerMs: 0,
      onOpen: () => {
        this.#silent.delete(door);
        done();
        onBetterDoor();
      },
      onText: () => {},
      onClose: done,
    });
    this.#probe.start();
  }

  #leave(): void {
    this.#cancelLook?.();
    this.#probe?.close();
    this.#probe = undefined;
    const race = this.#race;
    this.#race = undefined;
    this.#open = undefined;
    race?.close();
    this.#keepAlive?.stop();
    this.#keepAlive = undefined;
  }
}
