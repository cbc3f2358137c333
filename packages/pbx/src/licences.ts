import type { SystemData } from './model/index.ts';

/** Of one kind of licence. `freeCount` is negative when there are too few. */
export interface LicenceCount {
  readonly grantedCount: number;
  readonly usedCount: number;
  readonly freeCount: number;
}

export interface LicenceUse {
  readonly flex: LicenceCount;
  readonly unifyPhone: LicenceCount;
}

/**
 * What is used of each licence: Flex by every station, with or without a phone and in any state; Unify Phone by every
 * UFIP device. Too few refuse new configuration, never a call.
 */
export function licenceUse(data: SystemData): LicenceUse {
  return {
    flex: count(data.licences.flex, data.stations.length),
    unifyPhone: count(data.licences.unifyPhone, data.ufipDevices.length),
  };
}

function count(grantedCount: number, usedCount: number): LicenceCount {
  return { grantedCount, usedCount, freeCount: grantedCount - usedCount };
}
