/** What a command works with: handed in, so that commands run in tests as they do in a terminal. */
export interface Console {
  out(text: string): void;
  error(text: string): void;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingFolder: string;
  epochMs(): number;
}

/** How a command ends: done; it did not work, and a message says why; the command line itself was wrong. */
export const EXIT = { done: 0, failed: 1, usage: 2 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
