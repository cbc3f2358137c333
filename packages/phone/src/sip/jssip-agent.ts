import JsSIP from 'jssip';
import type { RTCSession } from 'jssip/lib/RTCSession.js';
import type { IncomingRequest } from 'jssip/lib/SIPMessage.js';
import type { RTCSessionEvent } from 'jssip/lib/UA.js';
import { numberOfUri } from '../call/forwarded.ts';
import type { PhoneClock, PhoneRandom, SocketPort } from '../ports.ts';
import type { Door } from './door-race.ts';
import { DoorSocket } from './door-socket.ts';
import type { Message } from './in-dialog.ts';
import { assertedIdentity, JsSipCall, SESSION_EXPIRES_SEC } from './jssip-call.ts';
import { isMutedIn, TAKES_MICROPHONE } from './microphone.ts';
import type { IncomingInvite, SipAgent, SipAgentEvents, SipCall, SipCallOptions } from './sip-port.ts';

export interface AgentOptions {
  /** Addresses of the border, best first. */
  readonly doors: readonly Door[];
  /** `sip:USER@DOMAIN` */
  readonly addressOfRecord: string;
  readonly username: string;
  readonly password: string;
  readonly displayName: string;
  /** UUID of this installation (RFC 5626 +sip.instance). */
  readonly instanceId: string;
  readonly userAgent: string;
  readonly sockets: SocketPort;
  readonly clock: PhoneClock;
  readonly random: PhoneRandom;
}

const REGISTER_EXPIRES_SEC = 300;
const SUBSCRIBE_EXPIRES_SEC = 600;
/** The phone system decides how long a call rings. */
const NO_ANSWER_SEC = 300;
/** JsSIP's own recovery is put off for good (11 days): the line machine opens connections. */
const NEVER_SEC = 1_000_000;
const FAREWELL_MS = 1_000;

interface Subscription {
  /** Where, when it is not our own address. */
  readonly address?: string;
  readonly event: string;
  readonly accept: string;
  readonly onBody: (body: string) => void;
  /** Ends it, once it is made. */
  stop?: () => void;
}

/** A subscriber of JsSIP, whose types leave its events out. */
interface Listened {
  on(name: 'notify', listener: (isFinal: boolean, request: unknown, body: string) => void): void;
  on(name: 'terminated', listener: () => void): void;
}

interface OutgoingIds {
  readonly call_id: string;
  readonly from: { getParam(name: string): string };
}

interface InviteIds {
  readonly call_id: string;
  readonly from_tag: string;
  readonly to_tag: string;
}

/** The user agent over JsSIP. Nothing of JsSIP leaves this folder. */
export class JsSipAgent implements SipAgent {
  readonly #options: AgentOptions;
  readonly #events: SipAgentEvents;
  readonly #socket: DoorSocket;
  readonly #ua: InstanceType<typeof JsSIP.UA>;
  readonly #subscriptions: Subscription[] = [];
  /** Takes the session that a call of ours makes, before anything can happen to it. */
  #takeOutgoing: ((session: RTCSession, request: OutgoingIds) => void) | undefined;
  #isStarted = false;
  #isClosed = false;

