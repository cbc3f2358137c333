import { DEFAULT_INTERVALS, type NotifierSubscription, type Payload, type ServerTransaction } from '@unisono/sip';
import type { CallServices } from '../call/services.ts';
import type { EventPackage, Watcher } from '../events/event-packages.ts';
import type { VoicemailStore } from '../ports.ts';

/** Shows phones that messages wait (RFC 3842): who has subscribed hears of every change. */
export class MessageSummary implements EventPackage {
  readonly name = 'message-summary';
  readonly #services: () => CallServices;
  readonly #store: VoicemailStore;
  /** By user. */
  readonly #subscriptions = new Map<string, Set<NotifierSubscription>>();

  constructor(services: () => CallServices, store: VoicemailStore) {
    this.#services = services;
    this.#store = store;
    store.onChange((user) => this.#tell(user));
  }

  /** Answers the SUBSCRIBE of a device of that user. */
  accept(transaction: ServerTransaction, { user }: Watcher): void {
    if (user === undefined) return transaction.reply(403, { reason: 'Nobody to tell of' });
    const subscription = this.#services().ua.acceptSubscription(transaction, {
      intervals: DEFAULT_INTERVALS,
      handler: { currentState: () => this.#summary(user), onEnded: (ended) => this.#forget(user, ended) },
    });
    if (!subscription) return;
    const known = this.#subscriptions.get(user) ?? new Set();
    this.#subscriptions.set(user, known.add(subscription));
  }

  #tell(user: string): void {
    for (const subscription of this.#subscriptions.get(user) ?? []) subscription.changed();
  }

  #forget(user: string, ended: NotifierSubscription): void {
    const known = this.#subscriptions.get(user);
    known?.delete(ended);
    if (known?.size === 0) this.#subscriptions.delete(user);
  }

  /** RFC 3842 §5.2: the account, and new and old messages with those of urgency in brackets. */
  #summary(user: string): Payload {
    const { system, domain } = this.#services();
    const station = system().stations.get(system().users.get(user)?.deskStation ?? '');
    const messages = this.#store.list(user);
    const fresh = messages.filter((one) => !one.isHeard).length;
    const lines = [
      `Messages-Waiting: ${fresh > 0 ? 'yes' : 'no'}`,
      `Message-Account: sip:${station?.number ?? user}@${domain()}`,
      `Voice-Message: ${fresh}/${messages.length - fresh} (0/0)`,
      '',
    ];
    return { type: 'application/simple-message-summary', bytes: Buffer.from(lines.join('\r\n')) };
  }
}
