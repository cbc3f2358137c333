import type { Logger } from '@unisono/platform';
import type { Clock } from '@unisono/sip';
import type { ClientDesk } from '../clients/client-desk.ts';
import type { RevokedClients } from '../clients/revoked-clients.ts';
import type { SleepingClientsOfFolder } from '../clients/sleeping-clients.ts';
import { deleteRecordsBefore } from '../stores/call-record-store.ts';
import { deleteInstallationsBefore } from '../stores/client-store.ts';
import type { Store } from '../stores/open-store.ts';
import type { SystemStore } from '../stores/system-store.ts';
import type { MailboxStore } from '../stores/voicemail-store.ts';

/** How often the database is asked whether another process has changed the system data: a look costs some microseconds. */
const REFRESH_MS = 100;
const MAILBOXES_MS = 500;
const SLEEPERS_MS = 500;
const SWEEP_MS = 60_000;
const DAY_MS = 86_400_000;
/** Days after the end of its credentials for which an installation is still listed. */
const INSTALLATION_DAYS = 90;

/** Takes over system data that another process has stored (`unisono import`, `unisono assistant`). Gives the function that ends it. */
export function followChanges(system: SystemStore, clock: Clock, log: Logger): () => void {
  return every(clock, REFRESH_MS, () => {
    try {
      if (system.refresh()) log.info({ version: system.version }, 'system data changed by another process');
    } catch (err) {
      log.error({ err }, 'changed system data cannot be used; what was in force stays in force');
    }
  });
}

/** Takes over what `unisono clients` has revoked, and withdraws credentials with their device. Gives the function that ends it. */
export function followClients(
  system: SystemStore,
  desk: ClientDesk,
  revoked: RevokedClients,
  clock: Clock,
  log: Logger,
): () => void {
  const withdraw = (): void => {
    const count = desk.withdraw();
    if (count > 0)
      log.info({ count }, 'credentials of clients withdrawn: their UFIP devices are gone or given to others');
  };
  let { ufipDevices } = system.current().data;
  withdraw();
  system.onChange(({ data }) => {
    if (data.ufipDevices === ufipDevices) return;
    ufipDevices = data.ufipDevices;
    withdraw();
  });
  return every(clock, REFRESH_MS, () => revoked.look());
}

/** Follows whose clients can be woken. Gives the function that ends it. */
export function followSleepers(sleepers: SleepingClientsOfFolder, clock: Clock): () => void {
  return every(clock, SLEEPERS_MS, () => sleepers.refresh());
}

/** Takes over what another process has done to mailboxes. Gives the function that ends it. */
export function followMailboxes(mailboxes: MailboxStore, clock: Clock, log: Logger): () => void {
  return every(clock, MAILBOXES_MS, () => {
    try {
      mailboxes.refresh();
    } catch (err) {
      log.error({ err }, 'mailboxes changed by another process cannot be read');
    }
  });
}

function every(clock: Clock, ms: number, act: () => void): () => void {
  const turn = {
    onTimer: () => {
      act();
      timer = clock.startTimer(ms, turn, 'housekeeping');
    },
  };
  let timer = clock.startTimer(ms, turn, 'housekeeping');
  return () => timer.cancel();
}

/** Deletes what has been kept long enough, a part every minute. Gives the function that ends it. */
export function deleteOldRecords(store: Store, clock: Clock, keepDays: number, log: Logger): () => void {
  return every(clock, SWEEP_MS, () => {
    const nowMs = clock.epochMs();
    deleteRecordsBefore(store, nowMs - keepDays * DAY_MS, (err) =>
      log.error({ err }, 'old call records were not deleted'),
    );
    deleteInstallationsBefore(store, nowMs - INSTALLATION_DAYS * DAY_MS, (err) => {
      if (err !== undefined) log.error({ err }, 'old installations of clients were not deleted');
    });
  });
}
