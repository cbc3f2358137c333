/** What the phone needs of the machine it runs on. A page hands in its browser's; tests hand in their own. */
export interface PhonePorts {
  readonly clock: PhoneClock;
  readonly random: PhoneRandom;
  /** Names and values that outlive the page, the same for all tabs (localStorage). */
  readonly storage: PhoneStorage;
  readonly http: HttpPort;
  readonly sockets: SocketPort;
  readonly media: MediaPort;
  readonly tabs: TabsPort;
  readonly network: NetworkPort;
}

export interface PhoneClock {
  nowMs(): number;
  /** Calls back once; gives the way to take it back. */
  after(delayMs: number, callback: () => void): () => void;
}

export interface PhoneRandom {
  /** At least 0, less than 1. */
  fraction(): number;
  octets(count: number): Uint8Array;
}

export interface PhoneStorage {
  get(name: string): string | undefined;
  set(name: string, value: string): void;
  remove(name: string): void;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query, beginning with `/`; the port knows where the Connector is. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpAnswer {
  readonly status: number;
  /** Undefined where the answer is no JSON or empty. */
  readonly json: unknown;
}

/** HTTPS to the Connector. Rejects when no answer comes. */
export interface HttpPort {
  send(request: HttpRequest): Promise<HttpAnswer>;
  /** Address of a WebSocket of the Connector, for a path that begins with `/`. */
  socketUrl(path: string): string;
  /** SHA-256. */
  sha256(text: string): Promise<Uint8Array>;
}

export interface SocketPort {
  open(url: string, protocols: readonly string[], events: SocketEvents): OpenSocket;
}

export interface SocketEvents {
  onOpen(): void;
  onText(text: string): void;
  /** Once, also when it never opened. */
  onClose(code: number, reason: string): void;
}

export interface OpenSocket {
  send(text: string): void;
  close(): void;
}

/** A stream as far as it is looked at here; a browser's `MediaStream` is one. */
export interface StreamLike {
  getTracks(): TrackLike[];
}

export interface TrackLike {
  readonly kind: string;
  enabled: boolean;
  stop(): void;
}

/** Microphone and loudspeaker: the page's. */
export interface MediaPort {
  /** The chosen microphone; rejects when there is none or it is not allowed. Whoever asked stops its tracks. */
  openMicrophone(): Promise<StreamLike>;
  /** Plays what the other side says; undefined stops. */
  play(callId: string, stream: StreamLike | undefined): void;
}

/** One of several tabs leads. */
export interface TabsPort {
  /**
   * Calls back when this tab has the lock (Web Locks); the lock is held until the returned function is called or the tab ends. Another
   * tab that waits has it then.
   */
  lead(onLeader: () => void): () => void;
  /** A channel that all tabs hear, except the one that speaks (BroadcastChannel). */
  channel(onMessage: (message: unknown) => void): TabChannel;
}

export interface TabChannel {
  post(message: unknown): void;
  close(): void;
}

export interface NetworkPort {
  /** Calls back when the network changed or came back (`online`, `change` of the connection). */
  onChange(callback: () => void): () => void;
  /** Calls back when time has passed unnoticed: whether connections have outlived it is not known. */
  onWake(callback: () => void): () => void;
  isOnline(): boolean;
}
