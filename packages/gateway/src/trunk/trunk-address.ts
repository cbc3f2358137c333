import type { Trunk } from '@unisono/pbx';
import { DigestClient, type Random } from '@unisono/sip';

/** How a trunk's addresses are written. */
export interface TrunkAddressing {
  /** Domain of From and P-Asserted-Identity. */
  readonly domain: string;
  /** Host, port and transport of the Request-URI. */
  readonly uriHost: string;
}

export function addressingOf(trunk: Trunk): TrunkAddressing {
  const { host, port, transport } = trunk.peer;
  const bracketed = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  const suffix = transport === 'udp' ? '' : `;transport=${transport}`;
  return {
    domain: trunk.registration?.domain ?? bracketed,
    uriHost: `${bracketed}${port === undefined ? '' : `:${port}`}${suffix}`,
  };
}

/** User part of our Contact on this trunk, where it is registered. */
export function contactUserOf(trunk: Trunk): string | undefined {
  return trunk.registration ? (trunk.registration.user ?? trunk.credentials?.username) : undefined;
}

/** A digest client for a trunk's credentials. */
export function digestOf({ credentials }: Trunk, random: Random): DigestClient | undefined {
  if (!credentials) return undefined;
  const account = { username: credentials.username, password: credentials.password };
  return new DigestClient(
    (realm) => (credentials.realm === undefined || credentials.realm === realm ? account : undefined),
    random,
  );
}
