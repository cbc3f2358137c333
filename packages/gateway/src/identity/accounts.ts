import type { AccountOwner, SipAccount, System } from '@unisono/pbx';
import { type Ha1Set, ha1Set } from '@unisono/sip';

/** The digest secrets of SIP accounts, computed once per account and forgotten with it. */
export class AccountSecrets {
  readonly #secrets = new WeakMap<SipAccount, Ha1Set>();
  readonly #realm: string;

  constructor(realm: string) {
    this.#realm = realm;
  }

  of(system: System, username: string): Ha1Set | undefined {
    const owner = system.accounts.get(username);
    const account = owner && accountOf(system, owner);
    if (!account) return undefined;
    const known = this.#secrets.get(account);
    if (known) return known;
    const secret = account.ha1 ?? ha1Set(account.username, this.#realm, account.password ?? '');
    this.#secrets.set(account, secret);
    return secret;
  }
}

function accountOf(system: System, owner: AccountOwner): SipAccount | undefined {
  switch (owner.kind) {
    case 'desk':
      return system.stations.get(owner.station)?.device?.account;
    case 'client':
      return system.ufipDevices.get(owner.ufipDevice)?.account;
    case 'trunk':
      return system.trunkGroups.get(owner.trunkGroup)?.trunks.find((trunk) => trunk.id === owner.trunk)?.inboundAccount;
  }
}
