import { randomBytes } from 'node:crypto';
import { isEmergencyRequest } from '@unisono/gateway';
import { createLogger, type DataFolder, type Logger, openDataFolder } from '@unisono/platform';
import { type Clock, InProcessLink, Resolver, SystemClock, SystemDns, SystemRandom } from '@unisono/sip';
import type { AssistantSources, RunningAssistant } from '../assistant/start-assistant.ts';
import { version } from '../cli/version.ts';
import { ClientDesk } from '../clients/client-desk.ts';
import { clientMac } from '../clients/client-key.ts';
import { revokerOfConnector } from '../clients/revoke-of-connector.ts';
import { RevokedClients } from '../clients/revoked-clients.ts';
import { SleepingClientsOfFolder } from '../clients/sleeping-clients.ts';
import { hasDoors } from '../config/border-addresses.ts';
import type { LoadedSettings } from '../config/load.ts';
import type { ConnectorSources, LocalConnector } from '../connector/start-connector.ts';
import { nowPort, nowSource } from '../now/node-now.ts';
import { NOW_SOCKET, serveNow } from '../now/now-socket.ts';
import { phoneApp } from '../phone/phone-app.ts';
import { type DoorConnector, type PhoneDoor, phoneDoor } from '../phone/phone-door.ts';
import { phoneFolder } from '../phone/phone-folder.ts';
import { startProtection } from '../protection/start-protection.ts';
import { createBorderCallStore } from '../stores/border-call-store.ts';
import { closeInterrupted, createCallRecordStore } from '../stores/call-record-store.ts';
import { DATABASE_FILE, openStore, type Store } from '../stores/open-store.ts';
import { createRegistrationStore } from '../stores/registration-store.ts';
import type { SystemStore } from '../stores/system-store.ts';
import { createVoicemailStore } from '../stores/voicemail-store.ts';
import { type RunningBorder, startBorder } from './border.ts';
import { PRODUCT, sealSecretOf } from './border-process.ts';
import { Certificates } from './certificates.ts';
import { accountsGivenSince } from './given-accounts.ts';
import { deleteOldRecords, followChanges, followClients, followMailboxes, followSleepers } from './housekeeping.ts';
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
  /** Entries whose account was given by an administrator, as `stations/4023`. */
  accountsGivenSince(): ReadonlySet<string>;
  /** Administration and the link to the cloud. They are loaded when calls can be made already. Undefined: in a process of its own. */
  readonly assistant: Promise<RunningAssistant> | undefined;
  /** The Connector of this process; undefined when there is none. Loaded like the Assistant. */
  readonly connector: Promise<LocalConnector | undefined> | undefined;
  /** Ends calls, finishes what is being written, releases the data folder. */
  stop(): Promise<void>;
}

/**
 * Starts everything, in the order in which one thing needs the other; `isAlone` starts the gateway and leaves border, Assistant and
 * Connector to processes of their own. What was started is taken down again when a later step
 * fails. Throws what the steps throw: all of it says what is wrong and what to do.
 */
export async function startSystem(given: LoadedSettings, log: Logger, isAlone = false): Promise<SystemProcess> {
  const settings = isAlone ? withoutDoors(given) : given;
  const clock = new SystemClock();
  const epochMs = (): number => clock.epochMs();
  const started: (() => void | Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const undo of started.splice(0).reverse()) await undo();
  };
  started.push(() => clock.close());
  try {
    const folder = openDataFolder(settings.data);
    started.push(() => folder.release());
    if (!isAlone) {
      // Not beside an Assistant of its own process.
      const administration = openDataFolder(settings.data, 'assistant');
      started.push(() => administration.release());
    }
    const store = await openStore(folder.file(DATABASE_FILE));
    started.push(() => store.close());
    const initial = initialSystem(store, settings.system, epochMs);
    logStart(log, initial, closeInterrupted(store));
    const certificates = await Certificates.open({ settings, folder, clock, log });
    started.push(() => certificates.close());
    const tls = certificates.material;
    const clients = clientAccess(settings, folder, store, initial.system, epochMs);
    const link = hasDoors(settings) ? newLink(log) : undefined;
    const kept = stores(store, log, clock);
    const sleepers = new SleepingClientsOfFolder(store);
    started.push(followSleepers(sleepers, clock));
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
      ...kept,
      sleepers,
      ...fixed(folder),
      clients: clients.revoked,
      system: initial.system,
      link: link?.a,
    });
    started.push(() => node.close());
    const connected: { connector?: DoorConnector | undefined } = {};
    const border =
      link &&
      (await startBorder({
        settings,
        tls,
        clock,
        log,
        sealSecret: sealSecretOf(settings, folder),
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
        calls: createBorderCallStore(store, (err) => log.error({ err }, 'a call at the border was not kept')),
        phone: isAlone ? undefined : doorOfPhone(settings, () => connected.connector),
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
    const parts = {
      node,
      border,
      system: initial.system,
      clients: clients.desk,
      tls,
      certificates,
      log,
      accountsGivenSince: () => accountsGivenSince(store),
      stop,
    };
    if (isAlone) {
      started.push(followMailboxes(kept.voicemail, clock, log));
      started.push(await serveNow(folder.file(NOW_SOCKET), nowSource(node), clock, log));
      return { ...parts, assistant: undefined, connector: undefined };
    }
    const sources = { settings, folder, store, system: initial.system, tls, clock, log };
    const connector = loadedConnector(sources);
    void connector.then((local) => {
      connected.connector = local?.running.connector;
    });
    started.push(async () => (await connector)?.running.close());
    const onInstallationRevoked = revokerOfConnector(store, initial.system, epochMs, () => clients.revoked.refresh());
    const assistant = loadedAssistant(
      { ...sources, now: nowPort(node), heard: node.heard, mailboxes: kept.voicemail, onInstallationRevoked },
      connector,
    );
    started.push(async () => (await assistant.catch(() => undefined))?.close());
    certificates.onOwnChange(async ({ chain: cert, privateKey: key }) => {
      (await connector)?.running.connector.setCertificate({ cert, key });
      await (await assistant.catch(() => undefined))?.assistant.setCertificate({ cert, key });
    });
    return { ...parts, assistant, connector };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The client app and the Connector of this process, where it is to have one. */
function doorOfPhone(settings: LoadedSettings, connector: () => DoorConnector | undefined): PhoneDoor | undefined {
  const folder = phoneFolder();
  const hasConnector = settings.connector.listen.length > 0 && settings.assistant.connector === undefined;
  return hasConnector ? phoneDoor(folder === undefined ? undefined : phoneApp(folder), connector) : undefined;
}

/** A border in another process has its doors there. */
function withoutDoors({ sbc, ...settings }: LoadedSettings): LoadedSettings {
  return { ...settings, sbc: { ...sbc, wss: [], tls: [], tcp: [] } };
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
): Promise<RunningAssistant> {
  const { startAssistant } = await import('../assistant/start-assistant.ts');
  return startAssistant({ ...sources, localConnector: await connector });
}

function stores(store: Store, log: Logger, clock: Clock) {
  return {
    records: createCallRecordStore(store, clock, (err, record) =>
      log.error({ err, call: record.id }, 'a call record was not stored'),
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

function fixed(folder: DataFolder) {
  return { nonceSecret: keptSecret(folder.file('nonce-secret')), product: `Unisono/${version()}` };
}
