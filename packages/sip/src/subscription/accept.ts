import type { LiveDialog } from '../dialog/live-dialog.ts';
import { calledUser, openAsServer } from '../dialog/open-dialog.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import type { UserAgentCore } from '../ua/core.ts';
import { eventOf } from './event-match.ts';
import {
  DEFAULT_INTERVALS,
  grantedInterval,
  type IntervalPolicy,
  type NotifierHandler,
  NotifierSubscription,
} from './notifier.ts';
import { ReferSubscription } from './refer-subscription.ts';

export interface AcceptSubscriptionOptions {
  readonly handler: NotifierHandler;
  /** `DEFAULT_INTERVALS` when absent. */
  readonly intervals?: IntervalPolicy | undefined;
  /** `pending` when the owner has still to decide whether it may know; `active` when absent. */
  readonly state?: 'pending' | 'active' | undefined;
}

/**
 * Accepts a SUBSCRIBE (RFC 6665 §4.2.1): answers 200, and the first NOTIFY follows. Undefined when it had to be refused:
 * without Contact or Event, or for too short a time (423).
 */
export function acceptSubscription(
  core: UserAgentCore,
  transaction: ServerTransaction,
  { handler, intervals = DEFAULT_INTERVALS, state = 'active' }: AcceptSubscriptionOptions,
): NotifierSubscription | undefined {
  const event = eventOf(transaction.request);
  const live = dialogOf(core, transaction);
  const granted = grantedInterval(transaction, intervals);
  if (!event || !live) {
    transaction.reply(400, { reason: event ? 'Missing Contact' : 'Missing Event' });
    return undefined;
  }
  if ('minSec' in granted) {
    transaction.reply(423, { headers: [['Min-Expires', `${granted.minSec}`]] });
    return undefined;
  }
  const subscription = new NotifierSubscription({ core, live, event, intervals, state, handler });
  subscription.start();
  subscription.accept(transaction, granted.sec);
  return subscription;
}

/** Accepts a REFER (RFC 3515): answers 202. Undefined without Contact, where it had to be refused. */
export function acceptRefer(core: UserAgentCore, transaction: ServerTransaction): ReferSubscription | undefined {
  const live = dialogOf(core, transaction);
  if (!live) {
    transaction.reply(400, { reason: 'Missing Contact' });
    return undefined;
  }
  const subscription = new ReferSubscription(core, live, transaction);
  subscription.accept(transaction);
  return subscription;
}

/** The dialog that the request came in, or the one it makes. */
function dialogOf(core: UserAgentCore, { request, flow, localTag }: ServerTransaction): LiveDialog | undefined {
  const known = core.dialogs.findFor(request);
  if (known || !request.contact) return known;
  return openAsServer(core, request, flow, localTag, calledUser(request));
}
