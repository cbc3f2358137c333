import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { rootCertificates } from 'node:tls';
import {
  type Assistant,
  type AssistantClock,
  type AssistantDatabase,
  type CloudOptions,
  createAssistant,
  type MailboxPort,
  type NowPort,
  type PhonePlace,
  type RouteToConnector,
  readPublicKey,
} from '@unisono/assistant';
import type { DataFolder, Logger } from '@unisono/platform';
import type { Clock } from '@unisono/sip';
import { LOCAL_ACCESS_FILE } from '../cli/api-client.ts';
import { version } from '../cli/version.ts';
import { isEveryAddress, reachableAddress } from '../config/addresses.ts';
import type { LoadedSettings } from '../config/load.ts';
import { StartError } from '../start/start-error.ts';
import type { TlsMaterial } from '../start/tls.ts';
import type { Heard } from '../start/welcome.ts';
import { findCallRecord, searchCallRecords } from '../stores/call-record-store.ts';
import type { Store } from '../stores/open-store.ts';
import type { SystemStore } from '../stores/system-store.ts';
import type { MailboxStore } from '../stores/voicemail-store.ts';
import { clientAccess } from './client-access.ts';
import { endedCalls } from './history.ts';
import { importInThread } from './import-in-thread.ts';
import { mailboxPort } from './mailboxes.ts';
import { pagesFolder } from './pages.ts';

export interface AssistantSources {
  readonly settings: LoadedSettings;
  readonly folder: DataFolder;
  readonly store: Store;
  readonly system: SystemStore;
  readonly now: NowPort;
  /** Where the gateway hears phones. */
  readonly heard: readonly Heard[];
  readonly mailboxes: MailboxStore;
  readonly tls: TlsMaterial;
  readonly clock: Clock;
  readonly log: Logger;
  /** The Connector of this very process; counts when the configuration names none. */
  readonly localConnector?:
    | { readonly route: RouteToConnector; readonly key: string; readonly directoryKey: string }
    | undefined;
  readonly onInstallationRevoked: (user: string | undefined, installation: string) => void;
}

export interface RunningAssistant {
  readonly assistant: Assistant;
  /** Where a browser finds it; absent: it hears nowhere. */
  readonly url: string | undefined;
  /** With the one-time link, while there is no administrator. */
  readonly setUpUrl: string | undefined;
  close(): Promise<void>;
}

/** Starts the Assistant: when it resolves, its pages are served and its link is being opened. */
export async function startAssistant(sources: AssistantSources): Promise<RunningAssistant> {
  const { settings, folder, store, system, now, tls, clock, log } = sources;
  const mailboxes = mailboxPort(sources.mailboxes);
  const assistant = await createAssistant({
    database: store as unknown as AssistantDatabase,
    system,
    now,
    calls: { read: (search) => searchCallRecords(store, search), find: (id) => findCallRecord(store, id) },
    clock: assistantClock(clock),
    random: { bytes: (count) => randomBytes(count), fraction: Math.random },
    log,
    mailboxes,
    https: { key: tls.key, cert: tls.certificate },
    pages: pagesFolder(),
    phonePlaces: phonePlaces(sources),
    requireTotp: settings.assistant.requireTotp === 'on',
    licenceKey: licenceKey(settings),
    importPeople: importInThread(store.path, licenceKeyText(settings), system),
    cloud: cloudOptions(sources, mailboxes),
  });
  assistant.start();
  const url = await listen(assistant, settings, log);
  if (url !== undefined) {
    const access = { url, token: assistant.localToken(), ca: tls.authorityFile };
    writeFileSync(folder.file(LOCAL_ACCESS_FILE), `${JSON.stringify(access)}\n`, { mode: 0o600 });
  }
  const link = url === undefined ? undefined : assistant.firstLink();
  return {
    assistant,
    url,
    setUpUrl: link === undefined ? undefined : `${url}/#/setup/${link}`,
    close: () => assistant.close(),
  };
}

/** What is typed into a desk phone; WebSockets are for browsers. */
function phonePlaces({ heard, settings }: AssistantSources): PhonePlace[] {
  const reachable = reachableAddress(settings, networkInterfaces());
  return heard
    .filter(({ transport }) => transport !== 'ws' && transport !== 'wss')
    .map(({ transport, address, port }) => ({ transport, host: isEveryAddress(address) ? reachable : address, port }));
}

/** A port that cannot be had does not keep calls from going on: it is told, and the rest runs. */
async function listen(assistant: Assistant, settings: LoadedSettings, log: Logger): Promise<string | undefined> {
  let url: string | undefined;
  for (const { address, port } of settings.assistant.listen) {
    for (const host of address === undefined ? settings.listen : [address]) {
      try {
        const bound = await assistant.listen(host, port);
        const shown = reachableAddress({ ...settings, listen: [host] }, networkInterfaces());
        url ??= `https://${shown.includes(':') ? `[${shown}]` : shown}:${bound.port}`;
      } catch (err) {
        log.error(
          { err, host, port },
          'the Assistant does not hear here; calls go on. Set assistant.listen to a free port',
        );
      }
      // One server has one address; others are reached through `0.0.0.0` or a proxy.
      if (url !== undefined) return url;
    }
  }
  return url;
}

function cloudOptions(sources: AssistantSources, mailboxes: MailboxPort): CloudOptions | undefined {
  const { settings, folder, store, system, localConnector, onInstallationRevoked } = sources;
  const { connector, key, directoryKey, schedule, withdrawPercent, withdrawAtLeast } = settings.assistant;
  const configured =
    connector !== undefined && key !== undefined
      ? { route: routeTo(connector, sources), key, directoryKey }
      : undefined;
  const target = configured ?? localConnector;
  if (target === undefined) return undefined;
  return {
    ...target,
    software: `Unisono/${version()}`,
    guard: { share: withdrawPercent / 100, atLeast: withdrawAtLeast },
    schedule,
    // The data folder has one Assistant at a time.
    isAlone: true,
    access: () => clientAccess(settings, folder.path),
    mailboxes,
    endedCalls: endedCalls(store, () => system.current()),
    onInstallationRevoked: (user, installation) => onInstallationRevoked(user?.id, installation),
  };
}

function routeTo(url: string, { settings, tls }: AssistantSources): RouteToConnector {
  const { ca, proxy } = settings.assistant;
  const authorities = [...rootCertificates, ...tls.serverAuthorities.filter((one) => !rootCertificates.includes(one))];
  const { username, password } = proxy;
  return {
    url,
    ca: ca === undefined ? authorities : [...authorities, readPem(ca)],
    ...(proxy.url !== undefined && {
      proxy: {
        url: proxy.url,
        ...(username !== undefined && { username }),
        ...(password !== undefined && { password }),
      },
    }),
  };
}

function licenceKey(settings: LoadedSettings) {
  const text = licenceKeyText(settings);
  if (text === undefined) return undefined;
  try {
    return readPublicKey(text);
  } catch (error) {
    throw new StartError(
      `${settings.assistant.licenceKey} is no public key for licences: ${error instanceof Error ? error.message : error}`,
    );
  }
}

function licenceKeyText({ assistant: { licenceKey: file } }: LoadedSettings): string | undefined {
  return file === undefined ? undefined : readPem(file);
}

function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new StartError(`the file ${file} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

function assistantClock(clock: Clock): AssistantClock {
  return {
    epochMs: () => clock.epochMs(),
    after: (delayMs, callback) => {
      const timer = clock.startTimer(delayMs, { onTimer: callback }, 'assistant');
      return () => timer.cancel();
    },
  };
}
