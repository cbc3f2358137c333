import type { Logger } from '@unisono/platform';
import type { Clock } from '@unisono/sip';
import { deleteRecordsBefore } from '../stores/call-record-store.ts';
import type { Store } from '../stores/open-store.ts';
import type { SystemStore } from '../stores/system-store.ts';

/** How often the database is asked whether another process has changed the system data. */
const REFRESH_MS = 500;
const SWEEP_MS = 60_000;
const DAY_MS = 86_400_000;

/** Takes over system data that `unisono import` has stored. Gives the function that ends it. */
export function followChanges(system: SystemStore, clock: Clock, log: Logger): () => void {
  const look = {
    onTimer: () => {
      try {
        if (system.refresh()) log.info({ version: system.version }, 'system data changed by another process');
      } catch (err) {
        log.error({ err }, 'changed system data cannot be used; what was in force stays in force');
      }
      timer = clock.startTimer(REFRESH_MS, look, 'refresh');
    },
  };
  let timer = clock.startTimer(REFRESH_MS, look, 'refresh');
  return () => timer.cancel();
}

/** Deletes what has been kept long enough, a part every minute. Gives the function that ends it. */
export function deleteOldRecords(store: Store, clock: Clock, keepDays: number, log: Logger): () => void {
  const sweep = {
    onTimer: () => {
      const keptSinceMs = clock.epochMs() - keepDays * DAY_MS;
      deleteRecordsBefore(store, keptSinceMs, (err) => log.error({ err }, 'old call records were not deleted'));
      timer = clock.startTimer(SWEEP_MS, sweep, 'sweep');
    },
  };
  let timer = clock.startTimer(SWEEP_MS, sweep, 'sweep');
  return () => timer.cancel();
}
