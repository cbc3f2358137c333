import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { wssUrl } from '../clients/connection-data.ts';
import { hasDoors } from '../config/border-addresses.ts';
import type { LoadedSettings } from '../config/load.ts';
import { DATABASE_FILE } from '../stores/open-store.ts';

/** Where the border's door serves the client app; undefined: there is no door, or its port is not known yet. */
export function doorUrl(settings: LoadedSettings): string | undefined {
  const door = wssUrl(settings);
  return door === null ? undefined : new URL(door.replace(/^ws/, 'http')).origin;
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
  return isBesideSystem && hasDoors(settings) ? doorUrl(settings) : undefined;
}
