import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { wssUrl } from '../clients/connection-data.ts';
import { hasDoors } from '../config/border-addresses.ts';
import type { LoadedSettings } from '../config/load.ts';
import { DATABASE_FILE } from '../stores/open-store.ts';

/** Where the border's door serves the client app, by its name and by its address; empty: there is no door, or its port is not known yet. */
export function doorOrigins(settings: LoadedSettings): readonly string[] {
  const door = wssUrl(settings);
  if (door === null) return [];
  const url = new URL(door.replace(/^ws/, 'http'));
  const [name] = settings.sbc.names;
  // What is configured for clients has its name already.
  if (name === undefined || settings.clients.url !== undefined) return [url.origin];
  const { origin } = url;
  url.hostname = name;
  return [url.origin, origin];
}

/**
 * Where people open the client app, for links that are sent to them: as configured, or the border's door of the same process.
 * Undefined: the Connector's own address. An app that was installed from one address is another one than that of any other address,
 * so it is always the same.
 */
export function phoneUrl(settings: LoadedSettings): string | undefined {
  const { phoneUrl: configured, url } = settings.connector;
  if (configured !== undefined || url !== undefined) return configured ?? url;
  // Only beside a phone system is there a door that hands requests to this Connector.
  const isBesideSystem = existsSync(join(settings.data, DATABASE_FILE)) && settings.assistant.connector === undefined;
  return isBesideSystem && hasDoors(settings) ? doorOrigins(settings)[0] : undefined;
}
