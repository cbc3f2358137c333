import { Agent, type Dispatcher, ProxyAgent } from 'undici';

/** How the Connector is reached. */
export interface RouteToConnector {
  /** `https://connector.example.com`; http only for one on the same machine. */
  readonly url: string;
  /** HTTPS proxy (CONNECT): `http://proxy.example.com:3128`. Absent: directly. */
  readonly proxy?: { readonly url: string; readonly username?: string; readonly password?: string } | undefined;
  /** Authorities, PEM, trusted beside or instead of those that Node knows. Absent: those alone. */
  readonly ca?: readonly string[] | undefined;
}

const CONNECT_MS = 15_000;

/** Makes the connections. Credentials go to the proxy and never to the Connector. */
export function dispatcherFor({ proxy, ca }: RouteToConnector): Dispatcher {
  const tls = ca === undefined ? {} : { ca: [...ca] };
  if (proxy === undefined) return new Agent({ connect: { ...tls, timeout: CONNECT_MS } });
  const { username, password } = proxy;
  const basic = Buffer.from(`${username ?? ''}:${password ?? ''}`).toString('base64');
  return new ProxyAgent({
    uri: proxy.url,
    ...(username === undefined ? {} : { token: `Basic ${basic}` }),
    requestTls: { ...tls, timeout: CONNECT_MS },
    proxyTls: { ...tls, timeout: CONNECT_MS },
    // Also plain http goes through CONNECT: the proxy sees a tunnel and nothing else.
    proxyTunnel: true,
  });
}
