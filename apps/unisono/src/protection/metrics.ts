import type { Metrics } from '@unisono/platform';
import type { Protection } from '@unisono/sbc';

type Figure = keyof ReturnType<Protection['snapshot']>;

const FIGURES: Readonly<Record<Figure, string>> = {
  banned: 'Datagrams, connections and requests of banned sources that were not heard.',
  datagramsOverRate: 'Datagrams dropped because there were too many.',
  connectionsOverRate: 'Connections turned away because there were too many new ones.',
  requestsOverRate: 'Requests refused because there were too many.',
  strangers: 'Requests of strangers over UDP that were not answered.',
  scanners: 'Requests of programs that look for victims.',
  wrongPasswords: 'Wrong passwords that came from outside.',
  callsOverLimit: 'Calls refused because a user or an address had too many.',
  unproven: 'Connections ended because nobody signed in.',
  bans: 'Bans made since the start.',
  attackedAccounts: 'Accounts whose password was guessed from many places.',
  malformed: 'Messages from outside that were malformed.',
  bansInForce: 'Sources banned now.',
  bansWithoutRoom: 'Bans that found no room.',
  provenFlows: 'Ways from outside on which somebody has signed in.',
  calls: 'Calls counted that began outside.',
  suspects: 'Sources and accounts under suspicion.',
  buckets: 'Rates that are kept.',
};

/** Figures of protection, as `unisono_protection_…`. */
export function addProtectionMetrics(metrics: Metrics, protection: Protection): void {
  for (const [figure, about] of Object.entries(FIGURES) as [Figure, string][]) {
    const name = figure.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    metrics.gauge(`unisono_protection_${name}`, about, () => protection.snapshot()[figure]);
  }
}
