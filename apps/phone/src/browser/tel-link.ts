import { goTo } from '../ui/route.ts';

/** An installed app that is open already is told here what it was started with (Web App Launch Handler). */
interface LaunchQueue {
  setConsumer(consumer: (launch: { readonly targetURL?: string }) => void): void;
}

const listeners = new Set<() => void>();
let link: string | undefined;

/** A `tel:` link that another page or program handed over, until it is taken. It is shown and not dialled: a link is no decision. */
export const telLink = {
  get: (): string | undefined => link,
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  /** Shows a number on the keypad, as a link would. */
  show: (number: string): void => {
    goTo('keypad');
    set(number);
  },
  taken: (): void => set(undefined),
};

function set(next: string | undefined): void {
  link = next;
  for (const listener of listeners) listener();
}

function read(url: URL): void {
  const given = url.searchParams.get('call');
  if (given === null) return;
  telLink.show(given);
}

/** Reads the address, and what comes while the app is open. */
export function startTelLinks(): void {
  const here = new URL(location.href);
  if (here.searchParams.has('call')) history.replaceState(null, '', here.pathname);
  read(here);
  const { launchQueue } = window as { readonly launchQueue?: LaunchQueue };
  // The page that was opened for a link has read it already: only what differs is news.
  launchQueue?.setConsumer(({ targetURL }) => {
    if (targetURL !== undefined && targetURL !== here.href) read(new URL(targetURL));
  });
}
