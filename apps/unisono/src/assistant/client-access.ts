import type { ClientAccess } from '@unisono/assistant';
import { delegateKey } from '@unisono/pbx';
import { clientMac } from '../clients/client-key.ts';
import { wssUrl } from '../clients/connection-data.ts';
import type { LoadedSettings } from '../config/load.ts';

const DAY_SEC = 86_400;
/** The Connector makes no credentials that last longer than a year. */
const LONGEST_SEC = 365 * DAY_SEC;
/** There is no door for clients yet: they are told so by a name that nobody has (RFC 6761 §6.4). */
const NO_DOOR = 'wss://no-border-configured.invalid';

/** What every client may offer; voicemail depends on the mailbox. */
const FEATURES = ['callWaiting', 'transfer', 'conference', 'move'];

/** How clients of this system connect, as the Connector is told. */
export function clientAccess(settings: LoadedSettings, dataFolder: string): ClientAccess {
  const { clients, turn } = settings;
  const mac = clientMac(dataFolder);
  const stun = clients.stun.length === 0 ? [] : [{ urls: clients.stun }];
  const relay =
    turn.secret === undefined || turn.urls.length === 0
      ? []
      : [
          {
            urls: turn.urls,
            credentials: { kind: 'sharedSecret' as const, secret: turn.secret, lifetimeSec: turn.validSec ?? DAY_SEC },
          },
        ];
  return {
    sbc: [wssUrl(settings) ?? NO_DOOR, ...clients.alternativeUrls].map((uri, priority) => ({
      uri,
      priority,
      weight: 1,
    })),
    turn: [...stun, ...relay],
    features: FEATURES,
    credentials: (device, user) => ({
      kind: 'perInstallation',
      ...delegateKey(mac, device.id, user.id),
      lifetimeSec: Math.min(LONGEST_SEC, clients.validDays * DAY_SEC),
    }),
  };
}
