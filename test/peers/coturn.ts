/** Starts coturn as a TURN server whose users are made from a shared secret, and its own client. */
import { join } from 'node:path';
import { findPeer, peerPath } from './find.ts';
import { ownAddress } from './own-address.ts';
import { reservePorts } from './ports.ts';
import { PeerProcess, temporaryFolder } from './process.ts';

const START_TIMEOUT_MS = 20_000;
const FIRST_RELAY_OFFSET = 10;
const LAST_RELAY_OFFSET = 39;

export interface Coturn {
  readonly process: PeerProcess;
  /** Where it hears, by UDP and TCP, and relays: {@link ownAddress}. */
  readonly address: string;
  readonly port: number;
  /** `turn:ADDRESS:PORT?transport=udp` */
  readonly url: string;
  close(): Promise<void>;
}

/** A TURN server of this machine that also relays to loopback. */
export async function startCoturn(secret: string): Promise<Coturn> {
  const command = peerPath('turnserver');
  const ports = await reservePorts();
  const folder = temporaryFolder('coturn');
  const [address, port] = [ownAddress(), ports.port(0)];
  const child = new PeerProcess({
    name: 'turnserver',
    command,
    args: [
      ...['-n', '--no-cli', '--no-tls', '--no-dtls', '--log-file=stdout', '--simple-log', '-v'],
      ...[`--listening-ip=${address}`, `--listening-port=${port}`, `--relay-ip=${address}`, '--allow-loopback-peers'],
      ...[`--min-port=${ports.port(FIRST_RELAY_OFFSET)}`, `--max-port=${ports.port(LAST_RELAY_OFFSET)}`],
      ...['--use-auth-secret', `--static-auth-secret=${secret}`, '--realm=example.com'],
      ...[`--pidfile=${join(folder.path, 'pid')}`, `--userdb=${join(folder.path, 'db')}`],
    ],
  });
  const close = async (): Promise<void> => {
    await child.stop();
    folder.remove();
    ports.release();
  };
  try {
    await child.waitForOutput(/UDP listener opened on|IPv4\. (?:UDP|TLS\/TCP|TCP)[^\n]*\d\.\d/i, START_TIMEOUT_MS);
  } catch (error) {
    await close();
    throw error;
  }
  return { process: child, address, port, url: `turn:${address}:${port}?transport=udp`, close };
}

/** What coturn's own client came to: packets that two of its allocations sent to each other, and how many were lost. */
export interface TurnTrial {
  readonly isAllocated: boolean;
  readonly lostPackets: number | undefined;
}

/** Allocates, sends some packets to itself through the server, and tells what came back. */
export async function tryTurn({ address, port }: Coturn, username: string, credential: string): Promise<TurnTrial> {
  const command = findPeer('turnutils_uclient');
  if (command === undefined) throw new Error('turnutils_uclient is not installed; it comes with coturn.');
  const args = ['-y', '-u', username, '-w', credential, '-n', '5', '-m', '1', '-p', String(port), address];
  const child = new PeerProcess({ name: 'turnutils_uclient', command, args, lifetimeSec: 60 });
  const { code } = await child.exited;
  const lost = /Total lost packets (\d+)/.exec(child.output)?.[1];
  return { isAllocated: code === 0, lostPackets: lost === undefined ? undefined : Number(lost) };
}
