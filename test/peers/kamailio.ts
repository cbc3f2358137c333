/** Starts Kamailio as registrar, as proxy or as a provider's trunk. */
import { createSocket } from 'node:dgram';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestCertificates } from './certificates.ts';
import { peerPath } from './find.ts';
import { type KamailioPart, kamailioConfig } from './kamailio-config.ts';
import { type PortBlock, reservePorts } from './ports.ts';
import { PeerProcess, temporaryFolder } from './process.ts';

const START_TIMEOUT_MS = 10_000;
const PROBE_INTERVAL_MS = 50;
const NETWORK_PORT_OFFSET = 4;

type WithoutNetworkPort<Part> = Part extends { role: 'trunk' } ? Omit<Part, 'networkPort'> : Part;

export type KamailioOptions = WithoutNetworkPort<KamailioPart> & {
  /** Passwords by user. With none, nobody is asked for credentials. */
  readonly accounts?: Readonly<Record<string, string>>;
  readonly realm?: string;
  /** Switches TLS on, at the port after the SIP port. */
  readonly certificates?: TestCertificates;
  /** Reserved before, so that it can be started anew where it was. Default: a block of its own. */
  readonly ports?: PortBlock;
  readonly children?: number;
  readonly sharedMemoryMb?: number;
  readonly privateMemoryMb?: number;
  /** Debian's default, qm, checks every piece of memory it hands out, which takes most of the time. */
  readonly memoryManager?: 'qm' | 'fm' | 'tlsf';
  readonly cpus?: string;
  readonly lifetimeSec?: number;
};

export interface Kamailio {
  readonly process: PeerProcess;
  readonly address: string;
  /** UDP and TCP. */
  readonly port: number;
  /** 0 without certificates. */
  readonly tlsPort: number;
  /** Where a trunk hears the network, with calls for its customer. */
  readonly networkPort: number;
  readonly log: string;
  close(): Promise<void>;
}

/** Starts Kamailio and waits until it answers OPTIONS. */
export async function startKamailio(options: KamailioOptions): Promise<Kamailio> {
  const command = peerPath('kamailio');
  const ports = options.ports ?? (await reservePorts());
  const folder = temporaryFolder('kamailio');
  const port = ports.port(0);
  const tlsPort = options.certificates === undefined ? 0 : ports.port(1);
  const networkPort = ports.port(NETWORK_PORT_OFFSET);
  const file = join(folder.path, 'kamailio.cfg');
  writeFileSync(file, configText(options, { port, tlsPort, networkPort }));
  const memory = ['-m', String(options.sharedMemoryMb ?? 64), '-M', String(options.privateMemoryMb ?? 8)];
  const manager = options.memoryManager === undefined ? [] : ['-x', options.memoryManager, '-X', options.memoryManager];
  const child = new PeerProcess({
    name: `kamailio ${options.role}`,
    command,
    args: ['-f', file, '-DD', '-E', ...memory, ...manager, '-Y', folder.path, '-w', folder.path],
    ...(options.cpus === undefined ? {} : { cpus: options.cpus }),
    ...(options.lifetimeSec === undefined ? {} : { lifetimeSec: options.lifetimeSec }),
  });
  const close = async () => {
    await child.stop();
    folder.remove();
    if (!options.ports) ports.release();
  };
  try {
    await waitForOptionsAnswer(child, port);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    process: child,
    address: '127.0.0.1',
    port,
    tlsPort,
    networkPort,
    get log() {
      return child.output;
    },
    close,
  };
}

function configText(
  options: KamailioOptions,
  listen: { readonly port: number; readonly tlsPort: number; readonly networkPort: number },
): string {
  const part: KamailioPart = options.role === 'trunk' ? { ...options, networkPort: listen.networkPort } : options;
  return kamailioConfig({
    address: '127.0.0.1',
    port: listen.port,
    tlsPort: listen.tlsPort,
    realm: options.realm ?? '127.0.0.1',
    accounts: options.accounts ?? {},
    children: options.children ?? 2,
    part,
    ...(options.certificates === undefined ? {} : { certificates: options.certificates }),
  });
}

/** Sends OPTIONS until something comes back; rejects when the process ends or does not answer in time. */
export async function waitForOptionsAnswer(
  child: PeerProcess,
  port: number,
  timeoutMs = START_TIMEOUT_MS,
): Promise<void> {
  const socket = createSocket('udp4');
  const answered = new Promise<true>((resolve) => socket.once('message', () => resolve(true)));
  socket.on('error', () => {});
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const probe = Buffer.from(optionsRequest(port, socket.address().port));
  const send = () => socket.send(probe, port, '127.0.0.1', () => {});
  const timer = setInterval(send, PROBE_INTERVAL_MS);
  send();
  const deadline = new Promise<false>((resolve) => setTimeout(resolve, timeoutMs, false).unref());
  const ended = child.exited.then(() => false as const);
  const isAnswered = await Promise.race([answered, deadline, ended]);
  clearInterval(timer);
  socket.close();
  if (!isAnswered) throw child.error(`did not answer OPTIONS at 127.0.0.1:${port} within ${timeoutMs} ms`);
}

function optionsRequest(port: number, ownPort: number): string {
  return [
    `OPTIONS sip:127.0.0.1:${port} SIP/2.0`,
    `Via: SIP/2.0/UDP 127.0.0.1:${ownPort};branch=z9hG4bKprobe${ownPort};rport`,
    'Max-Forwards: 70',
    `From: <sip:probe@127.0.0.1>;tag=probe${ownPort}`,
    `To: <sip:127.0.0.1:${port}>`,
    `Call-ID: probe-${ownPort}@127.0.0.1`,
    'CSeq: 1 OPTIONS',
    'Content-Length: 0',
    '\r\n',
  ].join('\r\n');
}
