import { arrow, type Table } from '../transaction/machine.ts';

/** A subscription as its subscriber sees it (RFC 6665 §4.1, figure 1). */
export type SubscriberState =
  /** SUBSCRIBE is sent; neither its answer nor a NOTIFY has come. */
  | 'subscribing'
  /** It was accepted; the first NOTIFY is still to come. */
  | 'notifyWait'
  | 'pending'
  | 'active'
  /** We have unsubscribed; the last NOTIFY is still to come. */
  | 'leaving'
  | 'terminated';

export type SubscriberEvent =
  | 'accepted'
  | 'refused'
  /** A NOTIFY, by what its Subscription-State says. */
  | 'notifyPending'
  | 'notifyActive'
  | 'notifyTerminated'
  /** No NOTIFY within 64×T1 of a SUBSCRIBE (§4.1.2.4). */
  | 'timerN'
  | 'refreshDue'
  /** The time granted is over. */
  | 'expired'
  /** The owner wants no more. */
  | 'unsubscribe'
  /** The dialog is lost. */
  | 'lost';

export type SubscriberEffect =
  | 'startN'
  | 'stopN'
  | 'stopTimers'
  /** Ask for more time. */
  | 'refresh'
  /** SUBSCRIBE with Expires: 0. */
  | 'sendUnsubscribe'
  /** Tell the owner the new state. */
  | 'deliver'
  | 'forget';

type Arrows = Table<SubscriberState, SubscriberEvent, SubscriberEffect>[SubscriberState];

const over = (...effects: SubscriberEffect[]) =>
  arrow<SubscriberState, SubscriberEffect>('terminated', 'stopTimers', ...effects, 'forget');

/** What holds before and after the first NOTIFY. */
const always: Arrows = {
  notifyPending: arrow('pending', 'stopN', 'deliver'),
  notifyActive: arrow('active', 'stopN', 'deliver'),
  notifyTerminated: over('deliver'),
  refused: over(),
  lost: over(),
};

const running: Arrows = {
  ...always,
  expired: over(),
  unsubscribe: arrow('leaving', 'stopTimers', 'startN', 'sendUnsubscribe'),
};

export const SUBSCRIBER: Table<SubscriberState, SubscriberEvent, SubscriberEffect> = {
  subscribing: {
    ...always,
    accepted: arrow('notifyWait'),
    timerN: over(),
    unsubscribe: arrow('leaving'),
  },
  notifyWait: {
    ...running,
    timerN: over(),
  },
  pending: { ...running, refreshDue: arrow('pending', 'refresh') },
  active: { ...running, refreshDue: arrow('active', 'refresh') },
  leaving: {
    accepted: arrow('leaving', 'sendUnsubscribe'),
    notifyPending: arrow('leaving', 'deliver'),
    notifyActive: arrow('leaving', 'deliver'),
    notifyTerminated: over('deliver'),
    refused: over(),
    timerN: over(),
    lost: over(),
  },
  terminated: {},
};
