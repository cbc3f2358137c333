import {
  DEFAULT_INTERVALS,
  decodeUtf8,
  type NotifierSubscription,
  type Payload,
  type ServerTransaction,
  unescapeUri,
} from '@unisono/sip';
import type { CallServices } from '../call/services.ts';
import type { EventPackage, Watcher } from '../events/event-packages.ts';
import { printConferenceInfo } from './conference-info.ts';
import type { Focus } from './focus.ts';

/** What happens in one moment is told at once. */
const GATHER_MS = 20;

/** What one subscriber follows. */
interface Watch {
  readonly focus: Focus;
  readonly station: string;
  version: number;
  /** The last document without its version. */
  told: string;
}

/** Who is in a conference (RFC 4575), for those who are in it. */
export class ConferenceEvents implements EventPackage {
  readonly name = 'conference';
  readonly #services: () => CallServices;
  readonly #watches = new Map<Focus, Map<NotifierSubscription, Watch>>();
  readonly #due = new Set<Focus>();

  constructor(services: () => CallServices) {
    this.#services = services;
  }

  accept(transaction: ServerTransaction, { station }: Watcher): void {
    const { ua, conferences } = this.#services();
    const focus = conferences.at(userOf(transaction));
    if (!focus) return transaction.reply(404);
    if (station === undefined || !focus.has(station))
      return transaction.reply(403, { reason: 'Not In The Conference' });
    const watch: Watch = { focus, station, version: -1, told: '' };
    const subscription = ua.acceptSubscription(transaction, {
      intervals: DEFAULT_INTERVALS,
      handler: {
        currentState: () => this.#document(watch),
        onEnded: (ended) => this.#forget(focus, ended),
      },
    });
    if (!subscription || subscription.state === 'terminated') return;
    const known = this.#watches.get(focus) ?? new Map<NotifierSubscription, Watch>();
    this.#watches.set(focus, known.set(subscription, watch));
  }

  /** Something has changed in a conference, or it is over. */
  onConferenceChanged(focus: Focus): void {
    if (!this.#watches.has(focus) || this.#due.has(focus)) return;
    this.#due.add(focus);
    this.#services().clock.startTimer(GATHER_MS, this, focus);
  }

  /** Whoever has left is told that there is nothing more to hear. */
  onTimer(focus: Focus): void {
    this.#due.delete(focus);
    for (const [subscription, watch] of [...(this.#watches.get(focus) ?? [])]) {
      if (!focus.has(watch.station)) subscription.terminate('noresource');
      else if (this.#print(watch) !== watch.told) subscription.changed();
    }
  }

  #forget(focus: Focus, ended: NotifierSubscription): void {
    const known = this.#watches.get(focus);
    known?.delete(ended);
    if (known?.size === 0) this.#watches.delete(focus);
  }

  #document(watch: Watch): Payload {
    watch.told = this.#print(watch);
    const body = printConferenceInfo(watch.focus, ++watch.version, this.#services().domain());
    return { type: 'application/conference-info+xml', bytes: Buffer.from(body, 'utf8') };
  }

  #print({ focus }: Watch): string {
    return printConferenceInfo(focus, 0, this.#services().domain());
  }
}

function userOf({ request: { uri } }: ServerTransaction): string | undefined {
  if (!uri || (uri.scheme !== 'sip' && uri.scheme !== 'sips') || uri.user === undefined) return undefined;
  return decodeUtf8(unescapeUri(uri.user));
}
