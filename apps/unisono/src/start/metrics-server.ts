import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Metrics } from '@unisono/platform';
import type { ListenPoint } from '../config/listen-points.ts';
import { StartError } from './start-error.ts';

/** Serves the metrics at `/metrics`. Throws a `StartError` when the port cannot be had. */
export async function serveMetrics(
  metrics: Metrics,
  { address, port }: ListenPoint,
  fallback: string,
): Promise<Server> {
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
