/** The accounts and contacts that all servers are given alike. */
import type { DeviceAccount } from '../load/job.ts';

export const PASSWORD = 'bench-secret';

/** The number of the first station. */
export const STATION_BASE = 100_000;

/** The contacts of the n-th person: one device that answers, two that only ring. */
export function contactsOf(index: number): string[] {
  return [`answer-${index}`, `ring-${index}-1`, `ring-${index}-2`];
}

/** Accounts that only register. */
export function registeringAccounts(count: number): DeviceAccount[] {
  return Array.from({ length: count }, (_, index) => {
    const user = String(STATION_BASE + index);
    return { user, authUser: user, password: PASSWORD, contact: `answer-${index}` };
  });
}
