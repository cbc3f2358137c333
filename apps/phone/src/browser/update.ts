const listeners = new Set<() => void>();
let use: (() => void) | undefined;

/** A newer version that waits; `get` gives the way to use it. */
export const update = {
  offer(next: () => void): void {
    use = next;
    for (const listener of listeners) listener();
  },
  get: (): (() => void) | undefined => use,
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
