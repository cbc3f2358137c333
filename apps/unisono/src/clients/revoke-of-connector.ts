import { insertInstallation, readInstallation, revokeInstallations } from '../stores/client-store.ts';
import type { Store } from '../stores/open-store.ts';
import type { SystemStore } from '../stores/system-store.ts';

/** Credentials of the Connector end sooner than this: longer nothing needs to be remembered. */
const REVOKED_MS = 366 * 86_400_000;

/** Remembers of installations which signed in through the Connector that they may not any more. */
export function revokerOfConnector(
  store: Store,
  system: SystemStore,
  epochMs: () => number,
  onRevoked: () => void,
): (user: string | undefined, installation: string) => void {
  return (user, installation) => {
    const nowMs = epochMs();
    if (readInstallation(store, installation) !== undefined) revokeInstallations(store, [installation], nowMs);
    else {
      insertInstallation(store, {
        id: installation,
        user: user ?? '',
        ufipDevice: system.current().ufipDeviceOfUser.get(user ?? '') ?? '',
        label: 'signed in through the cloud',
        createdAtMs: nowMs,
        expiresAtMs: nowMs + REVOKED_MS,
        revokedAtMs: nowMs,
      });
    }
    onRevoked();
  };
}
