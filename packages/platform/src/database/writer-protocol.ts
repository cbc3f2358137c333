export type SqlValue = string | number | bigint | null | Uint8Array;

/** What the writer's thread is sent: groups of statements, each group to be done as a whole. */
export interface Batch {
  /** Texts of statements not sent before; their numbers go on from those already known. */
  newSql: readonly string[];
  /**
   * The groups, one after the other: how many statements, then of each its number and how many values. Flat, because copying
   * thousands of small objects to another thread costs more than writing them.
   */
  shape: Uint32Array;
  /** The values of all statements, in order. */
  values: readonly SqlValue[];
}

/** What it answers when the batch is on the disk. Groups that are not among the failures are durable. */
export interface Answer {
  failures: readonly { index: number; reason: string }[];
}
