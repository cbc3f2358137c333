import { mayWatch, type System } from '@unisono/pbx';
import {
  DEFAULT_INTERVALS,
  decodeUtf8,
  type NotifierSubscription,
  type Payload,
  type ServerTransaction,
  unescapeUri,
} from '@unisono/sip';
import type { CallServices } from '../call/services.ts';
import {
  type PrintedDialog,
  printDialogInfo,
  printOwnDialog,
  printTerminated,
  printWatchedDialog,
  type WatchedStation,
  withDuration,
} from './dialog-info.ts';
import type { EventPackage, Watcher } from './event-packages.ts';

/** What happens in one moment is told at once: an answer changes every dialog of a call. */
const GATHER_MS = 20;

/** What one subscriber has been told. */
interface Watch {
  /** Id of the station that is watched, and of the one that watches. */
  readonly station: string;
  readonly by: string;
  version: number;
  /** By id of the dialog. */
  told: ReadonlyMap<string, PrintedDialog>;
  /** The next NOTIFY is about a change: it tells that alone. Others tell everything (RFC 4235 §3.9). */
  isChange: boolean;
}

/**
 * Running and early calls of a station (RFC 4235): a user's devices see those of the others with all that is needed to
 * take them over, and stations whose class of service allows it see that there are some.
 */
export class DialogEvents implements EventPackage {
  readonly name = 'dialog';
  readonly #services: () => CallServices;
  readonly #watches = new Map<NotifierSubscription, Watch>();
  /** Watched station → who watches it. */
  readonly #byStation = new Map<string, Set<NotifierSubscription>>();
  readonly #due = new Set<string>();

  constructor(services: () => CallServices) {
    this.#services = services;
  }

  accept(transaction: ServerTransaction, { station: by, username }: Watcher): void {
    const { ua, system } = this.#services();
    if (by === undefined) return transaction.reply(403, { reason: 'Nobody to tell of' });
    const station = targetOf(transaction, system(), by, username);
    if (station === undefined) return transaction.reply(404);
    if (!mayWatch(system(), by, station)) return transaction.reply(403, { reason: 'Not allowed by class of service' });
    const watch: Watch = { station, by, version: -1, told: new Map(), isChange: false };
    const subscription = ua.acceptSubscription(transaction, {
      intervals: DEFAULT_INTERVALS,
      handler: {
        // The first NOTIFY is made before the subscription is known to us.
        currentState: () => this.#document(watch),
        onEnded: (ended) => this.#forget(ended),
      },
    });
    if (!subscription || subscription.state === 'terminated') return;
    this.#watches.set(subscription, watch);
    this.#byStation.set(station, (this.#byStation.get(station) ?? new Set()).add(subscription));
  }

  /** Something about a call of the station has changed. */
  onStationChanged(station: string): void {
    if (!this.#byStation.has(station) || this.#due.has(station)) return;
    this.#due.add(station);
    this.#services().clock.startTimer(GATHER_MS, this, station);
  }

  /** Who may not watch any more is told so. */
  onSystemChanged(system: System): void {
    for (const [subscription, { by, station }] of [...this.#watches]) {
      if (!mayWatch(system, by, station)) subscription.terminate('rejected');
    }
  }

  onTimer(station: string): void {
    this.#due.delete(station);
    for (const subscription of this.#byStation.get(station) ?? []) {
      const watch = this.#watches.get(subscription) as Watch;
      if (!isNews(watch.told, this.#dialogs(watch))) continue;
      watch.isChange = true;
      subscription.changed();
    }
  }

  #forget(ended: NotifierSubscription): void {
    const station = this.#watches.get(ended)?.station;
    this.#watches.delete(ended);
    const known = this.#byStation.get(station ?? '');
    known?.delete(ended);
    if (known?.size === 0) this.#byStation.delete(station ?? '');
  }

  #document(watch: Watch): Payload {
    const dialogs = this.#dialogs(watch);
    const { told, isChange } = watch;
    const ended = [...told.keys()].filter((id) => !dialogs.has(id)).map(printTerminated);
    const nowMs = this.#services().clock.epochMs();
    const shown = [...dialogs]
      .filter(([id, { xml }]) => !isChange || told.get(id)?.xml !== xml)
      .map(([, dialog]) => withDuration(dialog, nowMs));
    watch.isChange = false;
    watch.told = dialogs;
    const state = isChange ? 'partial' : 'full';
    const body = printDialogInfo(this.#station(watch), ++watch.version, state, [...ended, ...shown]);
    return { type: 'application/dialog-info+xml', bytes: Buffer.from(body, 'utf8') };
  }

  #dialogs(watch: Watch): ReadonlyMap<string, PrintedDialog> {
    const { station, by } = watch;
    const shown = this.#station(watch);
    const print = (dialog: Parameters<typeof printWatchedDialog>[0]): PrintedDialog =>
      station === by ? printOwnDialog(dialog, shown) : printWatchedDialog(dialog);
    const calls = this.#services().userCalls.of(station);
    const printed = calls.flatMap((call) => call.dialogsOf(station).map(print));
    return new Map(printed.map((dialog) => [dialog.id, dialog]));
  }

  #station({ station }: Watch): WatchedStation {
    const { system, domain } = this.#services();
    const { number, name } = system().stations.get(station) ?? { number: station, name: '' };
    return { number, name, domain: domain() };
  }
}

/** The station that a SUBSCRIBE names; a device may name its own account. Auxiliary numbers do not exist. */
function targetOf(transaction: ServerTransaction, system: System, own: string, username: string): string | undefined {
  const { uri } = transaction.request;
  if (!uri || (uri.scheme !== 'sip' && uri.scheme !== 'sips')) return undefined;
  const user = uri.user === undefined ? '' : decodeUtf8(unescapeUri(uri.user));
  if (user === '' || user === username) return own;
  const owner = system.numbers.get(user);
  return owner?.kind === 'station' ? owner.id : undefined;
}

function isNews(told: Watch['told'], now: Watch['told']): boolean {
  return told.size !== now.size || [...now].some(([id, { xml }]) => told.get(id)?.xml !== xml);
}
