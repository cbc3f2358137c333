/** What must be put away when the test process ends, however it came to that. */

const cleanups = new Set<() => void>();

process.once('exit', () => {
  for (const cleanup of cleanups) cleanup();
});

/** Runs the function when this process ends, unless the returned function was called before. */
export function atExit(cleanup: () => void): () => void {
  cleanups.add(cleanup);
  return () => cleanups.delete(cleanup);
}
