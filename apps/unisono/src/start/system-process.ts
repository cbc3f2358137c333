import { randomBytes } from 'node:crypto';
import type { Cloud } from '@unisono/assistant';
import { isEmergencyRequest } from '@unisono/gateway';
import { createLogger, type DataFolder, type Logger, openDataFolder } from '@unisono/platform';
import { type Clock, InProcessLink, Resolver, SystemClock, SystemDns, SystemRandom } from '@unisono/sip';
import { withHistory } from '../assistant/history.ts';
import type { AssistantSources, RunningAssistant } from '../assistant/start-assistant.ts';
import { version } from '../cli/version.ts';
import { ClientDesk } from '../clients/client-desk.ts';
import { clientMac } from '../clients/client-key.ts';
import { RevokedClients } from '../clients/revoked-clients.ts';
import { hasDoors } from '../config/border-addresses.ts';
import type { LoadedSettings } from '../config/load.ts';
import type { ConnectorSources, LocalConnector } from '../connector/start-connector.ts';
import { startProtection } from '../protection/start-protection.ts';
import { closeInterrupted, createCallRecordStore } from '../stores/call-record-store.ts';
import { insertInstallation, readInstallation, revokeInstallations } from '../stores/client-store.ts';
import { DATABASE_FILE, openStore, type Store } from '../stores/open-store.ts';
import { createRegistrationStore } from '../stores/registration-store.ts';
import type { SystemStore } from '../stores/system-store.ts';
import { createVoicemailStore } from '../stores/voicemail-store.ts';
import { type RunningBorder, startBorder } from './border.ts';
import { PRODUCT, SEAL_FILE } from './border-process.ts';
import { Certificates } from './certificates.ts';
import { deleteOldRecords, followChanges, followClients } from './housekeeping.ts';
import { type InitialSystem, initialSystem } from './initial-system.ts';
import { metricsServers } from './metrics-server.ts';
import { type Node, startNode } from './node.ts';
import { keptSecret } from './secret.ts';
import type { TlsMaterial } from './tls.ts';

/** The whole system in one process. */
export interface SystemProcess {
  readonly node: Node;
  /** Undefined when every door is off. */
  readonly border: RunningBorder | undefined;
  readonly system: SystemStore;
  /** Issues and revokes the credentials of clients. */
  readonly clients: ClientDesk;
  readonly tls: TlsMaterial;
  readonly certificates: Certificates;
  readonly log: Logger;
  /** Administration and the link to the cloud. They are loaded when calls can be made already. */
  readonly assistant: Promise<RunningAssistant>;
  /** The Connector of this process; undefined when there is none. Loaded like the Assistant. */
  readonly connector: Promise<LocalConnector | undefined>;
  /** Ends calls, finishes what is being written, releases the data folder. */
  stop(): Promise<void>;
}

/**
 * Starts everything, in the order in which one thing needs the other. What was started is taken down again when a later step
 * fails. Throws what the steps throw: all of it says what is wrong and what to do.
 */
