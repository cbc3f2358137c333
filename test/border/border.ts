/** The whole system with its border: browsers come in by WebSocket, phones outside by TLS. */
import { join } from 'node:path';
import type { SystemData } from '@unisono/pbx';
import { Cast } from '../interop/cast.ts';
import { startUnisono, type Unisono } from '../interop/unisono.ts';
import {
  type BaresipAccount,
  type BrowserName,
  type BrowserPhone,
  type PhoneBrowser,
  type PhoneView,
  type PortBlock,
  type RegisterOptions,
  startPhoneBrowser,
} from '../peers/index.ts';

export interface BorderOptions {
  readonly adapt?: (data: SystemData) => SystemData;
  /** Lines of the section `sbc.media`. */
  readonly media?: readonly string[];
  /** Lines of the section `sbc`, beside `wss`, `tls` and `media`. */
  readonly sbc?: readonly string[];
  readonly ports?: PortBlock;
  /** Lines of the configuration, beside doors and ports. */
  readonly config?: readonly string[];
  readonly lifetimeSec?: number;
}

export interface ClientCredentials extends RegisterOptions {
  readonly installation: string;
}

/** What `unisono clients add --json` prints, as far as it is looked at. */
interface PrintedCredentials {
  readonly installation: string;
  readonly uri: string;
  readonly username: string;
  readonly password: string;
  readonly iceServers: NonNullable<NonNullable<RegisterOptions['pcConfig']>['iceServers']>;
}

export class Border {
  readonly system: Unisono;
  readonly cast: Cast;
  readonly #browsers = new Map<BrowserName, Promise<PhoneBrowser>>();

  constructor(system: Unisono) {
    this.system = system;
    this.cast = new Cast(system);
  }

  /** A page of that browser, registered with credentials issued for it; every page is a device. */
  async client(browser: BrowserName, user: string, more: Partial<RegisterOptions> = {}): Promise<BrowserPhone> {
    const phone = await (await this.browser(browser)).openPhone();
    const { registration, registrationCause } = await this.register(phone, user, more);
    if (registration !== 'registered') throw new Error(`${user} in ${browser}: ${registrationCause}`);
    return phone;
  }

  async register(phone: BrowserPhone, user: string, more: Partial<RegisterOptions> = {}): Promise<PhoneView> {
    return phone.register({ ...(await this.credentials(user)), ...more });
  }

  /** What `unisono clients add` gives, as a page wants it. */
  async credentials(user: string): Promise<ClientCredentials> {
    const config = join(this.system.folder, 'unisono.yaml');
    const printed = await this.system.run('clients', 'add', user, '--json', '--config', config);
    const { installation, uri, username, password, iceServers } = JSON.parse(printed) as PrintedCredentials;
    const url = `wss://127.0.0.1:${this.system.doorWssPort}/`;
    return { installation, url, uri, user: username, password, pcConfig: { iceServers } };
  }

  browser(name: BrowserName): Promise<PhoneBrowser> {
    const started = this.#browsers.get(name) ?? startPhoneBrowser(name);
    this.#browsers.set(name, started);
    return started;
  }

  /** A desk phone that is outside, over TLS and with keys for its audio. */
  remoteDesk(station: string): BaresipAccount {
    const account = this.system.desk(station, 'tls');
    return { ...account, domain: `127.0.0.1:${this.system.doorTlsPort}`, mediaEncryption: 'srtp-mand' };
  }

  async close(): Promise<void> {
    await this.cast.close();
    await Promise.all([...this.#browsers.values()].map(async (browser) => (await browser).close()));
    await this.system.close();
  }
}

export async function startBorder(options: BorderOptions = {}): Promise<Border> {
  const { adapt, lifetimeSec = 280 } = options;
  const system = await startUnisono({
    ...(adapt ? { adapt } : {}),
    border: options.media ?? true,
    ...(options.sbc ? { sbc: options.sbc } : {}),
    ...(options.ports ? { ports: options.ports } : {}),
    lifetimeSec,
    // Browsers take all there is of a small machine: late timers are no sign of too many calls here.
    config: ['limits: { lagMs: 5000 }', ...(options.config ?? [])],
  });
  return new Border(system);
}
