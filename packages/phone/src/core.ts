import { CallDesk } from './call/call-desk.ts';
import { type CallRecord, callOf } from './call/call-record.ts';
import { NameFinder } from './call/name-finder.ts';
import { Api } from './cloud/api.ts';
import { CloudDesk } from './cloud/cloud-desk.ts';
import { ConnectionKeeper } from './cloud/connection-keeper.ts';
import { deskOf, iceServersOf } from './cloud/connection-view.ts';
import { EntryWatch } from './cloud/entry-watch.ts';
import { EventStream } from './cloud/event-stream.ts';
import { base64url, type Kept, uuid } from './cloud/kept.ts';
import { SessionRenewal } from './cloud/session-renewal.ts';
import { VoicemailDesk } from './cloud/voicemail-desk.ts';
import { ConferenceWatch } from './conference/conference-watch.ts';
import type { ClientConnection, HistoryEntry } from './contract-types.ts';
import { ElsewhereDesk } from './elsewhere/elsewhere-desk.ts';
import { readMessageSummary } from './elsewhere/message-summary.ts';
import { AgentDesk, type MakeAgent } from './line/agent-desk.ts';
import type { PhonePorts } from './ports.ts';
import type { LineState, PhoneState, Reached, SignedOutReason } from './state.ts';
import { FIRST_STATE } from './state-begin.ts';
import type { Store } from './store.ts';

export interface CoreOptions {
  readonly ports: PhonePorts;
  readonly store: Store;
  readonly kept: Kept;
  readonly userAgent: string;
  /** For tests: another user agent. */
  readonly makeAgent?: MakeAgent;
}

/** Everything that one tab does for all: session, connection data, registration, calls, events. */
export class Core {
  readonly store: Store;
  readonly kept: Kept;
  readonly api: Api;
  readonly cloud: CloudDesk;
  readonly entries: EntryWatch;
  readonly voicemail: VoicemailDesk;
  readonly calls: CallDesk;
  readonly elsewhere: ElsewhereDesk;
  readonly #ports: PhonePorts;
  readonly #names: NameFinder;
  readonly #conferences: ConferenceWatch;
  readonly #agents: AgentDesk;
  readonly #keeper: ConnectionKeeper;
  readonly #stream: EventStream;
  readonly #renewal: SessionRenewal;
  readonly #stops: (() => void)[] = [];

