import { networkInterfaces } from 'node:os';
import {
  type CallRecordStore,
  type ClientKeys,
  Gateway,
  type Log,
  type RegistrationStore,
  type SleepingClients,
  type SystemSource,
  type VoicemailStore,
} from '@unisono/gateway';
import { MediaHost, SystemMediaClock, UdpRtpSockets } from '@unisono/media';
import type { CertificatePair } from '@unisono/platform';
import {
  type Clock,
  LINK_ADDRESS,
  type LinkEnd,
  type Locator,
  SocketTransport,
  SystemRandom,
  TransportWithLink,
} from '@unisono/sip';
import { mediaAddresses } from '../config/addresses.ts';
import type { LoadedSettings } from '../config/load.ts';
import { sipPoints } from './sip-points.ts';
import type { TlsMaterial } from './tls.ts';
import { transportProblems } from './transport-problems.ts';
import type { Heard } from './welcome.ts';

/** What a node of the PBX works with, all of it made by the caller. */
export interface NodeParts {
  settings: LoadedSettings;
  tls: TlsMaterial;
  clock: Clock;
  locator: Locator;
  log: Log;
  system: SystemSource;
  registrations: RegistrationStore;
  records: CallRecordStore;
  voicemail: VoicemailStore;
  sleepers: SleepingClients;
  clients: ClientKeys;
  nonceSecret: Buffer;
  product: string;
  /** Our end of the link to a border of this process. */
  link: LinkEnd | undefined;
}

/** A running node: gateway, SIP sockets and media. */
export interface Node {
  readonly gateway: Gateway;
  readonly heard: readonly Heard[];
  /** Shows another certificate from now on. */
  setCertificate(pair: CertificatePair): void;
  /** Ends every call, then hears nothing any more. */
  close(): Promise<void>;
}

/** Time that the last messages of a stop (BYE, their answers) have. */
const FAREWELL_MS = 1500;
const FAREWELL_LOOK_MS = 20;

/** Starts a node and hears on every configured port when it resolves. Throws a `ListenError` for a port that cannot be had. */
export async function startNode(parts: NodeParts): Promise<Node> {
  const { settings, clock, log, link } = parts;
  const isBorder = (address: string) => address === LINK_ADDRESS || settings.sip.borders.includes(address);
  const random = new SystemRandom();
  let transport: SocketTransport | undefined;
  const gateway = new Gateway({
    ...parts,
    random,
    ...policies(settings),
    media: mediaHost(settings),
    utilization: utilizationMeter(),
    isBorder,
    connect: (events, admit) => {
      transport = new SocketTransport({
        points: sipPoints(settings, parts.tls),
        clock,
        events,
        // A border stands for many: what it lets through is not one source's share.
        admit: (address) => isBorder(address) || admit(address),
        tlsClient: { ca: parts.tls.serverAuthorities, cert: parts.tls.certificate, key: parts.tls.key },
        onProblem: transportProblems(clock, (fields, message) => log.warn(fields, message)),
      });
      return link ? new TransportWithLink(transport, link.attach(events)) : transport;
    },
  });
  if (transport === undefined) throw new Error('the gateway did not connect');
  const sockets = transport;
  try {
    await sockets.listen();
  } catch (error) {
    await sockets.close();
    throw error;
  }
  gateway.start();
  return {
    gateway,
    heard: sockets.boundPoints(),
    setCertificate: ({ chain: cert, privateKey: key }) => sockets.setCertificate({ cert, key }),
    close: async () => {
      gateway.close();
      await farewell(gateway);
      gateway.ua.close();
      await sockets.close();
    },
  };
}

/** What of the configuration is the gateway's to keep. */
function policies({ sip, registration, sessionTimer, limits, rtp }: LoadedSettings) {
  const { expiresSec: defaultSec, minExpiresSec: minSec, maxExpiresSec: maxSec } = registration;
  return {
    digestAlgorithms: sip.digest,
    musicOnHold: rtp.musicOnHold === 'on',
    expiry: { defaultSec, minSec, maxSec },
    sessionTimer: { expiresSec: sessionTimer.expiresSec, minSec: sessionTimer.minExpiresSec },
    loadLimits: { maxCalls: limits.calls, maxTransactions: limits.transactions, maxLagMs: limits.lagMs },
  };
}

function mediaHost(settings: LoadedSettings): MediaHost {
  const { bind, announced } = mediaAddresses(settings, networkInterfaces());
  const { first, last } = settings.rtp.ports;
  return new MediaHost({
    sockets: new UdpRtpSockets(),
    clock: new SystemMediaClock(),
    random: new SystemRandom(),
    bindAddress: bind,
    announcedAddress: announced,
    ports: { min: first, max: last },
  });
}

/** Asks the event loop how busy it was since the last question. */
function utilizationMeter(): () => number {
  let last = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, last);
    last = now;
    return utilization;
  };
}

/** Waits until the calls have ended and their last answers have come, or the time for that is over. */
async function farewell(gateway: Gateway): Promise<void> {
  const latestMs = performance.now() + FAREWELL_MS;
  const isQuiet = (): boolean => {
    const { sessions, calls } = gateway.snapshot();
    return sessions === 0 && calls === 0;
  };
  while (!isQuiet() && performance.now() < latestMs) {
    await new Promise((resolve) => setTimeout(resolve, FAREWELL_LOOK_MS));
  }
}
