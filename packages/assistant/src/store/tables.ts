/** The tables of the Assistant. Times are milliseconds since 1970; structured values are JSON texts. */
export interface AssistantTables {
  assistant_administrators: {
    id: string;
    /** As it is written. */
    username: string;
    /** As it is compared. */
    username_key: string;
    role: string;
    /** Argon2id in PHC form. */
    password: string;
    created_at_ms: number;
  };
  assistant_sessions: {
    /** SHA-256 of the cookie. */
    hash: string;
    administrator: string;
    csrf: string;
    created_at_ms: number;
    seen_at_ms: number;
  };
  assistant_tokens: {
    id: string;
    name: string;
    hash: string;
    role: string;
    created_by: string;
    created_at_ms: number;
    expires_at_ms: number | null;
  };
  /** Second factors of administrators (RFC 6238). */
  assistant_second_factors: {
    administrator: string;
    /** Base64. */
    secret: string;
    /** 0 until a first code was seen. */
    is_on: number;
    /** Time step of the last code that was taken. */
    used_step: number;
  };
  assistant_invitations: { hash: string; role: string; created_by: string; expires_at_ms: number };
  assistant_audit: {
    sequence: number;
    at_ms: number;
    actor: string;
    action: string;
    target: string;
    detail: string;
    previous_hash: string;
    hash: string;
  };
  assistant_licences: { installed_at_ms: number; text: string };
  /** What the directory says, as last pulled. */
  assistant_directory: {
    id: string;
    person: string;
    /** The whole pull in which the person was seen last. */
    generation: number;
  };
  /** Connection data that the Connector has taken, by person of the directory. A withdrawn one keeps its version. */
  assistant_uploads: {
    person: string;
    /** Id of the user; empty when only the Connector remembers it. */
    user: string;
    /** `connectionDigest` of the data; empty: withdrawn. */
    digest: string;
    version: number;
    at_ms: number;
  };
  assistant_sync_runs: {
    id: string;
    started_at_ms: number;
    ended_at_ms: number;
    outcome: string;
    report: string;
  };
  /** Single values: the cursor of the directory, the lock, … */
  assistant_values: { name: string; value: string };
  /** What goes up the link until the Connector has acknowledged it. */
  assistant_outbox: {
    sequence: number;
    id: string;
    kind: string;
    /** Id of the person, or of the station, it is about. */
    subject: string;
    body: string;
    at_ms: number;
  };
  /** Wishes that came down the link, with what was answered, so that nothing is done twice. */
  assistant_inbox: { id: string; at_ms: number; answer: string };
  /** Settings of users as they were told last. */
  assistant_settings: {
    user: string;
    version: number;
    settings: string;
    changed_at_ms: number;
    origin: string;
    /** When each setting was changed last, by name. */
    times: string;
  };
}
