import {
  DigestClient,
  type FakeNode,
  numericLocator,
  type ServerTransaction,
  type Transport,
  type TransportEvents,
  type UasInvite,
  UserAgent,
  type UserAgentHandler,
} from '@unisono/sip';
import { ConferenceWatch, type EventWatch } from './conference-watch.ts';
import { DialogWatch } from './dialog-watch.ts';
import type { EndpointOptions } from './endpoint-options.ts';
import { ProcessClock } from './process-clock.ts';

const METHODS = ['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS', 'UPDATE', 'INFO', 'NOTIFY', 'PRACK'];
const EXTENSIONS = ['timer', 'replaces', '100rel'];

/** The machine under a phone: a user agent in the network that can lose its power, and follows what it is told to. */
export abstract class SimNode implements UserAgentHandler {
  readonly username: string;
  readonly address: string;
  node!: FakeNode;
  ua!: UserAgent;
  /** When it was last off or its link to the gateway broken; infinite while the link is. */
  troubledUntilMs = -1;
  /** It is back after it was off, and remembers nothing. */
  onRestarted: (() => void) | undefined;
  protected readonly options: EndpointOptions;
  protected digest: DigestClient | undefined;
  protected clock!: ProcessClock;

  constructor(options: EndpointOptions) {
    this.options = options;
    this.username = options.username;
    this.address = options.address;
    this.boot();
  }

  get isOn(): boolean {
    return this.clock.isAlive;
  }

  /** Gone without a word, as when the power fails. */
  vanish(): void {
    this.clock.die();
    this.node.vanish();
    this.troubledUntilMs = Math.max(this.troubledUntilMs, this.clock.nowMs());
  }

  /** Comes back after `vanish`, at the same address, and remembers nothing. */
  restart(): void {
    if (this.isOn) this.vanish();
    this.boot();
    this.troubledUntilMs = Math.max(this.troubledUntilMs, this.clock.nowMs());
    this.onRestarted?.();
  }

  /** Follows the dialogs of a number (RFC 4235). */
  watch(number: string, expiresSec = 600): DialogWatch {
    return this.#follow(new DialogWatch(), number, 'dialog', expiresSec);
  }

  /** Follows who is in a conference (RFC 4575). */
  watchConference(user: string, expiresSec = 600): ConferenceWatch {
    return this.#follow(new ConferenceWatch(), user, 'conference', expiresSec);
  }

  abstract onInvite(invite: UasInvite): void;

  onRequest(transaction: ServerTransaction): void {
    transaction.reply(transaction.request.method === 'OPTIONS' ? 200 : 405);
  }

  protected boot(): void {
    const { options } = this;
    const account = { username: options.signInAs ?? options.username, password: options.password ?? '' };
    this.clock = new ProcessClock(options.clock);
    this.digest = options.password === undefined ? undefined : new DigestClient(() => account, options.random);
    this.ua = new UserAgent({
      connect: (events) => this.connect(events),
      clock: this.clock,
      random: options.random,
      locator: numericLocator,
      handler: this,
      product: 'sim-phone',
      methods: options.methods ?? METHODS,
      extensions: options.extensions ?? EXTENSIONS,
      sessionTimer: options.sessionTimer,
    });
  }

  /** Takes its place in the network. */
  protected connect(events: TransportEvents): Transport {
    const { network, address, port, transport } = this.options;
    this.node = network.attach(address, port, events, [transport]);
    return this.node;
  }

  #follow<Kind extends EventWatch>(watch: Kind, user: string, event: string, expiresSec: number): Kind {
    const { domain, server } = this.options;
    watch.subscription = this.ua.subscribe({
      uriText: `sip:${user}@${domain}`,
      from: `<sip:${this.username}@${domain}>`,
      to: `<sip:${user}@${domain}>`,
      hops: [server],
      event: { package: event, id: undefined },
      expiresSec,
      accept: [`application/${event}-info+xml`],
      contactUser: this.username,
      authenticator: this.digest,
      handler: {
        onNotify: (_subscription, payload) => {
          if (payload) watch.take(payload.bytes.toString('utf8'));
        },
        onEnded: (_subscription, end) => {
          watch.end = end;
          watch.onEnd?.();
        },
      },
    });
    return watch;
  }
}
