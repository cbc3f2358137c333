/** Time as the Connector sees it. */
export interface Clock {
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** Calls `run` once after that time, unless `cancel` comes first. Does not keep the process alive. */
  after(delayMs: number, run: () => void): { cancel(): void };
}

/** Chance that nobody can guess. */
export interface Random {
  octets(count: number): Buffer;
}

/** A message to a person. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** Sends or keeps mail; rejects when it could do neither. */
export interface Mailer {
  /** Resolves with the file the mail was kept in; undefined: it was handed to a mail server. */
  send(mail: Mail): Promise<string | undefined>;
}

/** Structured log. No secrets, no addresses and no whole numbers are handed to it. */
export interface Log {
  debug(fields: Readonly<Record<string, unknown>>, message: string): void;
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** A log that keeps nothing. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

/**
 * Tells every Connector process over the same database that something is there to be read. A lost signal costs time, not data:
 * what was signalled is in the database.
 */
export interface Signals {
  publish(topic: string): void;
  /** Calls back for every topic, those published here included. */
  subscribe(listener: (topic: string) => void): () => void;
}

/** Signals of one process. */
export function localSignals(): Signals {
  const listeners = new Set<(topic: string) => void>();
  return {
    publish: (topic) => {
      for (const listener of listeners) listener(topic);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
