import type { SqlValue } from './writer-protocol.ts';

/** What the thread of a shared SQLite database is asked. `reader` sees what is committed; `writer` is the one that changes. */
export interface ThreadRequest {
  readonly id: number;
  readonly on: 'reader' | 'writer';
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

export interface ThreadFailure {
  readonly message: string;
  /** Extended result code of SQLite. */
  readonly errcode?: number | undefined;
}

export type ThreadReply =
  | { readonly id: number; readonly rows: unknown[]; readonly changes: number | undefined }
  | { readonly id: number; readonly failure: ThreadFailure };
