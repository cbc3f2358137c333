import { DONE, done, failed, type Outcome } from '../outcome.ts';
import type { MediaPort, PhoneClock, StreamLike } from '../ports.ts';
import { QualityWatch } from '../quality/quality-watch.ts';
import type { DialogId, IceServer, IncomingInvite, SipAgent, SipCall, SipEnding } from '../sip/sip-port.ts';
import type { ConferenceMember } from '../state.ts';
import { CallMoves } from './call-moves.ts';
import type { CallRecord } from './call-record.ts';
import {
  type CallCommand,
  type CallEffect,
  type CallsEvent,
  type CallsMachine,
  decide,
  NO_CALLS,
  observe,
} from './calls-machine.ts';
import { forwardedFrom } from './forwarded.ts';
import { enable, openMicrophone, stop } from './microphone.ts';

export interface CallDeskPorts {
  readonly clock: PhoneClock;
  readonly media: MediaPort;
  readonly newId: () => string;
  /** The user agent that a call can be made with now; in an emergency any that there is. */
  readonly agent: (isEmergency: boolean) => SipAgent | undefined;
  readonly iceServers: () => readonly IceServer[];
  /** Whether the border is reached now; when it is again after it was not, `connectionRenewed` says so. */
  readonly isConnected: () => boolean;
  /** Since when the call runs that is moved here from that device, where that is known. */
  readonly runningSinceMs: (device: string) => number | undefined;
  readonly onChange: (calls: readonly CallRecord[]) => void;
  /** Audio is lost, and nothing is answered on the connection to the border. */
  readonly onUnanswered: () => void;
}

/** How long an ended call is still shown. */
const SHOWN_AFTER_END_MS = 4_000;
/** So long the border may take to answer when audio is lost; then the connection to it counts as lost, too. */
const UNANSWERED_MS = 1_000;
/** A call that was moved away is ended by the phone system within that time. */
const MOVED_MS = 2_000;
const REASONS: Readonly<Record<number, string>> = { 302: 'Moved Temporarily', 486: 'Busy Here', 603: 'Decline' };

/** What there is of a call beside its record. */
interface Line {
  sip: SipCall | undefined;
  /** What comes of the last hold, or of its end. */
  holding: Promise<Outcome> | undefined;
  microphone: StreamLike | undefined;
  replaces: DialogId | undefined;
  /** Resolves when the INVITE is sent or could not be. */
  placed: (outcome: Outcome) => void;
  cancelLost: (() => void) | undefined;
}

/** Drives the machine of calls: performs its effects with user agent and media, and tells it what happened. */
export class CallDesk {
  readonly moves: CallMoves;
  readonly #ports: CallDeskPorts;
  #machine: CallsMachine = NO_CALLS;
  readonly #lines = new Map<string, Line>();
  readonly #quality: QualityWatch;
  /** Those who wait for a call to come to something. */
  readonly #waiting = new Set<() => void>();

