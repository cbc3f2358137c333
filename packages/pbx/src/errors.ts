/** One thing wrong with system data or a change: never thrown, always a value. */
export interface SystemError {
  readonly code: ErrorCode;
  /** Field: `stations[3].number`; empty for the whole. */
  readonly path: string;
  /** 1-based, present when the data came as text. */
  readonly line?: number;
  readonly column?: number;
  /** What is wrong. */
  readonly message: string;
  /** What would be right. */
  readonly hint: string;
}

/** Each code with its meaning; docs/system-data.md has the same table. */
export const ERROR_MEANINGS = {
  syntax: 'The text is neither YAML nor JSON.',
} as const;
export type ErrorCode = keyof typeof ERROR_MEANINGS;
