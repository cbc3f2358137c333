import type { SubscriberSubscription, SubscriptionEnd } from '@unisono/sip';

/** Documents of a subscription, as they come. */
export interface EventWatch {
  subscription: SubscriberSubscription | undefined;
  end: SubscriptionEnd | undefined;
  /** Told when it is over. */
  onEnd?: (() => void) | undefined;
  take(xml: string): void;
}

/** What a phone knows of a conference that it is in (RFC 4575). */
export class ConferenceWatch implements EventWatch {
  readonly documents: string[] = [];
  /** Documents out of order. */
  readonly faults: string[] = [];
  subscription: SubscriberSubscription | undefined;
  end: SubscriptionEnd | undefined;
  onEnd: (() => void) | undefined;

  take(xml: string): void {
    const version = Number(/ version="(\d+)"/.exec(xml)?.[1]);
    if (version !== this.documents.length)
      this.faults.push(`version ${version} after ${this.documents.length} documents`);
    this.documents.push(xml);
  }

  /** Who is in, by name and in short: the host with a star, who holds in brackets, who is muted in small letters. */
  get members(): string[] {
    return [...(this.documents.at(-1) ?? '').matchAll(/<user .*?<\/user>/g)].map(([user]) => {
      const name = /<display-text>([^<]*)/.exec(user)?.[1] ?? /entity="([^"]*)"/.exec(user)?.[1] ?? '';
      const shown = user.includes('<status>recvonly</status>') ? name.toLowerCase() : name;
      const whole = user.includes('<status>on-hold</status>') ? `(${shown})` : shown;
      return user.includes('<entry>host</entry>') ? `${whole}*` : whole;
    });
  }
}
