import {
  type DelegatedKey,
  delegateKey,
  type Mac,
  type System,
  sealClaims,
  type UfipDevice,
  type User,
  userPrint,
} from '@unisono/pbx';
import {
  type ClientInstallation,
  extendInstallation,
  insertInstallation,
  readInstallation,
  readInstallations,
  revokeInstallations,
} from '../stores/client-store.ts';
import type { Store } from '../stores/open-store.ts';
import { type ClientAccess, type ConnectionData, connectionData } from './connection-data.ts';

export interface ClientDeskOptions {
  readonly store: Store;
  readonly mac: Mac;
  readonly access: ClientAccess;
  readonly system: () => System;
  readonly epochMs: () => number;
  /** So many random octets in hexadecimal digits, not to be guessed. */
  readonly randomHex: (octets: number) => string;
  /** Told when installations were revoked here. */
  readonly onRevoked?: () => void;
}

export type ClientRefusal = 'unknownUser' | 'noDevice' | 'unknownInstallation' | 'revoked' | 'tooMany';

export type Issued =
  | { readonly ok: true; readonly installation: ClientInstallation; readonly connection: ConnectionData }
  | { readonly ok: false; readonly code: ClientRefusal; readonly message: string };

/** Installations of one user that may have credentials at once. */
export const MAX_INSTALLATIONS_PER_USER = 50;
export const MAX_LABEL_LENGTH = 100;
const INSTALLATION_OCTETS = 8;
const DAY_MS = 86_400_000;

/**
 * Issues the credentials of clients: one installation of a client gets its own, for some days, and each can be revoked alone. What was
 * answered is durable.
 */
export class ClientDesk {
  readonly #options: ClientDeskOptions;

  constructor(options: ClientDeskOptions) {
    this.#options = options;
  }

  /** Credentials for a new installation of a user's client. */
  issue(userId: string, label: string, validDays = this.#options.access.clients.validDays): Issued {
    const found = this.#holder(userId);
    if (!found.ok) return found;
    const { store, epochMs, randomHex } = this.#options;
    const nowMs = epochMs();
    if (this.list(userId).filter((one) => isInForce(one, nowMs)).length >= MAX_INSTALLATIONS_PER_USER) {
      const message = `${userId} has ${MAX_INSTALLATIONS_PER_USER} installations already: revoke those that are not used.`;
      return { ok: false, code: 'tooMany', message };
    }
    const installation: ClientInstallation = {
      id: randomHex(INSTALLATION_OCTETS),
      user: userId,
      ufipDevice: found.device.id,
      label: label.slice(0, MAX_LABEL_LENGTH),
      createdAtMs: nowMs,
      expiresAtMs: endOf(nowMs, validDays),
      revokedAtMs: undefined,
    };
    insertInstallation(store, installation);
    return this.#seal(installation, found.user, nowMs);
  }

  /** New credentials for an installation that has some; the earlier ones count until their own end. */
  renew(id: string, validDays = this.#options.access.clients.validDays): Issued {
    const { store, epochMs } = this.#options;
    const known = readInstallation(store, id);
    if (known === undefined) return unknownInstallation(id);
    if (known.revokedAtMs !== undefined) {
      return {
        ok: false,
        code: 'revoked',
        message: `Installation ${id} was revoked: issue credentials for a new one.`,
      };
    }
    const found = this.#holder(known.user);
    if (!found.ok) return found;
    if (found.device.id !== known.ufipDevice) {
      const message = `Installation ${id} was made for another UFIP device of ${known.user}: issue credentials for a new one.`;
      return { ok: false, code: 'noDevice', message };
    }
    const nowMs = epochMs();
    const expiresAtMs = Math.max(known.expiresAtMs, endOf(nowMs, validDays));
    extendInstallation(store, id, expiresAtMs);
    return this.#seal({ ...known, expiresAtMs: endOf(nowMs, validDays) }, found.user, nowMs);
  }

