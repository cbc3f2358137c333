import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

/** PostgreSQL carries at most 7,999 octets in one notification. */
const MAX_OCTETS = 7_900;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;

export interface NotificationsOptions {
  /** Calls back once after that time. */
  readonly after: (delayMs: number, run: () => void) => { cancel(): void };
  /** What came while nobody heard is lost; called when they are heard again. */
  readonly onGap: () => void;
  readonly onProblem: (error: Error) => void;
}

/** Short words between the processes that share a PostgreSQL database (LISTEN, NOTIFY). */
export interface Notifications {
  /** Tells the other processes, soon; what is too long is told to nobody and gives false. */
  publish(text: string): boolean;
  close(): Promise<void>;
}

/** Hears a channel from now on, over a connection of its own that comes back by itself. Rejects when it cannot be had at first. */
export async function openNotifications(
  connectionString: string,
  channel: string,
  hear: (text: string) => void,
  options: NotificationsOptions,
): Promise<Notifications> {
  const one = new PostgresNotifications(connectionString, channel, hear, options);
  await one.connect();
  return one;
}

class PostgresNotifications implements Notifications {
  readonly #connectionString: string;
  readonly #channel: string;
  readonly #hear: (text: string) => void;
  readonly #options: NotificationsOptions;
  /** What this process says comes back to it, and is passed over. */
  readonly #self = randomBytes(6).toString('base64url');
  #client: Client | undefined;
  #waiting = new Set<string>();
  #isSending = false;
  #failures = 0;
  #isClosed = false;
  #timer: { cancel(): void } | undefined;

  constructor(connectionString: string, channel: string, hear: (text: string) => void, options: NotificationsOptions) {
    this.#connectionString = connectionString;
    this.#channel = channel;
    this.#hear = hear;
    this.#options = options;
  }

  async connect(): Promise<void> {
    const client = new Client({ connectionString: this.#connectionString, keepAlive: true });
    client.on('notification', ({ payload = '' }) => {
      const [from, text] = [payload.slice(0, payload.indexOf(' ')), payload.slice(payload.indexOf(' ') + 1)];
      if (from !== this.#self) this.#hear(text);
    });
    client.on('error', (error) => this.#lost(client, error));
    client.on('end', () => this.#lost(client, new Error('the connection has ended')));
    await client.connect();
    await client.query(`listen "${this.#channel}"`);
    this.#client = client;
    this.#failures = 0;
    void this.#send();
  }

  publish(text: string): boolean {
    if (Buffer.byteLength(text) > MAX_OCTETS) return false;
    this.#waiting.add(text);
    if (!this.#isSending) queueMicrotask(() => void this.#send());
    return true;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => {});
  }

  /** What was said meanwhile goes out together. */
  async #send(): Promise<void> {
    const client = this.#client;
    if (this.#isSending || client === undefined || this.#waiting.size === 0) return;
    this.#isSending = true;
    const texts = [...this.#waiting].map((text) => `${this.#self} ${text}`);
    this.#waiting = new Set();
    try {
      await client.query('select pg_notify($1, word) from unnest($2::text[]) as word', [this.#channel, texts]);
    } catch (error) {
      this.#options.onProblem(error as Error);
    } finally {
      this.#isSending = false;
    }
    void this.#send();
  }

  #lost(client: Client, error: Error): void {
    if (this.#isClosed || this.#client !== client) return;
    this.#client = undefined;
    client.end().catch(() => {});
    this.#options.onProblem(error);
    this.#again();
  }

  #again(): void {
    const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures);
    this.#failures++;
    this.#timer = this.#options.after(waitMs, () => {
      this.connect().then(
        () => this.#options.onGap(),
        () => this.#again(),
      );
    });
  }
}
