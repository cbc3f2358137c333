import type { VoicemailMessage, VoicemailStore } from '@unisono/gateway';
import type { WavAudio } from '@unisono/media';
import type { DatabaseError, Statement } from '@unisono/platform';
import { sql } from 'kysely';
import type { Store } from './open-store.ts';

const ADD =
  'insert into voicemail_messages (id, user_id, caller_number, caller_name, received_at_ms, duration_ms, is_heard, ' +
  'call_id, sample_rate_hz, pcm) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)';
const MARK_HEARD = 'update voicemail_messages set is_heard = 1 where id = ?';
const REMOVE = 'delete from voicemail_messages where id = ?';
const SET_GREETING =
  'insert into voicemail_greetings (user_id, sample_rate_hz, pcm) values (?, ?, ?) ' +
  'on conflict (user_id) do update set sample_rate_hz = excluded.sample_rate_hz, pcm = excluded.pcm';
const REMOVE_GREETING = 'delete from voicemail_greetings where user_id = ?';

/**
 * Mailboxes in the database. What is known of messages is in memory too, so that a phone sees its own change at once;
 * audio is read when it is played. A failed write is reported.
 */
export function createVoicemailStore(store: Store, onFailure: (error: DatabaseError) => void): MailboxStore {
  return new DatabaseVoicemail(store, onFailure);
}

export interface MailboxStore extends VoicemailStore {
  hasGreeting(user: string): boolean;
  /** Resolves when everything that was asked for so far is durable; rejects when some of it failed. */
  settled(): Promise<void>;
  /** Takes over what another process has changed. */
  refresh(): void;
}

class DatabaseVoicemail implements MailboxStore {
  readonly #store: Store;
  readonly #onFailure: (error: DatabaseError) => void;
  readonly #messages = new Map<string, VoicemailMessage>();
  /** User → messages, the oldest first. */
  readonly #idsOf = new Map<string, Set<string>>();
  /** Users with a greeting of their own. */
  #greeters: ReadonlySet<string>;
  #writing = 0;
  #failure: DatabaseError | undefined;
  #waiting: { resolve(): void; reject(error: DatabaseError): void }[] = [];
  /** What the database looked like when it was read last. */
  #print: string;
  /** Audio on its way to the disk. */
  readonly #unwritten = new Map<string, WavAudio>();
  readonly #listeners: ((user: string) => void)[] = [];

  constructor(store: Store, onFailure: (error: DatabaseError) => void) {
    this.#store = store;
    this.#onFailure = onFailure;
    for (const message of storedMessages(store)) this.#put(message);
    this.#greeters = storedGreeters(store);
    this.#print = printOf(store);
  }

  hasGreeting(user: string): boolean {
    return this.#greeters.has(user);
  }

