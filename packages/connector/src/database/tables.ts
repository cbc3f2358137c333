import type { Kysely, Transaction } from 'kysely';

/**
 * The Connector's tables. Common subset of SQLite and PostgreSQL: ids are texts, times milliseconds since 1970, yes and no 1 and 0,
 * structured values JSON texts, `sealed` ones encrypted. Every table but `tenants` has `tenant_id`, and every query names it.
 */
export interface Tables {
  tenants: {
    id: string;
    slug: string;
    name: string;
    /** JSON list of domains in the form of `emailDomain`. */
    domains: string;
    password_sign_in: number;
    require_totp: number;
    history_months: number;
    created_at_ms: number;
    /** Grows with each change of a person; orders changes for delta synchronisation. */
    user_revision: number;
    /** Changes up to here have been forgotten: deltas from before are refused. */
    pruned_revision: number;
    /** Fingerprint of the client certificate that keys of this tenant must come with; null: none. */
    require_certificate: number;
  };
  api_keys: {
    id: string;
    tenant_id: string;
    name: string;
    scope: string;
    system: string | null;
    /** SHA-256 of the secret. */
    hash: string;
    created_at_ms: number;
    expires_at_ms: number | null;
    last_used_at_ms: number | null;
    revoked_at_ms: number | null;
    /** SHA-256 of the certificate the key is bound to (mutual TLS), lower-case hex. */
    certificate: string | null;
  };
  users: {
    tenant_id: string;
    id: string;
    email: string;
    /** `emailKey` of the address; null when deleted, so that the address is free again. */
    email_key: string | null;
    first_name: string;
    last_name: string;
    language: string | null;
    role: string;
    status: string;
    phone: number;
    external_id: string | null;
    version: number;
    revision: number;
    created_at_ms: number;
    changed_at_ms: number;
    deleted_at_ms: number | null;
    /** Folded names and address, for searching. */
    search_key: string;
    /** The name as it is typed on a telephone's keys (`nameKeys`). */
    name_keys: string;
    /** argon2id in PHC form. */
    password: string | null;
    totp_sealed: string | null;
    totp_confirmed: number;
    /** Last time step that was used: a code works once. */
    totp_step: number;
    /** JSON list of SHA-256 of unused recovery codes. */
    recovery_codes: string;
    event_position: number;
    history_seen_at_ms: number;
  };
  connections: {
    tenant_id: string;
    user_id: string;
    system: string;
    version: number;
    digest: string;
    /** Null: withdrawn. */
    data_sealed: string | null;
    desk_number: string | null;
    outside_number: string | null;
    display_name: string | null;
    changed_at_ms: number;
  };
  installations: {
    tenant_id: string;
    id: string;
    user_id: string;
    name: string;
    platform: string;
    method: string;
    created_at_ms: number;
    last_seen_at_ms: number;
    push_sealed: string | null;
  };
  sessions: {
    tenant_id: string;
    /** SHA-256 of the token. */
    hash: string;
    user_id: string;
    installation_id: string;
    method: string;
    created_at_ms: number;
    expires_at_ms: number;
    last_seen_at_ms: number;
    /** 1: begun without a second factor where the tenant wanted one. */
    is_factor_due: number;
  };
  /** Links in e-mails, codes on screens, sign-ins under way: short-lived things found by the hash of a secret. */
  tickets: {
    tenant_id: string;
    hash: string;
    purpose: string;
    user_id: string | null;
    data: string;
    created_at_ms: number;
    expires_at_ms: number;
  };
  /** Wrong passwords and codes, counted by what they were tried on. */
  attempts: {
    tenant_id: string;
    subject: string;
    count: number;
    blocked_until_ms: number;
    last_at_ms: number;
  };
  oidc_providers: {
    tenant_id: string;
    id: string;
    name: string;
    issuer: string;
    client_id: string;
    secret_sealed: string | null;
    create_users: number;
    scopes: string;
  };
  identities: { tenant_id: string; provider_id: string; subject: string; user_id: string; created_at_ms: number };
  settings_states: {
    tenant_id: string;
    user_id: string;
    system: string;
    version: number;
    settings: string;
    preview: string | null;
    origin: string;
    changed_at_ms: number;
  };
  presence: {
    tenant_id: string;
    user_id: string;
    /** `Presence` of the contract. */
    state: string;
    is_hidden: number;
  };
  /** Numbers that phone systems have put into the directory. */
  stations: {
    tenant_id: string;
    /** Of the directory entry; made of the next two. */
    id: string;
    system: string;
    station: string;
    digest: string;
    name: string;
    email: string | null;
    /** `emailKey` of the address. */
    email_key: string | null;
    number: string;
    /** Without the plus sign. */
    outside_number: string | null;
    /** Folded name and address, for searching. */
    search_key: string;
    /** The name as it is typed on a telephone's keys (`nameKeys`). */
    name_keys: string;
    /** `Presence` of the contract; null: nothing has been told. */
    presence: string | null;
  };
  settings_changes: {
    tenant_id: string;
    id: string;
    user_id: string;
    system: string;
    installation_id: string;
    /** Of its message in the outbox: the order of wishes. */
    seq: number;
    patch: string;
    /** `pending`, `applied`, `refused`, `superseded`. */
    state: string;
    requested_at_ms: number;
    decided_at_ms: number | null;
    code: string | null;
    message: string | null;
  };
  notification_settings: { tenant_id: string; user_id: string; settings: string };
  systems: {
    tenant_id: string;
    system: string;
    /** Our outbox towards it. */
    outbox: string;
    last_seq: number;
    /** Its outbox, and up to where it is safe here. */
    their_outbox: string | null;
    their_seq: number;
    /** The link's session, on whichever process; null: offline. */
    session: string | null;
    since_ms: number;
    heard_at_ms: number;
  };
  outbox: {
    tenant_id: string;
    system: string;
    seq: number;
    id: string;
    at_ms: number;
    /** A later message with the same key makes an earlier one needless. */
    replaces: string | null;
    body: string;
  };
  history: {
    tenant_id: string;
    user_id: string;
    entry_id: string;
    started_at_ms: number;
    direction: string;
    result: string;
    search_key: string;
    entry: string;
  };
  favourites: { tenant_id: string; user_id: string; version: number; favourites: string };
  contacts: {
    tenant_id: string;
    id: string;
    name: string;
    company: string | null;
    email: string | null;
    numbers: string;
    search_key: string;
    /** The name as it is typed on a telephone's keys (`nameKeys`). */
    name_keys: string;
  };
  contact_numbers: { tenant_id: string; number_key: string; contact_id: string };
  ldap_sources: { tenant_id: string; id: string; source: string; password_sealed: string | null };
  events: { tenant_id: string; user_id: string; position: number; at_ms: number; body: string };
  pushes: {
    tenant_id: string;
    id: string;
    user_id: string;
    body: string;
    expires_at_ms: number;
    next_at_ms: number;
    tries: number;
  };
  idempotency: {
    tenant_id: string;
    key: string;
    request_hash: string;
    answer: string;
    at_ms: number;
  };
  audit: {
    tenant_id: string;
    seq: number;
    at_ms: number;
    actor: string;
    action: string;
    subject: string;
    details: string;
    hash: string;
  };
}

export type Store = Kysely<Tables>;
/** A store inside or outside a transaction. */
export type Reader = Kysely<Tables> | Transaction<Tables>;
export type Writing = Transaction<Tables>;
