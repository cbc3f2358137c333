import type { OpenSocket, PhoneClock, SocketPort } from '../ports.ts';

/** One address of the border. */
export interface Door {
  readonly uri: string;
  /** Lower is better; equal ones are as good as each other. */
  readonly priority: number;
}

export interface OpenDoor {
  readonly door: Door;
  readonly socket: OpenSocket;
  readonly tookMs: number;
  /** Doors that were tried before it and have said nothing. */
  readonly silent: readonly Door[];
}

export interface DoorRaceOptions {
  /** In the order they are tried. */
  readonly doors: readonly Door[];
  readonly sockets: SocketPort;
  readonly clock: PhoneClock;
  /** So long one door is waited for before the next is tried beside it. */
  readonly staggerMs: number;
  /** Once: a door is open, and nothing is left of the others. */
  readonly onOpen: (won: OpenDoor) => void;
  /** Of the door that is open. */
  readonly onText: (text: string) => void;
  /** The door that was open is shut, or none could be opened. */
  readonly onClose: (code: number, reason: string) => void;
}

interface Attempt {
  readonly door: Door;
  readonly socket: OpenSocket;
  readonly startedAtMs: number;
  readonly cancelWait: () => void;
}

/**
 * A door that says nothing for so long is no door. A border to which 10,000 clients come back at once answers late: who goes too
 * soon and comes again has made it work twice.
 */
export const OPEN_MS = 15_000;

/** Opens the first of several doors that answers: each has a head start before the next, and none is waited for long (RFC 8305). */
export class DoorRace {
  readonly #options: DoorRaceOptions;
  /** In the order in which they were begun. */
  readonly #attempts = new Map<OpenSocket, Attempt>();
  readonly #silent: Door[] = [];
  #tried = 0;
  #winner: OpenSocket | undefined;
  #isOver = false;
  #cancelStagger: (() => void) | undefined;

  constructor(options: DoorRaceOptions) {
    this.#options = options;
  }

  start(): void {
    this.#tryNext();
  }

  /** Shuts what is open or being opened; nothing is told any more. */
  close(): void {
    this.#isOver = true;
    this.#winner?.close();
    this.#leaveAttempts();
  }

  #tryNext(): void {
    const { doors, sockets, clock, staggerMs, onText } = this.#options;
    this.#cancelStagger?.();
    const door = doors[this.#tried];
    if (door === undefined) return;
    this.#tried++;
    const socket = sockets.open(door.uri, ['sip'], {
      onOpen: () => this.#opened(socket),
      onText: (text) => {
        if (this.#winner === socket && !this.#isOver) onText(text);
      },
      onClose: (code, reason) => this.#closed(socket, code, reason),
    });
    const cancelWait = clock.after(OPEN_MS, () => {
      this.#silent.push(door);
      socket.close();
      this.#closed(socket, 1006, 'The door does not answer.');
    });
    this.#attempts.set(socket, { door, socket, startedAtMs: clock.nowMs(), cancelWait });
    if (this.#tried < doors.length) this.#cancelStagger = clock.after(staggerMs, () => this.#tryNext());
  }

  #opened(socket: OpenSocket): void {
    const attempt = this.#attempts.get(socket);
    if (attempt === undefined) return;
    const begun = [...this.#attempts.values()];
    const before = begun.slice(0, begun.indexOf(attempt)).map(({ door }) => door);
    attempt.cancelWait();
    this.#attempts.delete(socket);
    this.#winner = socket;
    this.#leaveAttempts();
    const { door, startedAtMs } = attempt;
    const tookMs = this.#options.clock.nowMs() - startedAtMs;
    this.#options.onOpen({ door, socket, tookMs, silent: [...this.#silent, ...before] });
  }

  #closed(socket: OpenSocket, code: number, reason: string): void {
    if (this.#isOver) return;
    const attempt = this.#attempts.get(socket);
    if (attempt === undefined && this.#winner !== socket) return;
    attempt?.cancelWait();
    this.#attempts.delete(socket);
    if (attempt !== undefined) this.#tryNext();
    if (this.#attempts.size > 0) return;
    this.#isOver = true;
    this.#options.onClose(code, reason);
  }

  #leaveAttempts(): void {
    this.#cancelStagger?.();
    const attempts = [...this.#attempts.values()];
    this.#attempts.clear();
    for (const { socket, cancelWait } of attempts) {
      cancelWait();
      socket.close();
    }
  }
}
