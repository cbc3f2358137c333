import { arrow, type Table } from '../transaction/machine.ts';

/** A subscription as its notifier sees it (RFC 6665 §4.2). */
export type NotifierState =
  /** Known, but nothing may be told yet. */
  | 'pending'
  /** Every change is told. */
  | 'active'
  | 'terminated';

export type NotifierEvent =
  /** The owner lets it in. */
  | 'activate'
  /** There is something new to tell. */
  | 'changed'
  /** A SUBSCRIBE in the dialog asked for more time. */
  | 'refreshed'
  /** A SUBSCRIBE in the dialog with Expires: 0. */
  | 'unsubscribed'
  /** Nobody asked for more time. */
  | 'expired'
  /** The owner ends it. */
  | 'ended'
  /** The subscriber would not take a NOTIFY: it is gone. */
  | 'lost';

export type NotifierEffect = 'notify' | 'startExpiry' | 'stopExpiry' | 'forget';

const ended = {
  unsubscribed: arrow<NotifierState, NotifierEffect>('terminated', 'stopExpiry', 'notify'),
  expired: arrow<NotifierState, NotifierEffect>('terminated', 'notify'),
  ended: arrow<NotifierState, NotifierEffect>('terminated', 'stopExpiry', 'notify'),
  lost: arrow<NotifierState, NotifierEffect>('terminated', 'stopExpiry', 'forget'),
};

export const NOTIFIER: Table<NotifierState, NotifierEvent, NotifierEffect> = {
  pending: {
    ...ended,
    activate: arrow('active', 'notify'),
    refreshed: arrow('pending', 'startExpiry', 'notify'),
  },
  active: {
    ...ended,
    changed: arrow('active', 'notify'),
    refreshed: arrow('active', 'startExpiry', 'notify'),
  },
  terminated: {
    lost: arrow('terminated', 'forget'),
  },
};
