import type { System } from '../system.ts';
import { type ClientClaims, type Mac, userPrint } from './claims.ts';

/**
 * What becomes of a client that has proved its credentials.
 * - `good`: it may do what its user's clients may do.
 * - `notYet`: issued later than now, by a clock that goes ahead.
 * - `expired`, `revoked`: it needs new ones.
 * - `unknownDevice`: the UFIP device is not configured any more.
 * - `otherUser`: the UFIP device belongs to somebody else by now.
 */
export type ClientVerdict = 'good' | 'notYet' | 'expired' | 'revoked' | 'unknownDevice' | 'otherUser';

/** How far the clocks of issuer and gateway may be apart. */
export const CLOCK_TOLERANCE_SEC = 300;

export interface Circumstances {
  readonly system: System;
  readonly nowMs: number;
  readonly isRevoked: (installation: string) => boolean;
}

/** Judges claims that were authenticated already. */
export function judgeClaims(
  mac: Mac,
  claims: ClientClaims,
  { system, nowMs, isRevoked }: Circumstances,
): ClientVerdict {
  if (isRevoked(claims.installation)) return 'revoked';
  if (nowMs >= claims.expiresAtSec * 1_000) return 'expired';
  if (nowMs < (claims.issuedAtSec - CLOCK_TOLERANCE_SEC) * 1_000) return 'notYet';
  const device = system.ufipDevices.get(claims.ufipDevice);
  if (device === undefined) return 'unknownDevice';
  return userPrint(mac, device.user) === claims.userPrint ? 'good' : 'otherUser';
}
