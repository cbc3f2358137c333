import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  Connector,
  type ConnectorOptions,
  contextOf,
  type Mailer,
  migrateConnector,
  newVapidKeys,
  outboxMailer,
  silentLog,
  smtpMailer,
  type Tables,
  type VapidKeys,
  webPushSender,
} from '@unisono/connector';
import { type Logger, openSharedDatabase, type SharedDatabase } from '@unisono/platform';
import type { Clock } from '@unisono/sip';
import { version } from '../cli/version.ts';
import type { LoadedSettings } from '../config/load.ts';
import { phoneApp } from '../phone/phone-app.ts';
import { phoneFolder } from '../phone/phone-folder.ts';
import { keptSecret } from '../start/secret.ts';
import { phoneUrl } from './phone-url.ts';
import { type SharedSignals, sharedSignals } from './shared-signals.ts';

export const CONNECTOR_DATABASE = 'connector.db';
const SECRET_FILE = 'connector-secret';
const VAPID_FILE = 'connector-vapid.json';
const OUTBOX = 'outbox';

export interface ConnectorParts {
  readonly settings: LoadedSettings;
  readonly clock: Clock;
  readonly log: Logger;
  readonly publicUrl: string;
  readonly phoneUrl?: string | undefined;
  readonly pageOrigins?: readonly string[];
  readonly tls?: ConnectorOptions['tls'];
}

export interface OpenConnector {
  readonly connector: Connector;
  readonly database: SharedDatabase<Tables>;
  close(): Promise<void>;
}

/** A Connector over the configured database, hearing nowhere yet. Rejects with what the database says. */
export async function openConnector({ settings, clock, log, ...given }: ConnectorParts): Promise<OpenConnector> {
  const { publicUrl, phoneUrl: phone, pageOrigins = [], tls } = given;
  const { database: target, subject, trustProxy, pushServices } = settings.connector;
  const database = openSharedDatabase<Tables>(target ?? join(settings.data, CONNECTOR_DATABASE));
  let shared: SharedSignals | undefined;
  try {
    if (target !== undefined) {
      // The tables first: it says what is wrong with the database in words.
      await migrateConnector(database.query);
      shared = await sharedSignals(target, clock, log);
    }
    const signals = shared === undefined ? {} : { signals: shared.signals };
    const ports = { ...connectorPorts(clock), ...signals, log, mailer: mailerOf(settings, clock) };
    const pages = phoneFolder();
    const vapid = keptVapid(join(settings.data, VAPID_FILE));
    const connector = await Connector.create({
      ...ports,
      store: database.query,
      secret: keptSecret(join(settings.data, SECRET_FILE)),
      publicUrl,
      phoneUrl: phone,
      pageOrigins,
      software: `Unisono/${version()}`,
      trustProxy,
      push: {
        publicKey: vapid.publicKey,
        senders: [webPushSender(vapid, subject ?? publicUrl, { ownNames: pushServices })],
      },
      ...(tls === undefined ? {} : { tls }),
      ...(pages === undefined ? {} : { pages: phoneApp(pages) }),
    });
    return {
      connector,
      database,
      close: async () => {
        await connector.close();
        await shared?.close();
        await database.close();
      },
    };
  } catch (error) {
    await shared?.close();
    await database.close();
    throw error;
  }
}

function connectorPorts(clock: Clock): Pick<ConnectorOptions, 'clock' | 'random'> {
  return {
    clock: {
      nowMs: () => clock.epochMs(),
      after: (delayMs, run) => clock.startTimer(delayMs, { onTimer: run }, 'connector'),
    },
    random: { octets: (count) => randomBytes(count) },
  };
}

function mailerOf({ connector: { smtp }, data }: LoadedSettings, clock: Clock): Mailer {
  if (smtp.url === undefined) return outboxMailer(join(data, OUTBOX), { nowMs: () => clock.epochMs(), after: never });
  return smtpMailer({ url: smtp.url, from: smtp.from });
}

function never(): never {
  throw new Error('the outbox waits for nothing');
}

/** The Connector's database with what administration needs of it, and no server. Rejects with what the database says. */
export async function openContext(settings: LoadedSettings, clock: Clock) {
  const database = openSharedDatabase<Tables>(settings.connector.database ?? join(settings.data, CONNECTOR_DATABASE));
  try {
    await migrateConnector(database.query);
    const context = contextOf({
      ...connectorPorts(clock),
      store: database.query,
      mailer: mailerOf(settings, clock),
      log: silentLog,
      secret: keptSecret(join(settings.data, SECRET_FILE)),
      publicUrl: settings.connector.url ?? `https://127.0.0.1:${settings.connector.listen[0]?.port ?? 0}`,
      phoneUrl: phoneUrl(settings),
      software: `Unisono/${version()}`,
    });
    return { context, close: () => database.close() };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Browsers subscribe with the public key: whoever loses the file loses every subscription. */
function keptVapid(file: string): VapidKeys {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as VapidKeys;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  const keys = newVapidKeys();
  writeFileSync(file, `${JSON.stringify(keys)}\n`, { mode: 0o600 });
  return keys;
}