  constructor(options: CoreOptions) {
    const { ports, store, kept } = options;
    this.#ports = ports;
    this.store = store;
    this.kept = kept;
    const { clock, random, http, sockets, media } = ports;
    this.api = new Api({
      http,
      token: () => kept.session()?.token,
      onSignedOut: (code) => void this.#signedOut(this.#whyOf(code)),
      onReached: (isReachable) => this.#cloudState({ isReachable }),
    });
    this.cloud = new CloudDesk({
      api: this.api,
      store,
      clock,
      newId: () => uuid(random),
      voicemailNumber: () => this.connection?.voicemailNumber,
    });
    this.voicemail = new VoicemailDesk(this.api, store);
    this.calls = new CallDesk({
      clock,
      media,
      newId: () => `c${base64url(random.octets(9))}`,
      agent: (isEmergency) => (this.#agents.isReady || isEmergency ? this.#agents.agent : undefined),
      iceServers: () => iceServersOf(this.connection),
      isConnected: () => this.#agents.isConnected,
      runningSinceMs: (device) => this.elsewhere.runningSinceMs(device),
      onChange: (calls) => this.#callsChanged(calls),
      onUnanswered: () => this.#agents.reconnect(),
    });
    this.#names = new NameFinder({
      nameOf: (number) => this.cloud.nameOf(number),
      onName: (callId, number, name) => this.calls.named(callId, number, name),
    });
    this.#conferences = new ConferenceWatch({
      agent: () => this.#agents.agent,
      ownNumber: () => this.connection?.desk.number,
      onMembers: (callId, members) => this.calls.gathered(callId, members),
    });
    this.elsewhere = new ElsewhereDesk({
      clock,
      store,
      kept,
      calls: this.calls,
      ownNumber: () => this.connection?.desk.number,
      address: (number) => this.address(number),
    });
    this.#agents = new AgentDesk({
      ports,
      kept,
      userAgent: options.userAgent,
      makeAgent: options.makeAgent,
      isCallUp: () => this.calls.isCallUp,
      askForCredentials: () => void this.#keeper.fetch(),
      onLine: (line) => this.#lineChanged(line),
      onReconnected: () => this.calls.connectionRenewed(),
      onIncoming: (call, invite) => this.calls.invited(call, invite),
      onDialogs: (body) => this.elsewhere.take(body),
      onMessages: (body) => {
        const counts = readMessageSummary(body);
        if (counts !== undefined) this.#messages(counts);
      },
    });
    this.#keeper = new ConnectionKeeper(this.api, kept, clock, {
      onConnection: (connection) => this.#connected(connection),
      onRefused: (problem) => this.#agents.refuse(problem),
    });
    this.entries = new EntryWatch({ store, clock, watch: (entryIds) => this.#stream.watch(entryIds) });
    this.#renewal = new SessionRenewal(this.api, kept, clock);
    this.#stream = new EventStream(
      { api: this.api, sockets, clock, socketUrl: (path) => http.socketUrl(path) },
      {
        onEvent: (body) => this.#event(body),
        onGap: () => void this.cloud.refreshAll(),
        onLive: (isLive) => {
          this.#cloudState({ isLive });
          // Where the cloud is reached again, the phone system may be, too.
          if (isLive) this.#agents.maybeBack();
        },
      },
    );
  }

  /** Begins with the session that is kept, if there is one. */
  start(): void {
    const { network } = this.#ports;
    this.#stops.push(network.onChange(() => this.#networkChanged()));
    this.#stops.push(network.onWake(() => void this.#woke()));
    const session = this.kept.session();
    if (session === undefined) this.store.set({ session: { phase: 'signedOut' } });
    else void this.signedIn();
  }

  /** A session is kept: everything begins; what another one left here goes first. */
  async signedIn(): Promise<void> {
    if (this.store.getState().session.phase === 'signedIn') await this.#leaveSession({ phase: 'starting' });
    const session = this.kept.session();
    if (session === undefined) return;
    const { userId, tenant, installationId, expiresAtMs } = session;
    this.store.set({
      session: { phase: 'signedIn', userId, tenant, installationId, expiresAtMs },
      line: { phase: 'connecting' },
    });
    this.#keeper.start();
    this.#stream.start();
    void this.cloud.refreshAll();
    this.#renewal.start();
  }

  async signOut(): Promise<void> {
    await this.#signedOut('self');
  }

  /** A second factor was set up: where it was due, everything begins now. */
  async factorSetUp(): Promise<void> {
    if (this.store.getState().me?.isFactorDue !== true) return this.cloud.refreshMe();
    void this.#keeper.fetch();
    this.#stream.reconnect();
    await this.cloud.refreshAll();
  }

  /** The address of a number, or an address as it is. */
  address(target: string): string {
    const domain = this.connection?.sip.addressOfRecord.split('@')[1] ?? '';
    return /^sips?:/i.test(target) ? target : `sip:${target}@${domain}`;
  }

  get connection(): ClientConnection | undefined {
    return this.#agents.connection;
  }

  async close(): Promise<void> {
    for (const stop of this.#stops.splice(0)) stop();
    this.#keeper.stop();
    this.#stream.stop();
    this.#renewal.stop();
    await this.#leaveLine();
  }

  async #signedOut(reason: SignedOutReason): Promise<void> {
    if (this.store.getState().session.phase !== 'signedIn') return;
    this.kept.forget();
    await this.#leaveSession({ phase: 'signedOut', reason });
  }

  async #leaveSession(session: PhoneState['session']): Promise<void> {
    this.#keeper.stop();
    this.#stream.stop();
    this.#renewal.stop();
    this.kept.keepConnection(undefined);
    const { tab, cloud } = this.store.getState();
    await this.#leaveLine();
    this.store.replace({ ...FIRST_STATE, tab, cloud, session });
  }

  /** A session that is refused before its time was ended by somebody. */
  #whyOf(code: string): SignedOutReason {
    if (code === 'accountDisabled') return 'disabled';
    const { expiresAtMs = 0 } = this.kept.session() ?? {};
    return this.#ports.clock.nowMs() < expiresAtMs ? 'revoked' : 'expired';
  }

  async #leaveLine(): Promise<void> {
    this.calls.close();
    this.elsewhere.forget();
    await this.#agents.leave();
  }

  #connected(connection: ClientConnection): void {
    this.#agents.use(connection);
    this.store.set({ desk: deskOf(connection) });
    this.#messages({});
  }

  /** The user does not want to wait for the next try. */
  tryNow(): void {
    this.#agents.tryNow();
  }

  #lineChanged(line: LineState): void {
    // What runs elsewhere is told anew with the next registration.
    if (line.phase === 'unreachable') this.elsewhere.forget();
    const isSignedIn = this.store.getState().session.phase === 'signedIn';
    const shown = line.phase === 'signedOut' && isSignedIn ? ({ phase: 'connecting' } as const) : line;
    this.store.set({ line: isSignedIn ? shown : { phase: 'signedOut' } });
  }

  /** A connection that has outlived the sleep answers; a page whose timers are slowed down wakes once a minute and keeps it. */
  async #woke(): Promise<void> {
    if (!(await this.#agents.isAnswered())) this.#networkChanged();
  }

  #networkChanged(): void {
    if (!this.#ports.network.isOnline()) return;
    this.#agents.reconnect();
    this.#stream.reconnect();
    if (this.connection === undefined) void this.#keeper.fetch();
  }

  #callsChanged(calls: readonly CallRecord[]): void {
    this.store.batch(() => {
      this.store.set({ calls: calls.map(callOf) });
      this.elsewhere.show();
    });
    this.#names.look(calls);
    this.#conferences.look(calls);
    this.#agents.callsChanged(calls.some(({ phase }) => phase !== 'ended'));
  }

  #messages(counts: { readonly newMessages?: number; readonly oldMessages?: number }): void {
    const { number: _, ...before } = this.store.getState().voicemail;
    const number = this.connection?.voicemailNumber;
    this.store.set({ voicemail: { ...before, ...counts, ...(number === undefined ? {} : { number }) } });
    if (Object.keys(counts).length > 0) this.voicemail.countsChanged();
  }

  #cloudState(part: { readonly isReachable?: boolean; readonly isLive?: boolean }): void {
    const { cloud } = this.store.getState();
    const next = { ...cloud, ...part };
    if (next.isLive !== cloud.isLive || next.isReachable !== cloud.isReachable) this.store.set({ cloud: next });
  }

  #event(body: Readonly<Record<string, unknown>> & { readonly kind: string }): void {
    switch (body.kind) {
      case 'history':
        this.cloud.historyEntry(body.entry as HistoryEntry);
        break;
      case 'historySeen':
        this.cloud.historySeen();
        break;
      case 'settings':
      case 'link':
        void this.cloud.refreshSettings();
        break;
      case 'connection':
        void this.#keeper.fetch();
        break;
      case 'userState': {
        const { isDeskRegistered, clientCount } = body.state as Reached;
        this.store.set({ reached: { isDeskRegistered, clientCount } });
        break;
      }
      case 'messageWaiting':
        this.#messages(body.messages as { newMessages: number; oldMessages: number });
        break;
      case 'favourites':
        void this.cloud.refreshFavourites();
        break;
      case 'presence':
        this.cloud.favouriteIs(String(body.number), body.presence === undefined ? undefined : String(body.presence));
        break;
      case 'entryPresence':
        this.entries.told(String(body.entryId), body.presence === undefined ? undefined : String(body.presence));
        break;
      case 'devices':
      case 'pairing':
        void this.cloud.refreshDevices();
        break;
      case 'profile':
        void this.cloud.refreshMe();
        break;
      case 'signedOut':
        // Told to all devices of the person; whether this one is meant shows when it asks.
        void this.cloud.refreshMe();
        break;
    }
  }
}
