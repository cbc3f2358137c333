/** Borders in processes of their own beside a gateway in another: they share nothing but SIP and RTP. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SystemData } from '@unisono/pbx';
import { Cast } from '../interop/cast.ts';
import { launchUnisono, startUnisono, type Unisono } from '../interop/unisono.ts';
import {
  type BaresipAccount,
  type BrowserPhone,
  type PeerProcess,
  type PhoneBrowser,
  type PortBlock,
  type RegisterOptions,
  reservePorts,
  startPhoneBrowser,
  temporaryFolder,
} from '../peers/index.ts';

/** The private sides of the borders: other addresses than phones inside have, as in life. */
const BORDERS_INSIDE = ['127.0.0.2', '127.0.0.3'] as const;
const LIFETIME_SEC = 280;
const SHARED_SECRET = 'the same at every border that stands beside another';

export interface ApartOptions {
  readonly adapt?: (data: SystemData) => SystemData;
  /** Lines of the border's section `sbc.media`, beside workers and ports. */
  readonly media?: readonly string[];
  /** How many borders. */
  readonly borders?: 1 | 2;
  /** With Assistant and Connector beside the gateway, and the demo company as it is. */
  readonly cloud?: boolean;
  /** Of the gateway's process; the border's begins anew with each restart. */
  readonly lifetimeSec?: number;
}

/** One border: its process, its ports and its folder. */
class BorderApart {
  readonly ports: { readonly wss: number; readonly tls: number };
  readonly folder: string;
  readonly #release: () => void;
  #process: PeerProcess | undefined;

  private constructor(block: PortBlock) {
    const { path, remove } = temporaryFolder('border');
    this.folder = path;
    this.ports = { wss: block.port(0), tls: block.port(1) };
    this.#release = () => {
      remove();
      block.release();
    };
  }

  static async reserve(inside: string): Promise<{ border: BorderApart; lines: string[] }> {
    const block = await reservePorts();
    const border = new BorderApart(block);
    const { wss, tls } = border.ports;
    const lines = [
      `data: ${join(border.folder, 'data')}`,
      `listen: ${inside}`,
      'metrics: off',
      'sbc:',
      '  listen: 127.0.0.1',
      `  wss: ${wss}`,
      `  tls: ${tls}`,
      `  inside: ${block.port(2)}`,
      `  secret: ${SHARED_SECRET}`,
      '  media:',
      '    workers: 1',
      `    outside: { ports: ${block.port(4)}-${block.port(21)} }`,
      `    inside: { ports: ${block.port(22)}-${block.last} }`,
    ];
    return { border, lines };
  }

  get url(): string {
    return `wss://127.0.0.1:${this.ports.wss}/`;
  }

  configure(lines: readonly string[]): void {
    writeFileSync(join(this.folder, 'sbc.yaml'), [...lines, ''].join('\n'));
  }

  async start(): Promise<void> {
    this.#process = await launchUnisono('sbc', join(this.folder, 'sbc.yaml'), { lifetimeSec: LIFETIME_SEC });
  }

  /** Ends the process, whatever it is doing. */
  async end(signal: NodeJS.Signals): Promise<void> {
    this.#process?.signal(signal);
    await this.#process?.exited;
  }

  async close(): Promise<void> {
    await this.#process?.stop();
    this.#release();
  }
}

export class Apart {
  readonly gateway: Unisono;
  readonly cast: Cast;
  /** In the order in which clients try them. */
  readonly borders: readonly BorderApart[];
  #browser: Promise<PhoneBrowser> | undefined;

  constructor(gateway: Unisono, borders: readonly BorderApart[]) {
    this.gateway = gateway;
    this.cast = new Cast(gateway);
    this.borders = borders;
  }

  get #border(): BorderApart {
    return this.borders[0] as BorderApart;
  }

  /** The border's authority, which phones by TLS have to trust. */
  get caFile(): string {
    return join(this.#border.folder, 'data', 'tls', 'ca.pem');
  }

  /** A page of Chromium that registers with credentials issued for it. */
  async client(user: string, more: Partial<RegisterOptions> = {}): Promise<BrowserPhone> {
    const printed = await this.gateway.run('clients', 'add', user, '--json');
    const { uri = '', username = '', password = '' } = JSON.parse(printed) as Record<string, string>;
    this.#browser ??= startPhoneBrowser('chromium');
    const phone = await (await this.#browser).openPhone();
    const { url } = this.#border;
    const { registration, registrationCause } = await phone.register({ url, uri, user: username, password, ...more });
    if (registration !== 'registered') throw new Error(`${user}: ${registrationCause}`);
    return phone;
  }

  /** A desk phone that is outside, over TLS and with keys for its audio. */
  remoteDesk(station: string): BaresipAccount {
    const account = this.gateway.desk(station, 'tls');
    return { ...account, domain: `127.0.0.1:${this.#border.ports.tls}`, mediaEncryption: 'srtp-mand' };
  }

  /** Ends the first border's process and starts it again with what it had kept. */
  async restartBorder(signal: NodeJS.Signals): Promise<void> {
    await this.#border.end(signal);
    await this.#border.start();
  }

  async close(): Promise<void> {
    await this.cast.close();
    await (await this.#browser)?.close();
    await Promise.all(this.borders.map((border) => border.close()));
    await this.gateway.close();
  }
}

export async function startApart(options: ApartOptions = {}): Promise<Apart> {
  const inside = BORDERS_INSIDE.slice(0, options.borders ?? 1);
  const reserved = await Promise.all(inside.map((address) => BorderApart.reserve(address)));
  const borders = reserved.map(({ border }) => border);
  const [url, ...others] = borders.map((border) => `"${border.url}"`);
  const gateway = await startUnisono({
    ...(options.adapt ? { adapt: options.adapt } : {}),
    ...(options.cloud === true ? { cloud: true } : {}),
    sip: [`borders: [${inside.join(', ')}]`],
    config: ['limits: { lagMs: 5000 }', `clients: { url: ${url}, alternativeUrls: [${others.join(', ')}] }`],
    lifetimeSec: options.lifetimeSec ?? LIFETIME_SEC,
  });
  for (const { border, lines } of reserved) {
    const behind = `  gateways: [udp:127.0.0.1:${gateway.sipPort}]`;
    const at = lines.indexOf('  media:');
    border.configure([...lines.toSpliced(at, 0, behind), ...(options.media ?? []).map((line) => `    ${line}`)]);
  }
  const apart = new Apart(gateway, borders);
  try {
    await Promise.all(borders.map((border) => border.start()));
    return apart;
  } catch (error) {
    await apart.close();
    throw error;
  }
}