  constructor(options: AgentOptions, events: SipAgentEvents) {
    this.#options = options;
    this.#events = events;
    const { onSocketClose: onClose, onBetterDoor } = events;
    this.#socket = new DoorSocket({ ...options, onClose, onBetterDoor });
    this.#ua = new JsSIP.UA({
      sockets: [this.#socket as never],
      uri: options.addressOfRecord,
      authorization_user: options.username,
      password: options.password,
      display_name: options.displayName,
      instance_id: options.instanceId,
      user_agent: options.userAgent,
      register: false,
      register_expires: REGISTER_EXPIRES_SEC,
      session_timers: true,
      no_answer_timeout: NO_ANSWER_SEC,
      connection_recovery_min_interval: NEVER_SEC,
      connection_recovery_max_interval: NEVER_SEC,
    });
    this.#listen();
  }

  openSocket(): void {
    if (this.#isClosed) return;
    if (this.#isStarted) return this.#socket.connect();
    this.#isStarted = true;
    this.#ua.start();
  }

  closeSocket(): void {
    this.#socket.disconnect();
  }

  isAnswered(): Promise<boolean> {
    return this.#socket.isAnswered();
  }

  register(): void {
    this.#ua.register();
  }

  setCredentials(username: string, password: string): void {
    this.#ua.set('authorization_user', username);
    this.#ua.set('password', password);
  }

  call(callId: string, target: string, { stream, iceServers, replaces }: SipCallOptions): SipCall {
    let made: JsSipCall | undefined;
    const extraHeaders =
      replaces === undefined
        ? []
        : [
            `Replaces: ${replaces.callId};to-tag=${replaces.toTag};from-tag=${replaces.fromTag}`,
            'Require: replaces',
            TAKES_MICROPHONE,
          ];
    this.#takeOutgoing = (session, { call_id, from }) => {
      made = new JsSipCall(callId, session, { callId: call_id, localTag: from.getParam('tag') }, this.#options);
    };
    const session = this.#ua.call(this.#address(target), {
      mediaStream: stream as never,
      pcConfig: { iceServers } as never,
      extraHeaders,
      sessionTimersExpires: SESSION_EXPIRES_SEC,
    });
    this.#takeOutgoing = undefined;
    return made ?? new JsSipCall(callId, session, undefined, this.#options);
  }

  subscribe(event: string, accept: string, onBody: (body: string) => void): void {
    this.#keep({ event, accept, onBody });
  }

  follow(address: string, event: string, accept: string, onBody: (body: string) => void): () => void {
    const subscription: Subscription = { address, event, accept, onBody };
    this.#keep(subscription);
    return () => {
      this.#subscriptions.splice(this.#subscriptions.indexOf(subscription), 1);
      if (!this.#isClosed) subscription.stop?.();
    };
  }

  #keep(subscription: Subscription): void {
    this.#subscriptions.push(subscription);
    if (this.#ua.isRegistered()) this.#subscribe(subscription);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (!this.#isStarted) return;
    const isOver = Promise.withResolvers<void>();
    // JsSIP waits for the answers to its last requests, then disconnects.
    this.#ua.on('disconnected', () => isOver.resolve());
    const timer = setTimeout(() => isOver.resolve(), FAREWELL_MS);
    this.#ua.stop();
    await isOver.promise;
    clearTimeout(timer);
    this.#socket.disconnect();
  }

  #listen(): void {
    const { onSocketOpen, onRegistered, onRegistrationFailed } = this.#events;
    this.#ua.on('connected', () => onSocketOpen());
    this.#ua.on('registered', () => {
      onRegistered();
      for (const subscription of this.#subscriptions) this.#subscribe(subscription);
    });
    this.#ua.on('registrationFailed', ({ response, cause }) =>
      onRegistrationFailed(response?.status_code, String(response?.reason_phrase ?? cause ?? '')),
    );
    this.#ua.on('newRTCSession', ({ originator, session, request }: RTCSessionEvent) => {
      if (String(originator) === 'local') {
        this.#takeOutgoing?.(session, request as unknown as OutgoingIds);
        return;
      }
      const incoming = request as IncomingRequest;
      const { call_id: callId, from_tag: remoteTag, to_tag: localTag } = request as unknown as InviteIds;
      const dialog = { callId, localTag, remoteTag };
      const call = new JsSipCall('', session, dialog, this.#options, request as unknown as Message);
      call.name(this.#events.onIncoming(call, inviteOf(incoming)));
    });
  }

  #subscribe(subscription: Subscription): void {
    const { address = this.#options.addressOfRecord, event, accept, onBody } = subscription;
    const subscriber = this.#ua.subscribe(address, event, accept, { expires: SUBSCRIBE_EXPIRES_SEC });
    // The phone system may have ended it by itself, as it does when a conference is over.
    let isOver = false;
    const listened = subscriber as unknown as Listened;
    listened.on('terminated', () => {
      isOver = true;
    });
    subscription.stop = () => {
      if (!isOver) subscriber.terminate();
    };
    listened.on('notify', (_isFinal, _request, body) => onBody(body));
    subscriber.subscribe();
  }

  #address(target: string): string {
    if (/^sips?:/i.test(target)) return target;
    const domain = this.#options.addressOfRecord.split('@')[1] ?? '';
    return `sip:${encodeURIComponent(target).replaceAll('%2B', '+')}@${domain}`;
  }
}

function inviteOf(request: IncomingRequest): IncomingInvite {
  const asserted = assertedIdentity(request);
  const isWithheld = /anonymous/i.test(request.from.uri.user ?? '') || request.from.uri.host === 'anonymous.invalid';
  const name = request.from.display_name || undefined;
  const movedFrom = request.getHeader('Unisono-Moved-From')?.trim();
  return {
    number: asserted.number ?? (isWithheld ? undefined : numberOfUri(request.from.uri.toString())),
    name: asserted.name ?? (isWithheld ? undefined : name),
    diversions: allOf(request, 'Diversion'),
    histories: allOf(request, 'History-Info'),
    isMuted: isMutedIn(request as unknown as Message),
    ...(movedFrom === undefined ? {} : { movedFrom }),
  };
}

function allOf(request: IncomingRequest, name: string): string[] {
  return (request.getHeaders(name) as string[] | undefined) ?? [];
}
