import type { ClientConnection } from '../contract-types.ts';
import { createPhone } from '../create-phone.ts';
import type { Phone } from '../phone.ts';
import type { HttpAnswer, HttpRequest, PhonePorts, SocketEvents, StreamLike } from '../ports.ts';
import { StageAgent } from './stage-agent.ts';
import { StageClock, settled } from './stage-clock.ts';

/** A WebSocket of the Connector. */
export interface StageSocket {
  readonly url: string;
  readonly events: SocketEvents;
  readonly sent: string[];
  isClosed: boolean;
}

type Answer = HttpAnswer | ((request: HttpRequest) => HttpAnswer);

export const CONNECTION: ClientConnection = {
  version: 1,
  system: 'munich',
  sbc: [{ uri: 'wss://border.example.com/', priority: 0, weight: 1 }],
  sip: { addressOfRecord: 'sip:4020@example.com', realm: 'example.com', username: 'c-1', password: 'p-1' },
  desk: { number: '4020', displayName: 'Anna Lindner' },
  turn: [],
  dialling: {
    countryCode: '49',
    nationalPrefix: '0',
    internationalPrefix: '00',
    outsideLinePrefix: '',
    emergencyNumbers: ['112'],
    internalLengths: [4],
    featureCodes: {},
  },
  features: [],
  issuedAtMs: 1_000_000,
  validUntilMs: 1_000_000 + 86_400_000,
  refreshAtMs: 1_000_000 + 43_200_000,
};

/** One browser with any number of tabs, a Connector that answers as told, and agents instead of a phone system. */
export class Stage {
  readonly clock = new StageClock();
  readonly kept = new Map<string, string>();
  readonly requests: HttpRequest[] = [];
  readonly sockets: StageSocket[] = [];
  readonly agents: StageAgent[] = [];
  readonly answers = new Map<string, Answer>();
  readonly microphones: { isStopped: boolean }[] = [];
  isCloudThere = true;
  hasMicrophone = true;
  #networkChanged: (() => void)[] = [];
  #woke: (() => void) | undefined;
  #waiting: (() => void)[] = [];
  #isLed = false;
  readonly #channels = new Set<(message: unknown) => void>();
  #draws = 0;

  constructor() {
    const session = { token: 't-1', installationId: 'i-1', userId: 'u-1', tenant: 'acme', expiresAtMs: 9e12 };
    this.answers.set('POST /v1/sign-in/password', { status: 200, json: session });
    this.answers.set('GET /v1/me/connection', { status: 200, json: CONNECTION });
    this.answers.set('POST /v1/events/ticket', { status: 200, json: { ticket: 'k', expiresAtMs: 9e12 } });
    this.answers.set('DELETE /v1/session', { status: 204, json: undefined });
  }

  tab(): Phone {
    return createPhone({
      ports: this.#ports(),
      makeAgent: (options, events) => {
        const agent = new StageAgent(options, events);
        this.agents.push(agent);
        return agent;
      },
    });
  }

  /** A tab that leads, is signed in and registered. */
  async readyTab(): Promise<Phone> {
    const phone = this.tab();
    await phone.start();
    await settled();
    await phone.signIn.withPassword({ tenant: 'acme', email: 'anna@example.com', password: 'x' });
    await settled();
    this.agent.ready();
    return phone;
  }

  get agent(): StageAgent {
    const agent = this.agents.at(-1);
    if (agent === undefined) throw new Error('there is no agent');
    return agent;
  }

  get socket(): StageSocket {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error('there is no socket');
    return socket;
  }

  /** A frame of the Connector's events. */
  frame(frame: object): void {
    this.socket.events.onText(JSON.stringify(frame));
  }

  /** A tab that says nothing has the lock. */
  somebodyElseLeads(): void {
    this.#isLed = true;
  }

  networkChanges(): void {
    for (const changed of this.#networkChanged) changed();
  }

  /** Time has passed unnoticed. */
  wakes(): void {
    this.#woke?.();
  }

  asked(name: string): HttpRequest[] {
    return this.requests.filter(({ method, path }) => `${method} ${path.split('?')[0]}` === name);
  }

  #ports(): PhonePorts {
    return {
      clock: this.clock,
      random: { fraction: () => 0, octets: (count) => new Uint8Array(count).fill(++this.#draws) },
      storage: {
        get: (name) => this.kept.get(name),
        set: (name, value) => this.kept.set(name, value),
        remove: (name) => this.kept.delete(name),
      },
      http: {
        send: async (request) => this.#answer(request),
        socketUrl: (path) => `wss://cloud.example.com${path}`,
        sha256: async () => new Uint8Array(32),
      },
      sockets: {
        open: (url, _protocols, events) => {
          const socket: StageSocket = { url, events, sent: [], isClosed: false };
          this.sockets.push(socket);
          return {
            send: (text) => void socket.sent.push(text),
            close: () => {
              socket.isClosed = true;
            },
          };
        },
      },
      media: {
        openMicrophone: async () => {
          if (!this.hasMicrophone) throw new Error('not allowed');
          return this.#microphone();
        },
        play: () => {},
      },
      tabs: { lead: (onLeader) => this.#lead(onLeader), channel: (onMessage) => this.#channel(onMessage) },
      network: {
        isOnline: () => true,
        onChange: (callback) => {
          this.#networkChanged.push(callback);
          return () => {
            this.#networkChanged = this.#networkChanged.filter((one) => one !== callback);
          };
        },
        onWake: (callback) => {
          this.#woke = callback;
          return () => {
            this.#woke = undefined;
          };
        },
      },
    };
  }

  #answer(request: HttpRequest): HttpAnswer {
    this.requests.push(request);
    if (!this.isCloudThere) throw new Error('no way');
    const answer = this.answers.get(`${request.method} ${request.path.split('?')[0]}`);
    if (answer === undefined) return { status: 404, json: { code: 'notFound', detail: 'nothing here' } };
    return typeof answer === 'function' ? answer(request) : answer;
  }

  #microphone(): StreamLike {
    const microphone = { isStopped: false };
    this.microphones.push(microphone);
    const stop = () => {
      microphone.isStopped = true;
    };
    return { getTracks: () => [{ kind: 'audio', enabled: true, stop }] };
  }

  #lead(onLeader: () => void): () => void {
    const begin = () => {
      this.#isLed = true;
      onLeader();
    };
    if (this.#isLed) this.#waiting.push(begin);
    else begin();
    return () => {
      this.#isLed = false;
      this.#waiting.shift()?.();
    };
  }

  #channel(onMessage: (message: unknown) => void) {
    this.#channels.add(onMessage);
    return {
      post: (message: unknown) => {
        const copy = structuredClone(message);
        for (const other of this.#channels) if (other !== onMessage) queueMicrotask(() => other(copy));
      },
      close: () => this.#channels.delete(onMessage),
    };
  }
}
