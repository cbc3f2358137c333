import type { AssistantTables } from '@unisono/assistant';

/** The tables of `unisono.db`, beside which the Assistant's stand. Times are milliseconds since 1970; structured values are JSON texts. */
export interface Tables extends AssistantTables {
  /** The whole system data at a version; the newest row counts. */
  system_snapshots: { version: number; at_ms: number; origin: string; data: string };
  /** Every version there was, with the parts that it changed as they are since. One row per version, so nobody takes one twice. */
  system_changes: { version: number; at_ms: number; summary: string; parts: string };
  /** Which text of a system data file was imported last, so that the same text is not imported at every start. */
  system_imports: { file: string; sha256: string; at_ms: number };
  registrations: { device: string; key: string; expires_at_ms: number; binding: string };
  /** Installations of clients that credentials were issued for. */
  client_installations: {
    id: string;
    user_id: string;
    ufip_device: string;
    label: string;
    created_at_ms: number;
    expires_at_ms: number;
    revoked_at_ms: number | null;
  };
  /** Messages in mailboxes; `pcm` is mono, 16 bits, little-endian. */
  voicemail_messages: {
    id: string;
    user_id: string;
    caller_number: string | null;
    caller_name: string | null;
    received_at_ms: number;
    duration_ms: number;
    is_heard: number;
    call_id: string;
    sample_rate_hz: number;
    pcm: Uint8Array;
  };
  voicemail_greetings: { user_id: string; sample_rate_hz: number; pcm: Uint8Array };
  /**
   * Sources that are banned, or were lately. `asked` is what an operator wants of a running system: `ban` or `lift`, until it has
   * taken note.
   */
  bans: {
    source: string;
    scope: string;
    because: string;
    since_ms: number;
    until_ms: number | null;
    level: number;
    asked: string | null;
  };
  /** Answered calls at the border, as JSON texts: taken up again, or ended with a reason, after the process has died. */
  border_calls: { key: string; call: string };
  /** Calls that have begun and not ended: closed as interrupted when the process that had them is gone. */
  open_calls: { id: string; record: string };
  call_records: {
    id: string;
    started_at_ms: number;
    ended_at_ms: number;
    result: string;
    record: string;
  };
}
