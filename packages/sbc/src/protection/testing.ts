import {
  type Flow,
  HeaderList,
  printCredentials,
  SeededRandom,
  SipRequest,
  type TransportName,
  VirtualClock,
} from '@unisono/sip';
import type { Ban, BanScope, BanStore } from './bans.ts';
import { Protection } from './protection.ts';
import { DEFAULT_PROTECTION, type ProtectionSettings } from './settings.ts';

export interface Attempt {
  readonly method?: string;
  /** Account to register, or number called. */
  readonly target?: string;
  /** Credentials; without a password those of an old nonce, which the gateway refuses once more. */
  readonly account?: string;
  readonly password?: string;
  readonly userAgent?: string;
  readonly toTag?: string;
}

/** What became of a request: its final status, `'drop'` without an answer, `'deaf'` when its octets were not even read. */
export type Fate = number | 'drop' | 'deaf';

const PASSWORDS: ReadonlyMap<string, string> = new Map(
  Array.from({ length: 500 }, (_, i) => [`user${i}`, `secret${i}`]),
);
export const EMERGENCY = '112';

/** Bans in memory, as a database keeps them. */
export class MemoryBans implements BanStore {
  readonly bans = new Map<string, Ban>();

  load(): readonly Ban[] {
    return [...this.bans.values()];
  }

  save(ban: Ban): void {
    this.bans.set(`${ban.scope} ${ban.source}`, ban);
  }

  remove(source: string, scope: BanScope): void {
    this.bans.delete(`${scope} ${source}`);
  }
}

/** For tests: doors with protection, a gateway behind them that knows five hundred users, and strangers in front. */
export class Doors {
  readonly clock = new VirtualClock(1_800_000_000_000);
  readonly store: MemoryBans;
  readonly disconnected = new Set<Flow>();
  protection: Protection;
  readonly #settings: ProtectionSettings;
  #count = 0;

  constructor(settings: Partial<ProtectionSettings> = {}, store = new MemoryBans()) {
    this.store = store;
    this.#settings = { ...DEFAULT_PROTECTION, ...settings };
    this.protection = this.#start();
  }

  /** The process ends and starts again. */
  restart(): void {
    this.protection.close();
    this.protection = this.#start();
  }

  /** A way from an address; undefined when a connection was not accepted. */
  flow(remoteAddress: string, transport: TransportName = 'wss', remotePort = 40_000): Flow | undefined {
    if (transport !== 'udp' && !this.protection.admit(remoteAddress, transport)) return undefined;
    const isReliable = transport !== 'udp';
    const id = isReliable ? `${transport} ${++this.#count}` : `udp ${remoteAddress} ${remotePort}`;
    const { disconnected } = this;
    return {
      id,
      transport,
      localAddress: '192.0.2.1',
      localPort: 5060,
      remoteAddress,
      remotePort,
      isReliable,
      get isOpen() {
        return !disconnected.has(this);
      },
    };
  }

  /** Sends one request on a way and gives what became of it. */
  send(flow: Flow | undefined, attempt: Attempt): Fate {
    if (!flow?.isOpen) return 'deaf';
    if (!flow.isReliable && !this.protection.admit(flow.remoteAddress, 'udp')) return 'deaf';
    const request = this.requestOf(attempt);
    const objection = this.protection.screen(request, flow);
    if (objection !== undefined) return objection === 'drop' ? 'drop' : objection.status;
    const status = gatewaySays(attempt);
    this.protection.observe(request, status, flow);
    return status;
  }

  /** Signs in as a phone does: without credentials first. */
  signIn(flow: Flow | undefined, account: string): Fate {
    this.send(flow, { target: account });
    return this.send(flow, { target: account, account, password: PASSWORDS.get(account) ?? '' });
  }

  /** A call of somebody with the right password; gives its Call-ID when it is up. */
  call(flow: Flow | undefined, account: string, target = 'user1'): Fate {
    return this.send(flow, { method: 'INVITE', target, account, password: PASSWORDS.get(account) ?? '' });
  }

  /** Call-ID of the request that was sent last. */
  get lastCallId(): string {
    return `call-${this.#count}`;
  }

  #start(): Protection {
    const protection = new Protection({
      clock: this.clock,
      random: new SeededRandom(1),
      settings: this.#settings,
      store: this.store,
      isEmergency: (request) => request.uriText.startsWith(`sip:${EMERGENCY}@`),
      disconnect: (flow) => {
        this.disconnected.add(flow);
        this.protection.onFlowClosed(flow);
      },
    });
    protection.start();
    return protection;
  }

  requestOf({ method = 'REGISTER', target = '', account, userAgent, toTag }: Attempt): SipRequest {
    const number = ++this.#count;
    const headers = new HeaderList()
      .append('Via', `SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK${number}`)
      .append('From', `<sip:${target}@example.com>;tag=${number}`)
      .append('To', `<sip:${target}@example.com>${toTag === undefined ? '' : `;tag=${toTag}`}`)
      .append('Call-ID', `call-${number}`)
      .append('CSeq', `1 ${method}`);
    if (userAgent !== undefined) headers.append('User-Agent', userAgent);
    if (account !== undefined)
      headers.append(method === 'REGISTER' ? 'Authorization' : 'Proxy-Authorization', credentials(account));
    const uri = method === 'REGISTER' ? 'sip:example.com' : `sip:${target}@example.com`;
    return new SipRequest(method, uri, headers);
  }
}

function gatewaySays({ method = 'REGISTER', target = '', account, password, toTag }: Attempt): number {
  if (toTag !== undefined) return 481;
  if (method === 'OPTIONS') return target === '' || PASSWORDS.has(target) ? 200 : 404;
  const challenge = method === 'REGISTER' ? 401 : 407;
  if (account === undefined || password === undefined) return challenge;
  if (PASSWORDS.get(account) !== password) return challenge;
  return method === 'REGISTER' || target === EMERGENCY || PASSWORDS.has(target) ? 200 : 404;
}

function credentials(username: string): string {
  return printCredentials({
    username,
    realm: 'example.com',
    nonce: 'n',
    uri: 'sip:example.com',
    response: '0'.repeat(32),
    algorithm: 'MD5',
    qop: 'auth',
    nc: '00000001',
    cnonce: 'c',
    opaque: undefined,
  });
}
