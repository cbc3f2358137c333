import { Agent } from 'node:https';
import { isIP } from 'node:net';
import type { PushSubscription } from '@unisono/contract';
import webPush from 'web-push';
import type { PushMessage, PushOutcome, PushSender } from './sender.ts';

export interface VapidKeys {
  readonly publicKey: string;
  readonly privateKey: string;
}

const TIMEOUT_MS = 10_000;
/** The end of a call follows its ringing over the same connection: it takes a notification away, which is a matter of milliseconds. */
const IDLE_MS = 60_000;

/** New keys of an application server (RFC 8292). Whoever changes them loses every subscription. */
export function newVapidKeys(): VapidKeys {
  return webPush.generateVAPIDKeys();
}

export interface WebPushOptions {
  /** Push services of the own network, by name or address; of what is no public name, only these are reached. */
  readonly ownNames?: readonly string[];
  readonly agent?: Agent;
}

/** A name with a dot that is no address and not of this machine or its network. */
function isPublicName(hostname: string): boolean {
  const isAddress = isIP(hostname.replace(/^\[|\]$/g, '')) !== 0;
  return !isAddress && hostname.includes('.') && !/\.(local|localhost|internal|lan|home\.arpa)$/i.test(hostname);
}

/** Web Push (RFC 8030) with encryption (RFC 8291) and our own keys. `subject` is how a push service reaches the operator. */
export function webPushSender(vapid: VapidKeys, subject: string, options: WebPushOptions = {}): PushSender {
  const { ownNames = [], agent = new Agent({ keepAlive: true, timeout: IDLE_MS }) } = options;
  // Whoever can write a subscription must not reach into our own network.
  const isAllowed = (hostname: string): boolean => isPublicName(hostname) || ownNames.includes(hostname);
  const send = async (to: PushSubscription, message: PushMessage): Promise<PushOutcome> => {
    if (to.kind !== 'webPush' || !isAllowed(new URL(to.endpoint).hostname)) return 'gone';
    try {
      await webPush.sendNotification({ endpoint: to.endpoint, keys: to.keys }, message.payload, {
        vapidDetails: { subject, ...vapid },
        TTL: message.ttlSec,
        urgency: message.urgency,
        topic: message.topic,
        timeout: TIMEOUT_MS,
        agent,
      });
      return 'taken';
    } catch (error) {
      const status = error instanceof webPush.WebPushError ? error.statusCode : undefined;
      return status === 404 || status === 410 || status === 400 || status === 403 ? 'gone' : 'later';
    }
  };
  return { kind: 'webPush', send };
}
