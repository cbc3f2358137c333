import { networkInterfaces } from 'node:os';
import { rootCertificates } from 'node:tls';
import type { RouteToConnector } from '@unisono/assistant';
import type { Logger } from '@unisono/platform';
import type { Clock } from '@unisono/sip';
import { reachableAddress } from '../config/addresses.ts';
import type { LoadedSettings } from '../config/load.ts';
import type { TlsMaterial } from '../start/tls.ts';
import type { SystemStore } from '../stores/system-store.ts';
import { localTenant } from './local-tenant.ts';
import { type OpenConnector, openConnector } from './open-connector.ts';
import { doorOrigins, phoneUrl } from './phone-url.ts';

export interface RunningConnector extends Pick<OpenConnector, 'connector' | 'close'> {
  /** Where people and Assistants reach it. */
  readonly url: string;
}

export interface ConnectorSources {
  readonly settings: LoadedSettings;
  readonly tls: TlsMaterial;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Starts the Connector where the configuration says. Rejects when the port or the database cannot be had. */
export async function startConnector({ settings, tls, clock, log }: ConnectorSources): Promise<RunningConnector> {
  const [point] = settings.connector.listen;
  if (point === undefined) throw new Error('the Connector is off');
  const host = point.address ?? settings.listen[0] ?? '127.0.0.1';
  const shown = reachableAddress({ ...settings, listen: [host] }, networkInterfaces());
  const name = shown.includes(':') ? `[${shown}]` : shown;
  const configured = settings.connector.url?.replace(/\/$/, '');
  const { certificate: cert, key, clientAuthorities } = tls;
  const open = await openConnector({
    settings,
    clock,
    log,
    publicUrl: configured ?? `https://${name}:${point.port}`,
    phoneUrl: phoneUrl(settings),
    pageOrigins: pageOrigins(settings),
    tls: { cert, key, ...(clientAuthorities.length === 0 ? {} : { ca: clientAuthorities.join('\n') }) },
  });
  try {
    const { port } = await open.connector.listen(host, point.port);
    return { ...open, url: configured ?? `https://${name}:${port}` };
  } catch (error) {
    await open.close();
    throw error;
  }
}

/** Where the client app is served beside the Connector's own address. */
function pageOrigins(settings: LoadedSettings): string[] {
  const phone = phoneUrl(settings);
  const served = [...doorOrigins(settings), ...(phone === undefined ? [] : [new URL(phone).origin])];
  return [...new Set([...served, ...settings.connector.origins])];
}

/** The Connector of this very process, for the Assistant in it. */
export interface LocalConnector {
  readonly running: RunningConnector;
  readonly tenant: string;
  readonly route: RouteToConnector;
  readonly key: string;
  /** With which people are invited and removed. */
  readonly directoryKey: string;
}

/**
 * Starts the Connector beside the phone system, unless the Assistant has one elsewhere. That it cannot be started does not keep calls
 * from going on: it is told, and the rest runs.
 */
export async function startLocalConnector(
  sources: ConnectorSources & { readonly system: SystemStore },
): Promise<LocalConnector | undefined> {
  const { settings, tls, log, system } = sources;
  if (settings.connector.listen.length === 0 || settings.assistant.connector !== undefined) return undefined;
  let running: RunningConnector | undefined;
  try {
    running = await startConnector(sources);
    const isDemo = system.origin === 'demo';
    const tenant = await localTenant(running.connector, system.current(), isDemo, settings.data);
    const route = { url: running.url, ca: [...rootCertificates, ...tls.serverAuthorities] };
    return { running, tenant: tenant.slug, route, key: tenant.key, directoryKey: tenant.directoryKey };
  } catch (err) {
    log.error({ err }, 'the Connector did not start; calls go on. Set connector.listen to a free port, or to off');
    await running?.close();
    return undefined;
  }
}
