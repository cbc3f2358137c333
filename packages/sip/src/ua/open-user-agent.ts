import { Resolver } from '../resolver/resolver.ts';
import { SystemDns } from '../resolver/system-dns.ts';
import { SystemRandom } from '../time/random.ts';
import { SystemClock } from '../time/system-clock.ts';
import type { ListenPoint } from '../transport/options.ts';
import { SocketTransport } from '../transport/socket-transport.ts';
import { UserAgent, type UserAgentHandler } from './user-agent.ts';

export interface OpenUserAgentOptions {
  /** Where to hear. */
  readonly points: readonly ListenPoint[];
  /** What is answered; an INVITE without `onInvite` gets 480, another request without `onRequest` 405. */
  readonly handler: Partial<UserAgentHandler>;
  /** Value of User-Agent and Server. */
  readonly product?: string | undefined;
}

/** A user agent on real sockets, with the machine's time, chance and DNS. */
export interface OpenUserAgent {
  readonly ua: UserAgent;
  readonly transport: SocketTransport;
  /** Stops hearing; nothing is left running. */
  close(): Promise<void>;
}

const METHODS = [
  'INVITE',
  'ACK',
  'CANCEL',
  'BYE',
  'OPTIONS',
  'REGISTER',
  'PRACK',
  'UPDATE',
  'INFO',
  'MESSAGE',
  'REFER',
  'NOTIFY',
];
const EXTENSIONS = ['100rel', 'timer', 'replaces', 'path', 'outbound'];

/** Opens a user agent; rejects with the `ListenError` of a port that cannot be had. */
export async function openUserAgent({ points, handler, product }: OpenUserAgentOptions): Promise<OpenUserAgent> {
  const clock = new SystemClock();
  const random = new SystemRandom();
  let transport: SocketTransport | undefined;
  const ua = new UserAgent({
    connect: (events) => {
      transport = new SocketTransport({ points, clock, events });
      return transport;
    },
    clock,
    random,
    locator: new Resolver({ dns: new SystemDns(), clock, random }),
    handler: {
      onInvite: (invite) => invite.reject(480),
      onRequest: (transaction) => transaction.reply(405),
      ...handler,
    },
    product,
    methods: METHODS,
    extensions: EXTENSIONS,
  });
  const sockets = transport as unknown as SocketTransport;
  await sockets.listen();
  return {
    ua,
    transport: sockets,
    close: async () => {
      ua.close();
      await sockets.close();
      clock.close();
    },
  };
}
