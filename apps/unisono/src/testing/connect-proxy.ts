import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** For tests: an HTTPS proxy that knows CONNECT (RFC 9110 §9.3.6) and Basic credentials. */
export interface ConnectProxy {
  readonly url: string;
  /** Where tunnels led to. */
  readonly tunnels: readonly string[];
  /** Cuts every tunnel there is. */
  cut(): void;
  close(): Promise<void>;
}

export async function startConnectProxy(credentials?: { username: string; password: string }): Promise<ConnectProxy> {
  const tunnels: string[] = [];
  const sockets = new Set<Socket>();
  const wanted = credentials && Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
  const server = createServer((_request, response) => response.writeHead(405).end());
  server.on('connect', (request, client: Socket, head: Buffer) => {
    client.on('error', () => {});
    if (wanted !== undefined && request.headers['proxy-authorization'] !== `Basic ${wanted}`) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="proxy"\r\n\r\n');
      return;
    }
    const target = new URL(`http://${request.url}`);
    tunnels.push(target.host);
    const upstream = connect(Number(target.port || 80), target.hostname, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    client.on('close', () => upstream.destroy());
    sockets.add(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tunnels,
    cut,
    close: async () => {
      cut();
      server.close();
      server.closeAllConnections();
    },
  };
}