export async function startSystem(settings: LoadedSettings, log: Logger): Promise<SystemProcess> {
  const clock = new SystemClock();
  const epochMs = (): number => clock.epochMs();
  const started: (() => void | Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const undo of started.splice(0).reverse()) await undo();
  };
  try {
    const folder = openDataFolder(settings.data);
    started.push(() => folder.release());
    const store = await openStore(folder.file(DATABASE_FILE));
    started.push(() => store.close());
    const initial = initialSystem(store, settings.system, epochMs);
    logStart(log, initial, closeInterrupted(store));
    const certificates = await Certificates.open({ settings, folder, clock, log });
    started.push(() => certificates.close());
    const tls = certificates.material;
    const clients = clientAccess(settings, folder, store, initial.system, epochMs);
    const cloud: CloudHolder = { cloud: undefined };
    const link = hasDoors(settings) ? newLink(log) : undefined;
    const node = await startNode({
      settings,
      tls,
      clock,
      locator: new Resolver({
        dns: new SystemDns(),
        clock,
        random: new SystemRandom(),
        transports: ['udp', 'tcp', 'tls'],
      }),
      log,
      ...stores(store, initial.system, cloud, log, clock),
      ...fixed(folder),
      clients: clients.revoked,
      system: initial.system,
      link: link?.a,
    });
    started.push(() => node.close());
    const border =
      link &&
      (await startBorder({
        settings,
        tls,
        clock,
        log,
        sealSecret: keptSecret(folder.file(SEAL_FILE)),
        product: PRODUCT,
        protect: (disconnect) =>
          startProtection({
            settings,
            store,
            isEmergency: (request) => isEmergencyRequest(request, initial.system.current()),
            clock,
            log,
            disconnect,
          }),
        link: { end: link.b, gateway: link.a.target },
      }));
    if (border) started.push(() => border.close());
    certificates.onChange((pair) => {
      node.setCertificate(pair);
      border?.setCertificate(pair);
    });
    started.push(followChanges(initial.system, clock, log));
    started.push(followClients(initial.system, clients.desk, clients.revoked, clock, log));
    started.push(deleteOldRecords(store, clock, settings.records.keepDays, log));
    started.push(...(await metricsServers(settings, { node, border, store, certificates })));
    const revoked = (user: string | undefined, installation: string): void => {
      const device = user === undefined ? undefined : initial.system.current().ufipDeviceOfUser.get(user);
      revokeOfConnector(store, { user, device, installation, nowMs: epochMs() });
      clients.revoked.refresh();
    };
    const sources = { settings, folder, store, system: initial.system, node, tls, clock, log };
    const connector = loadedConnector(sources);
    started.push(async () => (await connector)?.running.close());
    const assistant = loadedAssistant({ ...sources, onInstallationRevoked: revoked }, connector, cloud);
    started.push(async () => (await assistant.catch(() => undefined))?.close());
    const parts = { assistant, connector, node, border, system: initial.system, clients: clients.desk };
    return { ...parts, tls, certificates, log, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Gateway and border of one process talk without sockets. */
function newLink(log: Logger): InProcessLink {
  return new InProcessLink({
    defer: queueMicrotask,
    onError: (err) => log.error({ err }, 'a fault of the program'),
  });
}

/** Where the log of a process goes: standard error. */
export function processLog({ log }: LoadedSettings): Logger {
  const format = log.format === 'auto' ? (process.stderr.isTTY ? 'human' : 'json') : log.format;
  return createLogger({ level: log.level, format, write: (line) => process.stderr.write(line) });
}

function logStart(log: Logger, { system, done }: InitialSystem, interrupted: number): void {
  const data = system.current().data;
  log.info({ done, version: system.version, stations: data.stations.length, users: data.users.length }, 'system data');
  if (interrupted > 0)
    log.warn({ calls: interrupted }, 'calls were open when the system stopped last; recorded as interrupted');
}

/** The link to the cloud, once there is one. */
interface CloudHolder {
  cloud: Cloud | undefined;
}

/** Loads and starts the Connector of this process, if it is to have one. */
async function loadedConnector(
  sources: ConnectorSources & { readonly system: SystemStore },
): Promise<LocalConnector | undefined> {
  const { startLocalConnector } = await import('../connector/start-connector.ts');
  return startLocalConnector(sources);
}

/** Loads and starts the Assistant, which nothing that hears calls waits for. */
async function loadedAssistant(
  sources: AssistantSources,
  connector: Promise<LocalConnector | undefined>,
  holder: CloudHolder,
): Promise<RunningAssistant> {
  const { startAssistant } = await import('../assistant/start-assistant.ts');
  const running = await startAssistant({ ...sources, localConnector: await connector });
  holder.cloud = running.assistant.cloud;
  return running;
}

function stores(store: Store, system: SystemStore, holder: CloudHolder, log: Logger, clock: Clock) {
  const records = createCallRecordStore(store, clock, (err, record) =>
    log.error({ err, call: record.id }, 'a call record was not stored'),
  );
  return {
    records: withHistory(
      records,
      () => system.current(),
      (user, entry) => holder.cloud?.tell(user, (userId) => ({ kind: 'historyEntry', userId, entry })),
    ),
    registrations: createRegistrationStore(
      store,
      () => clock.epochMs(),
      (err) => log.error({ err }, 'a registration was not stored'),
    ),
    voicemail: createVoicemailStore(store, (err) => log.error({ err }, 'a change of a mailbox was not stored')),
  };
}

/** Who issues credentials to clients, and what the gateway believes of them. */
function clientAccess(
  settings: LoadedSettings,
  folder: DataFolder,
  store: Store,
  system: SystemStore,
  epochMs: () => number,
): { readonly desk: ClientDesk; readonly revoked: RevokedClients } {
  const mac = clientMac(folder.path);
  const revoked = new RevokedClients(store, mac, epochMs);
  const desk = new ClientDesk({
    store,
    mac,
    access: settings,
    system: () => system.current(),
    epochMs,
    randomHex: (octets) => randomBytes(octets).toString('hex'),
    onRevoked: () => revoked.refresh(),
  });
  return { desk, revoked };
}

/** Remembers that an installation which signed in through the Connector may not any more. */
function revokeOfConnector(
  store: Store,
  {
    user,
    device,
    installation,
    nowMs,
  }: { user: string | undefined; device: string | undefined; installation: string; nowMs: number },
): void {
  if (readInstallation(store, installation) !== undefined) return revokeInstallations(store, [installation], nowMs);
  insertInstallation(store, {
    id: installation,
    user: user ?? '',
    ufipDevice: device ?? '',
    label: 'signed in through the cloud',
    createdAtMs: nowMs,
    expiresAtMs: nowMs + REVOKED_MS,
    revokedAtMs: nowMs,
  });
}

/** Credentials of the Connector end sooner than this: longer nothing needs to be remembered. */
const REVOKED_MS = 366 * 86_400_000;

function fixed(folder: DataFolder) {
  return { nonceSecret: keptSecret(folder.file('nonce-secret')), product: `Unisono/${version()}` };
}