  #put(message: VoicemailMessage): void {
    this.#messages.set(message.id, message);
    const ids = this.#idsOf.get(message.user) ?? new Set();
    this.#idsOf.set(message.user, ids.add(message.id));
  }

  settled(): Promise<void> {
    if (this.#writing === 0) return Promise.resolve();
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  refresh(): void {
    // What is on its way to the disk is newer than what is there.
    if (this.#writing > 0) return;
    const print = printOf(this.#store);
    if (print === this.#print) return;
    this.#print = print;
    const before = new Map(this.#messages);
    const stored = new Map(storedMessages(this.#store).map((one) => [one.id, one]));
    this.#greeters = storedGreeters(this.#store);
    this.#messages.clear();
    this.#idsOf.clear();
    for (const message of stored.values()) this.#put(message);
    const changed = [...new Set([...before.keys(), ...stored.keys()])].flatMap((id) => {
      const [old, now] = [before.get(id), stored.get(id)];
      return old?.isHeard === now?.isHeard ? [] : [(now ?? old)?.user ?? ''];
    });
    for (const user of new Set(changed)) this.#changed(user);
  }

  list(user: string): readonly VoicemailMessage[] {
    return [...(this.#idsOf.get(user) ?? [])].flatMap((id) => this.#messages.get(id) ?? []);
  }

  add(message: VoicemailMessage, audio: WavAudio): void {
    const { id, user, callerNumber = null, callerName = null, receivedAtMs, durationMs, isHeard, call } = message;
    this.#put(message);
    this.#unwritten.set(id, audio);
    const values = [id, user, callerNumber, callerName, receivedAtMs, durationMs, isHeard ? 1 : 0, call];
    this.#write(ADD, [...values, audio.sampleRateHz, octetsOf(audio)], () => this.#unwritten.delete(id));
    this.#changed(user);
  }

  audio(id: string): WavAudio | undefined {
    const query = this.#store.query.selectFrom('voicemail_messages').select(['sample_rate_hz', 'pcm']);
    return this.#unwritten.get(id) ?? this.#read(query.where('id', '=', id));
  }

  markHeard(id: string): void {
    const message = this.#messages.get(id);
    if (!message || message.isHeard) return;
    this.#messages.set(id, { ...message, isHeard: true });
    this.#write(MARK_HEARD, [id]);
    this.#changed(message.user);
  }

  remove(id: string): void {
    const message = this.#messages.get(id);
    if (!message) return;
    this.#messages.delete(id);
    this.#idsOf.get(message.user)?.delete(id);
    this.#write(REMOVE, [id]);
    this.#changed(message.user);
  }

  greeting(user: string): WavAudio | undefined {
    if (!this.#greeters.has(user)) return undefined;
    const query = this.#store.query.selectFrom('voicemail_greetings').select(['sample_rate_hz', 'pcm']);
    return this.#unwritten.get(`greeting ${user}`) ?? this.#read(query.where('user_id', '=', user));
  }

  setGreeting(user: string, audio: WavAudio | undefined): void {
    const key = `greeting ${user}`;
    if (audio === undefined) {
      this.#greeters = new Set([...this.#greeters].filter((one) => one !== user));
      return this.#write(REMOVE_GREETING, [user]);
    }
    this.#greeters = new Set([...this.#greeters, user]);
    this.#unwritten.set(key, audio);
    this.#write(SET_GREETING, [user, audio.sampleRateHz, octetsOf(audio)], () => this.#unwritten.delete(key));
  }

  onChange(listener: (user: string) => void): void {
    this.#listeners.push(listener);
  }

  #read(query: Parameters<Store['read']>[0]): WavAudio | undefined {
    const [row] = this.#store.read(query) as { sample_rate_hz: WavAudio['sampleRateHz']; pcm: Uint8Array }[];
    return row && { sampleRateHz: row.sample_rate_hz, pcm: samplesOf(row.pcm) };
  }

  #write(sql: string, values: Statement[1], done?: () => void): void {
    this.#writing++;
    this.#store.writer.write([[sql, values]], (error) => {
      done?.();
      this.#writing--;
      if (error !== undefined) this.#onFailure(error);
      this.#failure ??= error;
      if (this.#writing === 0) this.#settle();
    });
  }

  #settle(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    for (const { resolve, reject } of this.#waiting.splice(0)) {
      if (failure === undefined) resolve();
      else reject(failure);
    }
  }

  #changed(user: string): void {
    for (const listener of this.#listeners) listener(user);
  }
}

function storedGreeters(store: Store): ReadonlySet<string> {
  const greeters = store.read(store.query.selectFrom('voicemail_greetings').select('user_id'));
  return new Set(greeters.map((row) => row.user_id));
}

/** Differs when messages came, went or were heard, or when somebody has another greeting or none. */
function printOf({ read, query }: Store): string {
  const messages = query
    .selectFrom('voicemail_messages')
    .select([
      sql<number>`count(*)`.as('count'),
      sql<number>`sum(is_heard)`.as('heard'),
      sql<number>`max(rowid)`.as('last'),
    ]);
  const greetings = query
    .selectFrom('voicemail_greetings')
    .select([sql<number>`count(*)`.as('count'), sql<number>`sum(length(pcm))`.as('octets')]);
  return JSON.stringify([read(messages), read(greetings)]);
}

function storedMessages(store: Store): VoicemailMessage[] {
  const columns = [
    ...(['id', 'user_id', 'caller_number', 'caller_name'] as const),
    ...(['received_at_ms', 'duration_ms', 'is_heard', 'call_id'] as const),
  ] as const;
  const rows = store.read(store.query.selectFrom('voicemail_messages').select(columns).orderBy('received_at_ms'));
  return rows.map((row) => ({
    id: row.id,
    user: row.user_id,
    callerNumber: row.caller_number ?? undefined,
    callerName: row.caller_name ?? undefined,
    receivedAtMs: row.received_at_ms,
    durationMs: row.duration_ms,
    isHeard: row.is_heard !== 0,
    call: row.call_id,
  }));
}

function octetsOf({ pcm }: WavAudio): Uint8Array {
  return new Uint8Array(pcm.slice().buffer);
}

/** A copy: rows need not lie at an even address. */
function samplesOf(octets: Uint8Array): Int16Array {
  return new Int16Array(octets.slice().buffer);
}
