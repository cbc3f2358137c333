/** What is told in passing: one text at a time, seen for some seconds and read by screen readers. */
export interface Announcement {
  readonly text: string;
  readonly tone: 'good' | 'bad';
}

const SHOWN_MS = 7_000;
const listeners = new Set<() => void>();
let current: Announcement | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

export function announce(announcement: Announcement | undefined): void {
  clearTimeout(timer);
  current = announcement;
  if (announcement !== undefined) timer = setTimeout(() => announce(undefined), SHOWN_MS);
  for (const listener of listeners) listener();
}

export const announcer = {
  clear: (): void => announce(undefined),
  get: (): Announcement | undefined => current,
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
