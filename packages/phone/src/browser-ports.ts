import { WakeWatch } from './line/wake.ts';
import type { MediaPort, NetworkPort, PhoneClock, PhonePorts, SocketPort, TabsPort } from './ports.ts';

/** A browser's window as far as it is used; a page hands in its `window`. */
export interface BrowserWindow {
  readonly location: { readonly origin: string };
  readonly localStorage: {
    getItem(name: string): string | null;
    setItem(name: string, value: string): void;
    removeItem(name: string): void;
  };
  readonly navigator: {
    readonly onLine: boolean;
    readonly locks?: {
      request(name: string, options: { readonly signal?: unknown }, held: () => Promise<void>): Promise<unknown>;
    };
    readonly connection?: { addEventListener(name: 'change', listener: () => void): void };
  };
  addEventListener(name: string, listener: () => void): void;
  removeEventListener(name: string, listener: () => void): void;
}

export interface BrowserPortsOptions {
  readonly window: BrowserWindow;
  readonly media: MediaPort;
  /** Origin of the Connector; the page's own when it is not given. */
  readonly connector?: string;
}

const LOCK = 'unisono.phone';
const REQUEST_MS = 15_000;

/** What the phone needs, out of a browser. */
export function browserPorts({ window, media, connector }: BrowserPortsOptions): PhonePorts {
  const origin = (connector ?? window.location.origin).replace(/\/$/, '');
  return {
    clock: CLOCK,
    random: {
      fraction: () => Math.random(),
      octets: (count) => crypto.getRandomValues(new Uint8Array(count)),
    },
    storage: {
      get: (name) => window.localStorage.getItem(name) ?? undefined,
      set: (name, value) => window.localStorage.setItem(name, value),
      remove: (name) => window.localStorage.removeItem(name),
    },
    http: {
      send: async ({ method, path, headers, body }) => {
        const response = await fetch(`${origin}${path}`, {
          method,
          headers,
          credentials: 'omit',
          cache: 'no-store',
          signal: AbortSignal.timeout(REQUEST_MS),
          ...(body === undefined ? {} : { body }),
        });
        const text = await response.text();
        return { status: response.status, json: parsed(text) };
      },
      socketUrl: (path) => `${origin.replace(/^http/, 'ws')}${path}`,
      sha256: async (text) => new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))),
    },
    sockets: webSockets,
    media,
    tabs: tabsOf(window),
    network: networkOf(window, CLOCK),
  };
}

const CLOCK: PhoneClock = {
  nowMs: () => Date.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

const webSockets: SocketPort = {
  open: (url, protocols, events) => {
    const socket = new WebSocket(url, [...protocols]);
    socket.addEventListener('open', () => events.onOpen());
    socket.addEventListener('message', ({ data }) => {
      if (typeof data === 'string') events.onText(data);
    });
    socket.addEventListener('close', ({ code, reason }) => events.onClose(code, reason));
    return {
      send: (text) => socket.send(text),
      close: () => socket.close(),
    };
  },
};

function tabsOf({ navigator }: BrowserWindow): TabsPort {
  return {
    lead: (onLeader) => {
      // Without Web Locks (an insecure page) every tab is alone.
      if (navigator.locks === undefined) {
        onLeader();
        return () => {};
      }
      const over = Promise.withResolvers<void>();
      const controller = new AbortController();
      void navigator.locks
        .request(LOCK, { signal: controller.signal }, () => {
          onLeader();
          return over.promise;
        })
        .catch(() => {});
      return () => {
        controller.abort();
        over.resolve();
      };
    },
    channel: (onMessage) => {
      const channel = new BroadcastChannel(LOCK);
      channel.onmessage = (event) => onMessage((event as { readonly data: unknown }).data);
      return { post: (message) => channel.postMessage(message), close: () => channel.close() };
    },
  };
}

/** Events after which a page that slept may look: it is shown, thawed, or back from the cache of the browser. They reach the window. */
const LOOKS = ['visibilitychange', 'resume', 'pageshow', 'focus'] as const;

function networkOf(window: BrowserWindow, clock: PhoneClock): NetworkPort {
  return {
    isOnline: () => window.navigator.onLine,
    onChange: (callback) => {
      const { connection } = window.navigator;
      window.addEventListener('online', callback);
      connection?.addEventListener('change', callback);
      return () => window.removeEventListener('online', callback);
    },
    onWake: (callback) => {
      const watch = new WakeWatch(clock, callback);
      const look = (): void => watch.look();
      for (const name of LOOKS) window.addEventListener(name, look);
      return () => {
        watch.stop();
        for (const name of LOOKS) window.removeEventListener(name, look);
      };
    },
  };
}
