import { isSameDoor } from '../cloud/connection-view.ts';
import type { Kept } from '../cloud/kept.ts';
import type { ClientConnection } from '../contract-types.ts';
import type { PhoneProblem } from '../outcome.ts';
import type { PhonePorts } from '../ports.ts';
import { doorsInOrder } from '../sip/doors.ts';
import { type AgentOptions, JsSipAgent } from '../sip/jssip-agent.ts';
import type { SipAgent, SipAgentEvents } from '../sip/sip-port.ts';
import type { LineState } from '../state.ts';
import { LineDesk } from './line-desk.ts';

export type MakeAgent = (options: AgentOptions, events: SipAgentEvents) => SipAgent;

export interface AgentDeskPorts {
  readonly ports: Pick<PhonePorts, 'clock' | 'random' | 'sockets'>;
  readonly kept: Kept;
  readonly userAgent: string;
  /** For tests: another user agent. */
  readonly makeAgent: MakeAgent | undefined;
  /** Whether a call is there, for which the agent stays that it is on. */
  readonly isCallUp: () => boolean;
  readonly askForCredentials: () => void;
  readonly onLine: (line: LineState) => void;
  /** The border is reached again after it was not, or by another way. */
  readonly onReconnected: () => void;
  readonly onIncoming: SipAgentEvents['onIncoming'];
  /** What the phone system tells of the user's other devices (RFC 4235). */
  readonly onDialogs: (body: string) => void;
  /** What it tells of the mailbox (RFC 3842). */
  readonly onMessages: (body: string) => void;
}

/** Keeps the user agent that the connection data asks for: another one when border or address change, none when there is no device. */
export class AgentDesk {
  readonly #ports: AgentDeskPorts;
  readonly #line: LineDesk;
  #agent: SipAgent | undefined;
  #connection: ClientConnection | undefined;
  #refusal: LineState | undefined;
  #isSocketLost = false;
  /** Newer connection data names another border or address, which is used when the call is over. */
  #isDoorStale = false;

  constructor(ports: AgentDeskPorts) {
    this.#ports = ports;
    this.#line = new LineDesk({
      clock: ports.ports.clock,
      random: ports.ports.random,
      agent: () => this.#agent,
      onChange: (line) => ports.onLine(line.phase === 'signedOut' ? (this.#refusal ?? line) : line),
      askForCredentials: ports.askForCredentials,
    });
  }

  get agent(): SipAgent | undefined {
    return this.#agent;
  }

  get connection(): ClientConnection | undefined {
    return this.#connection;
  }

  get isReady(): boolean {
    return this.#line.isReady;
  }

  get isConnected(): boolean {
    return !this.#isSocketLost;
  }

