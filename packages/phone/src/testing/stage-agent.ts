import type { AgentOptions } from '../sip/jssip-agent.ts';
import type { OfferResult } from '../sip/offers.ts';
import type {
  IncomingInvite,
  ReferResult,
  SipAgent,
  SipAgentEvents,
  SipCall,
  SipCallEvents,
  SipEnding,
} from '../sip/sip-port.ts';

/** A user agent that does what the test says. */
export class StageAgent implements SipAgent {
  readonly options: AgentOptions;
  readonly events: SipAgentEvents;
  readonly did: string[] = [];
  readonly calls: StageCall[] = [];
  readonly subscriptions = new Map<string, (body: string) => void>();
  /** How long it takes to close. */
  closing = Promise.resolve();
  /** Whether somebody is at the other end. */
  answers = true;

  constructor(options: AgentOptions, events: SipAgentEvents) {
    this.options = options;
    this.events = events;
  }

  openSocket(): void {
    this.did.push('openSocket');
  }

  closeSocket(): void {
    this.did.push('closeSocket');
  }

  async isAnswered(): Promise<boolean> {
    this.did.push('ask');
    return this.answers;
  }

  register(): void {
    this.did.push('register');
  }

  setCredentials(username: string): void {
    this.did.push(`credentials ${username}`);
  }

  call(_callId: string, target: string): SipCall {
    this.did.push(`call ${target}`);
    const call = new StageCall();
    this.calls.push(call);
    return call;
  }

  subscribe(event: string, _accept: string, onBody: (body: string) => void): void {
    this.subscriptions.set(event, onBody);
  }

  follow(address: string, event: string, _accept: string, onBody: (body: string) => void): () => void {
    this.did.push(`follow ${event} ${address}`);
    this.subscriptions.set(address, onBody);
    return () => {
      this.did.push(`leave ${event} ${address}`);
      this.subscriptions.delete(address);
    };
  }

  close(): Promise<void> {
    this.did.push('close');
    return this.closing;
  }

  /** Connects and registers. */
  ready(): void {
    this.events.onSocketOpen();
    this.events.onRegistered();
  }

  ring(invite: Partial<IncomingInvite>): StageCall {
    const call = new StageCall();
    this.calls.push(call);
    const { number, name } = invite;
    this.events.onIncoming(call, {
      diversions: [],
      histories: [],
      isMuted: false,
      ...invite,
      number,
      name,
    });
    return call;
  }
}

export class StageCall implements SipCall {
  events!: SipCallEvents;
  readonly did: string[] = [];
  referResult: ReferResult = { status: 200, reason: 'OK' };
  holdResult: OfferResult = { ok: true };
  iceResult = Promise.resolve(true);

  setEvents(events: SipCallEvents): void {
    this.events = events;
  }

  answer(): void {
    this.did.push('answer');
    this.events.onAccepted({}, false);
    this.events.onConfirmed();
  }

  reject(status: number, _reason: string, contact?: string): void {
    this.did.push(contact === undefined ? `reject ${status}` : `reject ${status} ${contact}`);
    this.events?.onEnded({ by: 'here', how: 'response', status, reasons: [] });
  }

  hangUp(): void {
    this.did.push('hangUp');
    this.events.onEnded({ by: 'here', how: 'bye', reasons: [] });
  }

  async setHold(isHeld: boolean): Promise<OfferResult> {
    this.did.push(isHeld ? 'hold' : 'resume');
    return this.holdResult;
  }

  setMuted(isMuted: boolean): void {
    this.did.push(isMuted ? 'mute' : 'unmute');
  }

  async sendDigits(digits: string): Promise<boolean> {
    this.did.push(`digits ${digits}`);
    return true;
  }

  async refer(target: string): Promise<ReferResult> {
    this.did.push(`refer ${target}`);
    return this.referResult;
  }

  async restartIce(): Promise<boolean> {
    this.did.push('restartIce');
    const isAgreed = await this.iceResult;
    if (isAgreed) this.events.onAudio('flowing');
    return isAgreed;
  }

  async replaceTrack(): Promise<void> {
    this.did.push('replaceTrack');
  }

  async stats(): Promise<readonly Readonly<Record<string, unknown>>[]> {
    return [];
  }

  dialogId(): undefined {
    return undefined;
  }

  sipCallId(): undefined {
    return undefined;
  }

  /** The other side answers. */
  answered(isMuted = false): void {
    this.events.onAccepted({}, isMuted);
    this.events.onConfirmed();
  }

  ended(ending: Partial<SipEnding> = {}): void {
    this.events.onEnded({ by: 'there', how: 'bye', reasons: [], ...ending });
  }
}
