import { networkInterfaces } from 'node:os';
import type { ClientCredentials, System, User } from '@unisono/pbx';
import { type IceServer, turnCredentials } from '@unisono/sbc';
import { reachableAddress } from '../config/addresses.ts';
import type { LoadedSettings } from '../config/load.ts';

/** Everything that one installation of a client needs to connect. It holds a secret. */
export interface ConnectionData {
  readonly installation: string;
  /** URL of the secure WebSocket (RFC 7118); null when none is configured. */
  readonly wss: string | null;
  /** Address of record, and what to write into From. */
  readonly uri: string;
  readonly displayName: string;
  /** Credentials of digest authentication. */
  readonly username: string;
  readonly password: string;
  /** When they end, ISO 8601. */
  readonly expiresAt: string;
  /** `RTCConfiguration.iceServers`. */
  readonly iceServers: readonly IceServer[];
}

/** What the configuration says of how clients connect. */
export type ClientAccess = Pick<LoadedSettings, 'clients' | 'turn' | 'sip' | 'sbc' | 'listen' | 'advertise'>;

export interface Holder {
  readonly installation: string;
  readonly user: User;
  readonly expiresAtMs: number;
  readonly nowMs: number;
}

/** What to give to an installation of a client. */
export function connectionData(
  access: ClientAccess,
  system: System,
  { installation, user, expiresAtMs, nowMs }: Holder,
  { username, password }: ClientCredentials,
): ConnectionData {
  const number = system.stations.get(user.deskStation ?? '')?.number;
  return {
    installation,
    wss: wssUrl(access),
    uri: `sip:${number ?? username}@${system.data.company.domain}`,
    displayName: user.name,
    username,
    password,
    expiresAt: new Date(expiresAtMs).toISOString(),
    iceServers: iceServers(access, installation, expiresAtMs, nowMs),
  };
}

/** As configured, or the first door of the border for secure WebSockets, or the gateway's own. */
export function wssUrl({ clients, sip, sbc, listen, advertise }: Omit<ClientAccess, 'turn'>): string | null {
  if (clients.url !== undefined) return clients.url;
  const [borderDoor] = sbc.wss;
  const door = borderDoor ?? sip.wss[0];
  if (door === undefined || door.port === 0) return null;
  const where =
    borderDoor === undefined
      ? { listen, advertise }
      : { listen: sbc.listen ?? listen, advertise: sbc.advertise ?? advertise };
  const host = reachableAddress(
    door.address === undefined ? where : { ...where, listen: [door.address] },
    networkInterfaces(),
  );
  return `wss://${host.includes(':') ? `[${host}]` : host}:${door.port}`;
}

/** The name in TURN credentials is the installation: a random number that says nothing and is found again in a server's log. */
function iceServers(
  { clients, turn }: ClientAccess,
  installation: string,
  expiresAtMs: number,
  nowMs: number,
): IceServer[] {
  const servers: IceServer[] = clients.stun.length === 0 ? [] : [{ urls: clients.stun }];
  if (turn.secret === undefined || turn.urls.length === 0) return servers;
  const endsMs = turn.validSec === undefined ? expiresAtMs : Math.min(expiresAtMs, nowMs + turn.validSec * 1_000);
  return [...servers, turnCredentials({ urls: turn.urls, secret: turn.secret }, installation, endsMs / 1_000)];
}