  /** Connection data came: for the first time, renewed, or changed. */
  use(connection: ClientConnection): void {
    const before = this.#connection;
    this.#connection = connection;
    this.#refusal = undefined;
    if (this.#agent !== undefined && before !== undefined && isSameDoor(before, connection)) {
      const { username, password } = connection.sip;
      if (username === before.sip.username && password === before.sip.password) return;
      this.#agent.setCredentials(username, password);
      this.#line.tell({ type: 'newCredentials' });
      return;
    }
    // Another address of record or border: a call on the old one is not cut off for it.
    this.#isDoorStale = this.#agent !== undefined && this.#ports.isCallUp();
    if (!this.#isDoorStale) void this.#begin(connection);
  }

  /** The Connector says that there is no connection data for this person; a call that is there goes on. */
  refuse({ code, detail }: PhoneProblem): void {
    const refusal: LineState = { phase: 'refused', why: code === 'phoneOff' ? 'phoneOff' : 'noDevice', detail };
    this.#refusal = refusal;
    if (this.#agent !== undefined) {
      if (this.#ports.isCallUp()) return;
      void this.#agent.close();
      this.#agent = undefined;
      this.#connection = undefined;
      this.#line.tell({ type: 'unwant' });
    }
    this.#ports.onLine(refusal);
  }

  /** The user does not want to wait for the next try. */
  tryNow(): void {
    this.#line.tell({ type: 'tryNow' });
  }

  /** Something else is reached again: the phone system may be, too. */
  maybeBack(): void {
    this.#line.tell({ type: 'maybeBack' });
  }

  /** The connection to the border counts as lost: another one. */
  reconnect(): void {
    this.#isSocketLost = true;
    this.#line.tell({ type: 'networkChanged' });
  }

  /** Whether the border answers on the connection there is. */
  isAnswered(): Promise<boolean> {
    return this.#agent?.isAnswered() ?? Promise.resolve(false);
  }

  callsChanged(isUp: boolean): void {
    this.#line.tell({ type: 'callUp', isUp });
    if (isUp || !this.#isDoorStale || this.#connection === undefined) return;
    this.#isDoorStale = false;
    void this.#begin(this.#connection);
  }

  /** Nobody is signed in any more. */
  async leave(): Promise<void> {
    const agent = this.#agent;
    this.#agent = undefined;
    this.#connection = undefined;
    this.#refusal = undefined;
    await agent?.close();
    this.#line.tell({ type: 'unwant' });
  }

  async #begin(connection: ClientConnection): Promise<void> {
    const before = this.#agent;
    const agent = this.#makeAgent(connection);
    this.#agent = agent;
    if (before !== undefined) {
      this.#line.tell({ type: 'unwant' });
      await before.close();
    }
    // Left meanwhile, or another one has come.
    if (this.#agent !== agent) return;
    this.#line.tell({ type: 'want' });
  }

  #makeAgent({ sbc, sip, desk }: ClientConnection): SipAgent {
    const { ports, kept, userAgent, onDialogs, onMessages } = this.#ports;
    const { sockets, clock, random } = ports;
    const options: AgentOptions = {
      doors: doorsInOrder(sbc, () => random.fraction()),
      addressOfRecord: sip.addressOfRecord,
      username: sip.username,
      password: sip.password,
      displayName: desk.displayName,
      instanceId: kept.installation().instanceId,
      userAgent,
      sockets,
      clock,
      random,
    };
    const make = this.#ports.makeAgent ?? ((given, events) => new JsSipAgent(given, events));
    const agent: SipAgent = make(
      options,
      this.#agentEvents(() => agent === this.#agent),
    );
    agent.subscribe('dialog', 'application/dialog-info+xml', onDialogs);
    agent.subscribe('message-summary', 'application/simple-message-summary', onMessages);
    return agent;
  }

  /** Events of an agent that was left count no more. */
  #agentEvents(isCurrent: () => boolean): SipAgentEvents {
    const when = (tell: () => void) => {
      if (isCurrent()) tell();
    };
    return {
      onSocketOpen: () => when(() => this.#socketOpened()),
      onSocketClose: () =>
        when(() => {
          this.#isSocketLost = true;
          this.#line.tell({ type: 'socketClosed' });
        }),
      onBetterDoor: () => when(() => this.#betterDoor()),
      onRegistered: () => when(() => this.#line.tell({ type: 'registered' })),
      onRegistrationFailed: (status, detail) =>
        when(() => {
          // No answer at all: the line leaves the connection.
          if (status === undefined) this.#isSocketLost = true;
          this.#line.tell({ type: 'registrationFailed', detail, ...(status === undefined ? {} : { status }) });
        }),
      onIncoming: this.#ports.onIncoming,
    };
  }

  #socketOpened(): void {
    this.#line.tell({ type: 'socketOpened' });
    const wasLost = this.#isSocketLost;
    this.#isSocketLost = false;
    if (wasLost) this.#ports.onReconnected();
  }

  /** Not under a call: its audio would be lost for a moment, for no good that anybody hears. It is told of again. */
  #betterDoor(): void {
    if (!this.#ports.isCallUp()) this.#line.tell({ type: 'networkChanged' });
  }
}