  constructor(ports: CallDeskPorts) {
    this.#ports = ports;
    this.#quality = new QualityWatch({
      clock: ports.clock,
      spoken: () => this.#heard(),
      onQuality: (callId, quality) => this.#observe({ type: 'quality', callId, quality }),
    });
    this.moves = new CallMoves({
      call: (callId) => this.#machine.calls.find(({ id }) => id === callId),
      sip: (callId) => this.#lines.get(callId)?.sip,
      command: (command) => this.command(command),
      observe: (event) => this.#observe(event),
    });
  }

  get calls(): readonly CallRecord[] {
    return this.#machine.calls;
  }

  /** Whether a call is there that must not be disturbed. */
  get isCallUp(): boolean {
    return this.#machine.calls.some(({ phase }) => phase !== 'ended');
  }

  command(command: CallCommand): Outcome {
    const decision = decide(this.#machine, command, this.#ports.clock.nowMs());
    if ('refused' in decision) return { ok: false, problem: decision.refused };
    this.#take(decision.state, decision.effects);
    return DONE;
  }

  /** Calls, and resolves when the INVITE is on its way. */
  async dial(
    command: Omit<CallCommand & { readonly type: 'dial' }, 'type' | 'callId'>,
    replaces?: DialogId,
  ): Promise<Outcome<{ readonly callId: string }>> {
    const callId = this.#ports.newId();
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    this.#lines.set(callId, { ...newLine(), replaces, placed: resolve });
    const decided = this.command({ type: 'dial', callId, ...command });
    if (!decided.ok) {
      this.#lines.delete(callId);
      return decided;
    }
    const placed = await promise;
    return placed.ok ? done({ callId }) : placed;
  }

  /** An INVITE came; gives the id that its call has here. */
  invited(sip: SipCall, invite: IncomingInvite): string {
    const callId = this.#ports.newId();
    this.#lines.set(callId, { ...newLine(), sip });
    this.#listen(callId, sip);
    const { number, name, isMuted, movedFrom } = invite;
    const party = { ...(number === undefined ? {} : { number }), ...(name === undefined ? {} : { name }) };
    const forwarded = forwardedFrom(invite.diversions, invite.histories);
    const runningSinceMs = movedFrom === undefined ? undefined : this.#ports.runningSinceMs(movedFrom);
    this.#observe({
      ...{ type: 'invited', callId, party, forwardedFrom: forwarded, isMuted },
      ...(movedFrom === undefined ? {} : { movedFrom }),
      ...(runningSinceMs === undefined ? {} : { runningSinceMs }),
    });
    if (!this.#machine.calls.some(({ id }) => id === callId)) this.#lines.delete(callId);
    return callId;
  }

  /** SIP Call-IDs of the calls of this device. */
  sipCallIds(): ReadonlySet<string> {
    return new Set([...this.#lines.values()].flatMap(({ sip }) => sip?.sipCallId() ?? []));
  }

  /** Call-IDs of the calls that are spoken in. */
  spokenSipCallIds(): readonly string[] {
    const spoken = this.calls.filter(({ phase, isHeld }) => phase === 'active' && !isHeld);
    return spoken.flatMap(({ id }) => this.#lines.get(id)?.sip?.sipCallId() ?? []);
  }

  /** A name that the directory has for that number; by now somebody else may be at the other side. */
  named(callId: string, number: string, name: string): void {
    if (this.calls.find(({ id }) => id === callId)?.party.number !== number) return;
    this.#observe({ type: 'named', callId, name });
  }

  /** Holds or resumes; resolves when the other side has agreed or not. */
  async hold(callId: string, isHeld: boolean): Promise<Outcome> {
    const decided = this.command({ type: isHeld ? 'hold' : 'resume', callId });
    return decided.ok ? ((await this.#lines.get(callId)?.holding) ?? DONE) : decided;
  }

  /** Who is in the conference that a call is in. */
  gathered(callId: string, members: readonly ConferenceMember[]): void {
    this.#observe({ type: 'members', callId, members });
  }

  /** Resolves when an outgoing call is answered; false when it was not. */
  whenAnswered(callId: string): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const look = (): void => {
      const phase = this.#machine.calls.find(({ id }) => id === callId)?.phase ?? 'ended';
      if (phase !== 'active' && phase !== 'ended') return;
      this.#waiting.delete(look);
      resolve(phase === 'active');
    };
    this.#waiting.add(look);
    look();
    return promise;
  }

  /** The connection to the border is another one: running calls get their audio anew. */
  connectionRenewed(): void {
    for (const { id, phase } of this.#machine.calls) if (phase === 'active') void this.#regain(id);
  }

  /** The microphone was changed. */
  async microphoneChanged(): Promise<Outcome> {
    for (const { id, phase } of this.#machine.calls) {
      const line = this.#lines.get(id);
      if (phase !== 'active' || line?.sip === undefined) continue;
      const opened = await openMicrophone(this.#ports.media);
      if (!opened.ok) return opened;
      await line.sip.replaceTrack(opened.value);
      stop(line.microphone);
      line.microphone = opened.value;
    }
    return DONE;
  }

  /** Ends every call. */
  close(): void {
    this.#quality.look(false);
    for (const { id, phase } of this.#machine.calls)
      if (phase !== 'ended') this.command({ type: 'hangUp', callId: id });
  }

  #observe(event: CallsEvent): void {
    const { state, effects } = observe(this.#machine, event, this.#ports.clock.nowMs());
    this.#take(state, effects);
  }

  /** The calls in which something is heard now. */
  #heard(): ReadonlyMap<string, SipCall> {
    const heard = this.#machine.calls.filter((one) => one.phase === 'active' && !one.isHeld && !one.isHeldByOther);
    return new Map(
      heard.flatMap(({ id }) => {
        const sip = this.#lines.get(id)?.sip;
        return sip === undefined ? [] : [[id, sip] as const];
      }),
    );
  }

  #take(state: CallsMachine, effects: readonly CallEffect[]): void {
    const isChanged = state !== this.#machine;
    this.#machine = state;
    if (isChanged) this.#ports.onChange(state.calls);
    for (const effect of effects) this.#perform(effect);
    for (const look of [...this.#waiting]) look();
    this.#quality.look(state.calls.some(({ phase }) => phase === 'active'));
  }

  #perform(effect: CallEffect): void {
    const line = this.#lines.get(effect.callId);
    if (line === undefined) return;
    switch (effect.do) {
      case 'invite':
        void this.#invite(effect.callId, line, effect.target);
        break;
      case 'accept':
        void this.#accept(effect.callId, line);
        break;
      case 'reject':
        line.sip?.reject(effect.status, REASONS[effect.status] ?? '', effect.contact);
        break;
      case 'hangUp':
        if (line.sip) line.sip.hangUp();
        else this.#observe({ type: 'ended', callId: effect.callId, ending: BEFORE_INVITE });
        break;
      case 'hold':
        line.holding = this.#hold(effect.callId, line, effect.isHeld);
        break;
      case 'mute':
        line.sip?.setMuted(effect.isMuted);
        break;
      case 'digits':
        void line.sip?.sendDigits(effect.digits);
        break;
      case 'hangUpLater':
        this.#ports.clock.after(MOVED_MS, () => this.command({ type: 'hangUp', callId: effect.callId }));
        break;
      case 'forgetLater':
        this.#leave(effect.callId, line);
        break;
    }
  }

  /** What could not be done is shown as it is. */
  async #hold(callId: string, line: Line, isHeld: boolean): Promise<Outcome> {
    const result = await line.sip?.setHold(isHeld);
    if (result === undefined) return failed('wrongCallState', 'This call is not there any more.');
    if (!result.ok && result.why === 'superseded') return DONE;
    this.#observe({ type: 'holdSettled', callId, isHeld, isAgreed: result.ok });
    if (result.ok) return DONE;
    if (result.why === 'refused') return failed('refused', `${result.status} ${result.reason}`);
    if (result.why === 'lost') return failed('notReady', 'The phone system is not connected.');
    return failed('wrongCallState', 'This call has ended.');
  }

  async #invite(callId: string, line: Line, target: string): Promise<void> {
    const opened = await openMicrophone(this.#ports.media);
    const wanted = this.#machine.calls.find(({ id, phase }) => id === callId && phase === 'dialling');
    const agent = this.#ports.agent(wanted?.isEmergency ?? false);
    if (!opened.ok || agent === undefined || wanted === undefined) {
      const outcome = opened.ok ? failed('notReady', 'The phone system is not connected.') : opened;
      if (opened.ok) stop(opened.value);
      this.#observe({ type: 'ended', callId, ending: notPlaced(outcome.problem.detail) });
      return line.placed(outcome);
    }
    line.microphone = opened.value;
    const { replaces } = line;
    // How the microphone was on the device that has the call is known with the answer: nothing is said before.
    if (replaces !== undefined) enable(opened.value, false);
    try {
      line.sip = agent.call(callId, target, {
        stream: opened.value,
        iceServers: this.#ports.iceServers(),
        ...(replaces === undefined ? {} : { replaces }),
      });
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      this.#observe({ type: 'ended', callId, ending: notPlaced(detail) });
      return line.placed(failed('notANumber', detail));
    }
    this.#listen(callId, line.sip);
    line.placed(DONE);
  }

  async #accept(callId: string, line: Line): Promise<void> {
    const opened = await openMicrophone(this.#ports.media);
    const isStillThere = this.#machine.calls.some(({ id, phase }) => id === callId && phase === 'answering');
    if (!opened.ok) {
      // Nobody could speak: the call rings on elsewhere instead of being silent here.
      if (isStillThere) line.sip?.reject(480, 'No microphone');
      return;
    }
    if (!isStillThere) return stop(opened.value);
    line.microphone = opened.value;
    enable(opened.value, !this.#machine.calls.some(({ id, isMuted }) => id === callId && isMuted));
    line.sip?.answer({ stream: opened.value, iceServers: this.#ports.iceServers() });
  }

  #listen(callId: string, sip: SipCall): void {
    sip.setEvents({
      onProgress: (status, identity) => this.#observe({ type: 'progress', callId, status, identity }),
      onAccepted: (identity, isMuted) => this.#observe({ type: 'accepted', callId, identity, isMuted }),
      onConfirmed: () => this.#observe({ type: 'confirmed', callId }),
      onIdentity: (identity) => this.#observe({ type: 'identity', callId, identity }),
      onHeldByOther: (isHeld) => this.#observe({ type: 'heldByOther', callId, isHeld }),
      onStream: (stream) => this.#ports.media.play(callId, stream),
      onAudio: (state) => this.#audio(callId, state),
      onEnded: (ending) => this.#observe({ type: 'ended', callId, ending }),
    });
  }

  #audio(callId: string, state: 'connecting' | 'flowing' | 'lost'): void {
    const line = this.#lines.get(callId);
    const was = this.#machine.calls.find(({ id }) => id === callId)?.audio;
    line?.cancelLost?.();
    if (state === 'lost' && line) {
      // Browsers say so seconds after the fact: it is not waited for any longer.
      line.cancelLost = this.#ports.clock.after(UNANSWERED_MS, () => this.#ports.onUnanswered());
      void this.#regain(callId).then((isDone) => isDone && line.cancelLost?.());
    }
    const isAgain = state === 'lost' || (state === 'connecting' && (was === 'flowing' || was === 'regaining'));
    this.#observe({ type: 'audio', callId, audio: isAgain ? 'regaining' : state });
  }

  async #regain(callId: string): Promise<boolean> {
    this.#observe({ type: 'audio', callId, audio: 'regaining' });
    // What cannot be sent ends the call (JsSIP); with another connection the audio is asked for anew.
    if (!this.#ports.isConnected()) return false;
    return (await this.#lines.get(callId)?.sip?.restartIce()) ?? false;
  }

  #leave(callId: string, line: Line): void {
    line.cancelLost?.();
    stop(line.microphone);
    line.microphone = undefined;
    this.#ports.media.play(callId, undefined);
    this.#lines.delete(callId);
    this.#ports.clock.after(SHOWN_AFTER_END_MS, () => this.#observe({ type: 'forget', callId }));
  }
}

const BEFORE_INVITE: SipEnding = { by: 'here', how: 'cancel', reasons: [] };

function notPlaced(detail: string): SipEnding {
  return { by: 'system', how: 'media', detail, reasons: [] };
}

function newLine(): Line {
  return {
    sip: undefined,
    holding: undefined,
    microphone: undefined,
    replaces: undefined,
    placed: () => {},
    cancelLost: undefined,
  };
}
