/** A company's OpenID provider on loopback, with pages of its own where people sign in. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
// @ts-expect-error: the package has no types.
import Provider from 'oidc-provider';

export interface CompanyProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  close(): void;
}

const CLIENT = { client_id: 'unisono', client_secret: 'a secret of the client' } as const;

/** Whoever types a name there is the person with that name and an address of the domain, which counts as verified. */
export async function startCompanyProvider(domain: string, redirectUri: string): Promise<CompanyProvider> {
  const server: Server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [{ ...CLIENT, redirect_uris: [redirectUri] }],
    claims: { email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: true } },
    cookies: { keys: ['only of a test'] },
    findAccount: async (_: unknown, id: string) => ({
      accountId: id,
      claims: async () => ({ sub: id, email: `${id}@${domain}`, email_verified: true, name: id }),
    }),
  });
  server.on('request', provider.callback());
  return {
    issuer,
    clientId: CLIENT.client_id,
    clientSecret: CLIENT.client_secret,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
