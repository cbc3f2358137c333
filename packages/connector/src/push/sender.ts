import type { PushSubscription } from '@unisono/contract';

/** What became of a push: taken, gone for good (the subscription is to be forgotten), or to be tried again. */
export type PushOutcome = 'taken' | 'gone' | 'later';

export interface PushMessage {
  /** JSON for the client. */
  readonly payload: string;
  readonly ttlSec: number;
  /** Calls wake the device at once, the rest may wait for its next waking (RFC 8030 §5.3). */
  readonly urgency: 'high' | 'normal';
  /** A later one with the same topic takes its place (RFC 8030 §5.4). */
  readonly topic: string;
}

/** Hands messages to one kind of push service: `webPush` here, APNs and FCM by whoever has their keys. */
export interface PushSender {
  readonly kind: PushSubscription['kind'];
  send(to: PushSubscription, message: PushMessage): Promise<PushOutcome>;
}
