import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createMetrics, type Metrics } from '@unisono/platform';
import type { ListenPoint } from '../config/listen-points.ts';
import type { LoadedSettings } from '../config/load.ts';
import { addProtectionMetrics } from '../protection/metrics.ts';
import type { Store } from '../stores/open-store.ts';
import type { RunningBorder } from './border.ts';
import type { Certificates } from './certificates.ts';
import type { Node } from './node.ts';
import { StartError } from './start-error.ts';

interface MetricSources {
  readonly node: Node;
  readonly border: RunningBorder | undefined;
  readonly store: Store;
  readonly certificates: Certificates;
}

/** Starts the configured metrics servers. Gives the functions that end them. */
export async function metricsServers(
  settings: LoadedSettings,
  { node, border, store, certificates }: MetricSources,
): Promise<(() => void)[]> {
  if (settings.metrics.length === 0) return [];
  const metrics = createMetrics();
  const figure = (name: string, about: string, read: () => number): void =>
    metrics.gauge(`unisono_${name}`, about, read);
  figure('calls', 'Calls that are alerting or running.', () => node.gateway.snapshot().calls);
  figure('contacts', 'Registered contacts.', () => node.gateway.snapshot().contacts);
  figure('server_transactions', 'SIP server transactions.', () => node.gateway.snapshot().serverTransactions);
  figure('client_transactions', 'SIP client transactions.', () => node.gateway.snapshot().clientTransactions);
  figure('database_writes_waiting', 'Writes not yet on the disk.', () => store.writer.waiting);
  figure('certificate_expires_at_seconds', 'When the certificate ends, in seconds since 1970.', () =>
    Math.floor(certificates.expiresAtMs / 1_000),
  );
  if (border) addBorderMetrics(metrics, border);
  const [fallback = '127.0.0.1'] = settings.listen;
  const servers: Server[] = [];
  for (const point of settings.metrics) servers.push(await serveMetrics(metrics, point, fallback));
  return servers.map((server) => () => void server.close());
}

/** Figures of a border, as `unisono_border_…`, and of its protection. */
function addBorderMetrics(metrics: Metrics, { sbc, engine, protection }: RunningBorder): void {
  const figure = (name: string, about: string, read: () => number): void =>
    metrics.gauge(`unisono_border_${name}`, about, read);
  figure('calls', 'Calls that cross the border.', () => sbc.snapshot().calls);
  figure('connections', 'Connections of clients and phones outside.', () => sbc.snapshot().flows);
  figure('gateways_up', 'Gateways that answer.', () => sbc.snapshot().gateways.filter(({ isUp }) => isUp).length);
  figure('media_calls', 'Calls whose audio is carried.', () => engine.snapshot().calls);
  figure('media_ports_used', 'Media ports in use.', () => engine.snapshot().portsUsed);
  figure('media_workers_up', 'Media workers that run.', () => engine.snapshot().available);
  addProtectionMetrics(metrics, protection);
}

/** Serves the metrics at `/metrics`. Throws a `StartError` when the port cannot be had. */
async function serveMetrics(metrics: Metrics, { address, port }: ListenPoint, fallback: string): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('The metrics are at /metrics.\n');
      return;
    }
    metrics.text().then(
      (text) => response.writeHead(200, { 'content-type': metrics.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  server.listen(port, address ?? fallback);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new StartError(
      `the metrics port ${address ?? fallback}:${port} cannot be had: ${error instanceof Error ? error.message : error}`,
    );
  }
  return server;
}
