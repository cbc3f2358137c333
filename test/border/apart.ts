/** A border in a process of its own beside a gateway in another: they share nothing but SIP and RTP. */
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
  type RegisterOptions,
  reservePorts,
  startPhoneBrowser,
  temporaryFolder,
} from '../peers/index.ts';

/** The private side of the border: another address than phones inside have, as in life. */
export const BORDER_INSIDE = '127.0.0.2';
const LIFETIME_SEC = 280;

export interface ApartOptions {
  readonly adapt?: (data: SystemData) => SystemData;
  /** Lines of the border's section `sbc.media`, beside workers and ports. */
  readonly media?: readonly string[];
  /** With Assistant and Connector beside the gateway, and the demo company as it is. */
  readonly cloud?: boolean;
  /** Of the gateway's process; the border's begins anew with each restart. */
  readonly lifetimeSec?: number;
}

export class Apart {
  readonly gateway: Unisono;
  readonly cast: Cast;
  readonly ports: { readonly wss: number; readonly tls: number };
  readonly folder: string;
  #border: PeerProcess;
  #browser: Promise<PhoneBrowser> | undefined;
  readonly #remove: () => void;

  constructor(
    gateway: Unisono,
    border: PeerProcess,
    ports: { readonly wss: number; readonly tls: number },
    folder: string,
    remove: () => void,
  ) {
    this.gateway = gateway;
    this.cast = new Cast(gateway);
    this.#border = border;
    this.ports = ports;
    this.folder = folder;
    this.#remove = remove;
  }

  /** The border's process. */
  get border(): PeerProcess {
    return this.#border;
  }

  /** The border's authority, which phones by TLS have to trust. */
  get caFile(): string {
    return join(this.folder, 'data', 'tls', 'ca.pem');
  }

  /** A page of Chromium that registers with credentials issued for it. */
  async client(user: string, more: Partial<RegisterOptions> = {}): Promise<BrowserPhone> {
    const printed = await this.gateway.run('clients', 'add', user, '--json');
    const { uri = '', username = '', password = '' } = JSON.parse(printed) as Record<string, string>;
    this.#browser ??= startPhoneBrowser('chromium');
    const phone = await (await this.#browser).openPhone();
    const url = `wss://127.0.0.1:${this.ports.wss}/`;
    const { registration, registrationCause } = await phone.register({ url, uri, user: username, password, ...more });
    if (registration !== 'registered') throw new Error(`${user}: ${registrationCause}`);
    return phone;
  }

  /** A desk phone that is outside, over TLS and with keys for its audio. */
  remoteDesk(station: string): BaresipAccount {
    const account = this.gateway.desk(station, 'tls');
    return { ...account, domain: `127.0.0.1:${this.ports.tls}`, mediaEncryption: 'srtp-mand' };
  }

  /** Ends the border's process and starts it again with what it had kept. */
  async restartBorder(signal: NodeJS.Signals): Promise<void> {
    this.#border.signal(signal);
    await this.#border.exited;
    this.#border = await launchUnisono('sbc', join(this.folder, 'sbc.yaml'), { lifetimeSec: LIFETIME_SEC });
  }

  async close(): Promise<void> {
    await this.cast.close();
    await (await this.#browser)?.close();
    await this.#border.stop();
    await this.gateway.close();
    this.#remove();
  }
}

export async function startApart(options: ApartOptions = {}): Promise<Apart> {
  const [ports, folder] = [await reservePorts(), temporaryFolder('border')];
  const doors = { wss: ports.port(0), tls: ports.port(1) };
  const gateway = await startUnisono({
    ...(options.adapt ? { adapt: options.adapt } : {}),
    ...(options.cloud === true ? { cloud: true } : {}),
    sip: [`borders: ${BORDER_INSIDE}`],
    config: ['limits: { lagMs: 5000 }', `clients: { url: "wss://127.0.0.1:${doors.wss}/" }`],
    lifetimeSec: options.lifetimeSec ?? LIFETIME_SEC,
  });
  writeFileSync(
    join(folder.path, 'sbc.yaml'),
    [
      `data: ${join(folder.path, 'data')}`,
      `listen: ${BORDER_INSIDE}`,
      'metrics: off',
      'sbc:',
      '  listen: 127.0.0.1',
      `  wss: ${doors.wss}`,
      `  tls: ${doors.tls}`,
      `  inside: ${ports.port(2)}`,
      `  gateways: [udp:127.0.0.1:${gateway.sipPort}]`,
      '  media:',
      '    workers: 1',
      `    outside: { ports: ${ports.port(4)}-${ports.port(21)} }`,
      `    inside: { ports: ${ports.port(22)}-${ports.last} }`,
      ...(options.media ?? []).map((line) => `    ${line}`),
      '',
    ].join('\n'),
  );
  const remove = () => {
    folder.remove();
    ports.release();
  };
  try {
    const border = await launchUnisono('sbc', join(folder.path, 'sbc.yaml'), { lifetimeSec: LIFETIME_SEC });
    return new Apart(gateway, border, doors, folder.path, remove);
  } catch (error) {
    await gateway.close();
    remove();
    throw error;
  }
}
