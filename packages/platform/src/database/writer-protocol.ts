export type SqlValue = string | number | bigint | null | Uint8Array;

/** What the writer's thread is sent: groups of statements, each group to be done as a whole. */
export interface Batch {
  /** Texts of statements not sent before; their numbers go on from those already known. */
  newSql: readonly string[];
  groups: readonly (readonly { id: number; values: readonly SqlValue[] }[])[];
}

/** What it answers when the batch is on the disk. Groups that are not among the failures are durable. */
export interface Answer {
  failures: readonly { index: number; reason: string }[];
}