  /**
   * Lets the cloud make credentials for the clients of a user: what it uploads as `perInstallation` credentials of the user's connection
   * data. Undefined for a user without UFIP device.
   */
  delegate(userId: string): DelegatedKey | undefined {
    const found = this.#holder(userId);
    return found.ok ? delegateKey(this.#options.mac, found.device.id, userId) : undefined;
  }

  /** Ends an installation that got its credentials from the cloud; they end by themselves at `expiresAtMs` at the latest. */
  revokeDelegated(installation: string, userId: string, expiresAtMs: number): void {
    if (this.revoke(installation)) return;
    const { store, epochMs, system, onRevoked } = this.#options;
    const ufipDevice = system().ufipDeviceOfUser.get(userId) ?? '';
    const nowMs = epochMs();
    const times = { createdAtMs: nowMs, expiresAtMs, revokedAtMs: nowMs };
    insertInstallation(store, { id: installation, user: userId, ufipDevice, label: 'from the cloud', ...times });
    onRevoked?.();
  }

  /** Installations that credentials were issued for, the oldest first. */
  list(userId?: string): ClientInstallation[] {
    return readInstallations(this.#options.store, userId);
  }

  /** Ends an installation: it may not sign in any more, and its registrations end. False when there is none of this id. */
  revoke(id: string): boolean {
    const { store, epochMs, onRevoked } = this.#options;
    if (readInstallation(store, id) === undefined) return false;
    revokeInstallations(store, [id], epochMs());
    onRevoked?.();
    return true;
  }

  /** Revokes the installations whose UFIP device is gone or is somebody else's by now. Gives how many there were. */
  withdraw(): number {
    const { store, system, epochMs, onRevoked } = this.#options;
    const { ufipDevices } = system();
    const stale = readInstallations(store).filter(
      (one) => isInForce(one, epochMs()) && ufipDevices.get(one.ufipDevice)?.user !== one.user,
    );
    if (stale.length === 0) return 0;
    const ids = stale.map(({ id }) => id);
    revokeInstallations(store, ids, epochMs());
    onRevoked?.();
    return ids.length;
  }

  #holder(
    userId: string,
  ): { readonly ok: true; readonly user: User; readonly device: UfipDevice } | (Issued & { ok: false }) {
    const system = this.#options.system();
    const user = system.users.get(userId);
    if (user === undefined) return { ok: false, code: 'unknownUser', message: `There is no user ${userId}.` };
    const device = system.ufipDevices.get(system.ufipDeviceOfUser.get(userId) ?? '');
    if (device !== undefined) return { ok: true, user, device };
    const message = `${user.name} has no UFIP device, and so no clients: configure one, which takes a Unify Phone licence.`;
    return { ok: false, code: 'noDevice', message };
  }

  #seal(installation: ClientInstallation, user: User, nowMs: number): Issued {
    const { mac, access, system } = this.#options;
    const { id, ufipDevice, expiresAtMs } = installation;
    const credentials = sealClaims(mac, {
      ufipDevice,
      userPrint: userPrint(mac, user.id),
      installation: id,
      issuedAtSec: Math.floor(nowMs / 1_000),
      expiresAtSec: Math.floor(expiresAtMs / 1_000),
    });
    const connection = connectionData(access, system(), { installation: id, user, expiresAtMs, nowMs }, credentials);
    return { ok: true, installation, connection };
  }
}

/** Neither revoked nor expired. */
export function isInForce({ revokedAtMs, expiresAtMs }: ClientInstallation, nowMs: number): boolean {
  return revokedAtMs === undefined && expiresAtMs > nowMs;
}

function endOf(nowMs: number, validDays: number): number {
  return Math.floor((nowMs + validDays * DAY_MS) / 1_000) * 1_000;
}

function unknownInstallation(id: string): Issued & { ok: false } {
  const message = `There is no installation ${id}: the list of clients shows their ids.`;
  return { ok: false, code: 'unknownInstallation', message };
}
