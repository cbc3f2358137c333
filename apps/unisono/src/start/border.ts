import type { RequestListener } from 'node:http';
import { networkInterfaces } from 'node:os';
import { createEmbeddedEngine, createRtpengineEngine, type MediaEngine, type MediaEngineEvents } from '@unisono/media';
import type { CertificatePair } from '@unisono/platform';
import { type CallStore, doorPage, type Log, type Protection, Sbc } from '@unisono/sbc';
import {
  type Clock,
  type Flow,
  type LinkEnd,
  SocketTransport,
  SystemRandom,
  type Target,
  type Transport,
  type TransportEvents,
} from '@unisono/sip';
import { borderMedia, doorNames } from '../config/border-addresses.ts';
import type { LoadedSettings } from '../config/load.ts';
import type { PhoneDoor } from '../phone/phone-door.ts';
import { doorLimits } from '../protection/settings.ts';
import { doorPoints, insidePoints } from './border-points.ts';
import { portAdvice } from './port-advice.ts';
import { StartError } from './start-error.ts';
import type { TlsMaterial } from './tls.ts';
import { transportProblems } from './transport-problems.ts';
import type { Heard } from './welcome.ts';

/** What a border works with, all of it made by the caller. */
export interface BorderParts {
  settings: LoadedSettings;
  tls: TlsMaterial;
  clock: Clock;
  log: Log;
  /** Seals what clients and gateways keep for the border; kept over restarts. */
  sealSecret: Buffer;
  /** What the outside is told of the software. */
  product: string;
  /** Begins to protect the doors; `disconnect` ends a connection. */
  protect: (disconnect: (flow: Flow) => void) => { readonly protection: Protection; readonly stop: () => void };
  /** Keeps running calls over an end of this process. */
  calls: CallStore;
  /** The client app at the door; without it the door shows a page about itself. */
  phone?: PhoneDoor | undefined;
  /** Our end of the link to the gateway of this process, and where that hears; without it gateways are reached by sockets. */
  link: { readonly end: LinkEnd; readonly gateway: Target } | undefined;
}

/** A running border. */
export interface RunningBorder {
  readonly sbc: Sbc;
  readonly protection: Protection;
  readonly engine: MediaEngine;
  readonly heard: readonly Heard[];
  /** Shows another certificate from now on. */
  setCertificate(pair: CertificatePair): void;
  /** Ends every call, then hears nothing any more. */
  close(): Promise<void>;
}

/** Time that the last messages of a stop have. */
const FAREWELL_MS = 1_000;
const FAREWELL_LOOK_MS = 20;

/** Starts a border and hears at every door when it resolves. Throws a `StartError` for a port that cannot be had. */
export async function startBorder(parts: BorderParts): Promise<RunningBorder> {
  const { settings, clock, log, link } = parts;
  const random = new SystemRandom();
  const sockets: SocketTransport[] = [];
  const onProblem = transportProblems(clock, (fields, message) => log.info(fields, message));
  const open = (options: Omit<ConstructorParameters<typeof SocketTransport>[0], 'clock' | 'onProblem'>) => {
    const transport = new SocketTransport({ ...options, clock, onProblem });
    sockets.push(transport);
    return transport;
  };
  const guard = parts.protect((flow) => sockets[0]?.disconnect(flow));
  let sbc: Sbc | undefined;
  const engine = await mediaEngine(settings, {
    onCallLost: (key, loss, message) => sbc?.onCallLost(key, loss, message),
  });
  const isReady = (): boolean =>
    engine.snapshot().available > 0 && (sbc?.snapshot().gateways.some(({ isUp }) => isUp) ?? false);
  const { phone } = parts;
  const ownPage = doorPage({ authority: parts.tls.authority, isReady, app: phone?.app });
  const page: RequestListener = (request, response) => {
    if (!phone?.onApi(request, response)) ownPage(request, response);
  };
  const connectInside = (events: TransportEvents): Transport =>
    link ? link.end.attach(events) : open({ points: insidePoints(settings, parts.tls), events });
  const names = doorNames(settings, networkInterfaces());
  sbc = new Sbc({
    connectOutside: (events, admit) =>
      open({
        points: doorPoints(settings, parts.tls, page, phone?.onUpgrade),
        limits: doorLimits(settings.protection),
        events,
        admit,
      }),
    connectInside,
    gateways: link ? [link.gateway] : settings.sbc.gateways,
    engine,
    sealSecret: parts.sealSecret,
    ownNames: () => names,
    insideNames: [...settings.listen, ...(settings.advertise === undefined ? [] : [settings.advertise])],
    guard: guard.protection,
    store: parts.calls,
    // A gateway at the other end of a link is as new as we are.
    doGatewaysOutlive: link === undefined,
    flowTimerSec: settings.sbc.flowTimerSec,
    clock,
    random,
    log,
    product: parts.product,
  });
  return listening({ sbc, guard, engine, sockets });
}

/** The engine that carries audio: rtpengine where one is named, else worker threads of this process. */
async function mediaEngine(settings: LoadedSettings, events: MediaEngineEvents): Promise<MediaEngine> {
  const { rtpengine: instances, workers, outside, inside } = settings.sbc.media;
  if (instances.length === 0)
    return createEmbeddedEngine({ sides: borderMedia(settings, networkInterfaces()), workers, events });
  const sides = { outside: { interface: outside.interface }, inside: { interface: inside.interface } };
  return createRtpengineEngine({ instances, sides, events });
}

interface Opened {
  readonly sbc: Sbc;
  readonly guard: ReturnType<BorderParts['protect']>;
  readonly engine: MediaEngine;
  /** The doors, then the private side where it has sockets. */
  readonly sockets: readonly SocketTransport[];
}

async function listening({ sbc, guard, engine, sockets }: Opened): Promise<RunningBorder> {
  const close = async (): Promise<void> => {
    sbc.endCalls();
    await farewell(sbc);
    guard.stop();
    sbc.close();
    await Promise.all(sockets.map((transport) => transport.close()));
    await engine.close();
  };
  try {
    for (const transport of sockets) await transport.listen();
  } catch (error) {
    await close();
    const advice = portAdvice(error, true);
    throw advice === undefined ? error : new StartError(advice);
  }
  sbc.start();
  return {
    sbc,
    protection: guard.protection,
    engine,
    heard: sockets[0]?.boundPoints() ?? [],
    setCertificate: ({ chain: cert, privateKey: key }) => sockets[0]?.setCertificate({ cert, key }),
    close,
  };
}

/** Waits until the last BYEs are answered, or the time for that is over. */
async function farewell(sbc: Sbc): Promise<void> {
  const latestMs = performance.now() + FAREWELL_MS;
  const isQuiet = (): boolean => {
    const { outside, inside } = sbc.snapshot().transactions;
    return outside.clients === 0 && inside.clients === 0;
  };
  while (!isQuiet() && performance.now() < latestMs) {
    await new Promise((resolve) => setTimeout(resolve, FAREWELL_LOOK_MS));
  }
}
