import {
  type Caller,
  type CallerIdentity,
  type Deflection,
  deflect,
  identify,
  type Origination,
  type Outcome,
  originate,
  type Plan,
  type Refusal,
  type ToApplication,
  type ToEmergency,
  type ToFeature,
  type ToStation,
  type ToTrunk,
  terminate,
} from '@unisono/pbx';
import type { ExtraHeaders, Payload, Session, SipResponse, UasInvite, UasInviteHandler } from '@unisono/sip';
import { MachineLeg } from '../application/machine-leg.ts';
import type { CallResult } from '../ports.ts';
import { clientKey, deskKey } from '../registrar/location.ts';
import type { ChannelLease } from '../trunk/channels.ts';
import type { BranchAnswer } from './branch.ts';
import { Connection } from './connection.ts';
import { connectedHeaders, diversionHeader, partyAddress, shownInside, sipReason } from './identity-headers.ts';
import { partyOf, RecordBuilder } from './record-builder.ts';
import { outcomeOfHunt, outcomeOfRefusal } from './results.ts';
import { type RingEnd, Ringing, type RingOwner } from './ringing.ts';
import { SdpFace } from './sdp-face.ts';
import type { CallServices } from './services.ts';
import { type HuntEnd, type HuntOwner, TrunkHunt } from './trunk-hunt.ts';

/** What is known of the caller when the INVITE has been authenticated. */
export interface Incoming {
  readonly invite: UasInvite;
  readonly caller: Caller;
  /** What was dialled, escapes decoded. */
  readonly dialled: string;
  /** The caller asked to withhold the number (RFC 3323). */
  readonly isWithheld: boolean;
  /** Hops left for what we send. */
  readonly maxForwards: number;
  /** Held for a call that came in over a trunk. */
  readonly lease?: ChannelLease | undefined;
}

/** Something that tries to reach somebody and can be stopped. */
interface Step {
  cancel(reason?: string): void;
}

/**
 * One call from its INVITE to its record. It conducts: the domain decides where the call goes, `Ringing`, `TrunkHunt`
 * and `MachineLeg` try to get it there one after another, `Connection` has it once it is answered.
 */
export class Call implements UasInviteHandler, RingOwner, HuntOwner {
  readonly id: string;
  readonly records: RecordBuilder;
  readonly services: CallServices;
  readonly #incoming: Incoming;
  readonly #face: SdpFace;
  readonly #identity: CallerIdentity;
  #step: Step | undefined;
  #machine: MachineLeg | undefined;
  #connection: Connection | undefined;
  #plan: Plan | undefined;
  #callee: CallerIdentity | undefined;
  #calleeStation: string | undefined;
  #visited: readonly string[] = [];
  #diversion: ExtraHeaders = [];
  #onAcknowledged: ((payload: Payload | undefined) => void) | undefined;
  #isRingingTold = false;
  #isOver = false;

  constructor(services: CallServices, incoming: Incoming) {
    this.services = services;
    this.#incoming = incoming;
    this.id = services.random.hex(12);
    this.#face = new SdpFace(services.random);
    this.#identity = identify(services.system(), incoming.caller);
    const group = incoming.caller.from === 'trunk' ? incoming.caller.trunkGroup : undefined;
    this.records = new RecordBuilder(this.id, partyOf(this.#identity, group), services.clock, services.records);
    incoming.invite.handler = this;
  }

  start(): void {
    const { caller, dialled } = this.#incoming;
    this.services.calls.add(this);
    this.#incoming.invite.trying();
    this.records.open(dialled);
    const { station } = this.#identity;
    if (station !== undefined) this.services.userCalls.enter(station, this);
    this.#follow(originate(this.services.system(), caller, dialled));
  }

  /** Ends the call from outside: drain, administration. */
  hangUp(detail: string): void {
    if (this.#connection) return this.#connection.hangUp(detail);
    this.#step?.cancel(sipReason(503, detail));
    this.#incoming.invite.reject(503, { headers: [['Reason', sipReason(503, detail)]] });
    this.#finish('failed', detail);
  }

  // ---- where the call goes ----

  #follow(origination: Origination): void {
    switch (origination.kind) {
      case 'refuse':
        return this.#refuse(origination);
      case 'station':
        return this.#toStation(origination);
      case 'application':
        return this.#toApplication(origination);
      case 'feature':
        return this.#toFeature(origination);
      case 'trunk':
      case 'emergency':
        return this.#toTrunk(origination);
    }
  }

  #toStation({ station }: ToStation): void {
    const { services } = this;
    const system = services.system();
    const nowMs = services.clock.epochMs();
    const ufip = system.ufipDeviceOfUser.get(system.userOfStation.get(station) ?? '');
    const plan = terminate(system, station, {
      isDeskRegistered: services.registrar.locations.isRegistered(deskKey(station), nowMs),
      areClientsRegistered: ufip !== undefined && services.registrar.locations.isRegistered(clientKey(ufip), nowMs),
      callCount: services.userCalls.count(station, this),
      visited: this.#visited,
    });
    this.#setCallee(station);
    this.#plan = plan;
    if (plan.kind !== 'ring') return this.#followOutcome(plan);
    services.userCalls.enter(station, this);
    this.#calleeStation = station;
    const locations = services.registrar.locations;
    const contacts = {
      desk: locations.contacts(deskKey(station), nowMs),
      clients: ufip === undefined ? [] : locations.contacts(clientKey(ufip), nowMs),
    };
    const ringing = new Ringing(
      services,
      plan,
      contacts,
      this.#inviteFor(station, plan.isCallWaiting),
      this.records,
      this,
    );
    this.#step = ringing;
    ringing.start();
  }

  #inviteFor(station: string, isCallWaiting: boolean) {
    const { services } = this;
    const domain = services.domain();
    const { number, name } = services.system().stations.get(station) ?? { number: '', name: '' };
    const shown = shownInside(this.#identity, this.#incoming.isWithheld, domain);
    const waiting: ExtraHeaders = isCallWaiting ? [['Alert-Info', '<urn:alert:service:call-waiting>']] : [];
    return {
      from: shown.from,
      to: partyAddress(number, name, domain),
      contactUser: this.#incoming.isWithheld ? 'anonymous' : (this.#identity.number ?? 'anonymous'),
      headers: [...shown.headers, ...this.#diversion, ...waiting],
      offer: this.#incoming.invite.offer,
      maxForwards: this.#incoming.maxForwards,
    };
  }

  #followOutcome(outcome: Outcome): void {
    switch (outcome.kind) {
      case 'refuse':
        return this.#refuse(outcome);
      case 'deflect':
        return this.#deflect(outcome);
      case 'voicemail':
        return this.#toVoicemail(outcome.reason);
    }
  }

  #deflect(deflection: Deflection): void {
    const { services } = this;
    this.#leaveCallee();
    this.#visited = deflection.visited;
    this.records.diverted(deflection.station, deflection.reason);
    const from = services.system().stations.get(deflection.station);
    if (from) this.#diversion = diversionHeader(from.number, from.name, deflection.reason, services.domain());
    this.#incoming.invite.progress(181, { headers: this.#diversion });
    this.#follow(deflect(services.system(), deflection, this.#identity));
  }

  #toApplication({ application }: ToApplication): void {
    this.#callee = { number: application.number, name: application.name };
    this.records.callee(partyOf(this.#callee));
    const endpoint = this.services.applications.create(application, { onEnd: () => this.#machine?.hangUp() });
    this.#answerBy(endpoint, `application:${application.id}`, undefined);
  }

  /** No mailbox is served by this gateway: the call ends with the truth of it. */
  #toVoicemail(reason: string): void {
    if (this.#calleeStation !== undefined) this.records.diverted(this.#calleeStation, reason);
    this.#leaveCallee();
    this.#refuseWith(480, 'No mailbox takes the call', 'unreachable');
  }

  /** The change is made at once; the caller hears whether it worked. */
  #toFeature({ change }: ToFeature): void {
    const result = this.services.systemSource.apply(change);
    if (!result.ok) this.services.log.info({ call: this.id, why: result.message }, 'feature code refused');
    const signal = result.ok ? 'confirmation' : 'error';
    const endpoint = this.services.applications.signal(signal, { onEnd: () => this.#machine?.hangUp() });
    this.#answerBy(endpoint, 'feature', result.ok ? undefined : result.message);
  }

  #answerBy(endpoint: ConstructorParameters<typeof MachineLeg>[1], kind: string, detail: string | undefined): void {
    const leg = this.records.leg(kind, undefined);
    const headers = connectedHeaders(this.#callee, this.services.domain());
    const machine = new MachineLeg(this.#incoming.invite, endpoint, headers, {
      onMachineAnswered: () => this.records.answered(leg),
      onMachineFailed: (status, reason) => {
        this.records.ended(leg, status);
        this.#finish('failed', reason);
      },
      onMachineEnded: (why) => this.#finish('answered', detail ?? endOfMachine(why)),
    });
    this.#machine = machine;
    this.#step = machine;
    this.#onAcknowledged = (payload) => machine.acknowledged(payload);
    void machine.start();
  }

  #toTrunk(origination: ToTrunk | ToEmergency): void {
    const isEmergency = origination.kind === 'emergency';
    if (isEmergency) this.records.emergency();
    this.#callee = { number: origination.number };
    this.records.callee(partyOf(this.#callee, origination.attempts[0]?.trunkGroup));
    const hunt = new TrunkHunt(
      this.services,
      {
        attempts: origination.attempts,
        offer: this.#incoming.invite.offer,
        maxForwards: this.#incoming.maxForwards,
        isEmergency,
        isWithheld: this.#incoming.isWithheld && !isEmergency,
      },
      this.records,
      this,
    );
    this.#step = hunt;
    hunt.start();
  }

  // ---- while it rings ----

  onAlerting(response: SipResponse, payload: Payload | undefined): void {
    const { invite } = this.#incoming;
    const headers = connectedHeaders(this.#callee, this.services.domain());
    if (payload) {
      this.#isRingingTold ||= response.status === 180;
      return invite.progress(response.status, { payload: this.#face.present(payload), headers });
    }
    if (this.#isRingingTold || response.status === 181) return;
    this.#isRingingTold = true;
    invite.progress(180, { headers });
  }

  onRingEnd(end: RingEnd): void {
    const plan = this.#plan;
    if (plan?.kind !== 'ring') return;
    switch (end.kind) {
      case 'busy':
        return this.#followOutcome(plan.onBusy.outcome);
      case 'declined':
        return this.#followOutcome(plan.onDecline);
      case 'noAnswer':
        return this.#followOutcome(plan.onNoAnswer);
      case 'unreachable':
        return this.#followOutcome(plan.onUnreachable);
      case 'redirected': {
        const visited = [...this.#visited, plan.station];
        return this.#deflect({
          kind: 'deflect',
          target: end.target,
          reason: 'declined',
          station: plan.station,
          visited,
        });
      }
    }
  }

  onHuntEnd(end: HuntEnd): void {
    const { status, reason, result } = outcomeOfHunt(end);
    this.#refuseWith(status, reason, result);
  }

  /** The caller gave up. */
  onCancel(_invite: UasInvite, reason: string | undefined): void {
    this.#step?.cancel(reason);
    this.#finish('cancelled', 'The caller hung up before an answer');
  }

  // ---- the answer ----

  onAnswered(answer: BranchAnswer, group?: string, lease?: ChannelLease): void {
    const { invite } = this.#incoming;
    this.#step = undefined;
    if (invite.isOver) {
      answer.branch.acknowledge(answer);
      answer.session.bye();
      lease?.release();
      return;
    }
    if (group !== undefined && this.#callee) this.records.callee(partyOf(this.#callee, group));
    const headers = connectedHeaders(this.#callee, this.services.domain());
    const session = invite.accept({ payload: this.#face.present(answer.payload), headers });
    if (invite.offer) answer.branch.acknowledge(answer);
    else this.#onAcknowledged = (payload) => answer.branch.acknowledge(answer, payload);
    this.#connect(session, answer, lease);
  }

  #connect(session: Session, answer: BranchAnswer, lease: ChannelLease | undefined): void {
    this.#connection = new Connection(
      this,
      {
        session,
        face: this.#face,
        party: this.#identity,
        station: this.#identity.station,
        lease: this.#incoming.lease,
      },
      {
        session: answer.session,
        face: answer.branch.face,
        party: this.#callee ?? {},
        station: this.#calleeStation,
        lease,
      },
      (detail) => this.#finish('answered', detail),
    );
    this.#calleeStation = undefined;
  }

  onAck(_session: Session, payload: Payload | undefined): void {
    const callback = this.#onAcknowledged;
    this.#onAcknowledged = undefined;
    callback?.(payload);
  }

  // Requests in the caller's dialog before the call is answered.

  onReinvite(...[, exchange]: Parameters<UasInviteHandler['onReinvite']>): void {
    exchange.reject(491);
  }

  onUpdate(...[session, update]: Parameters<UasInviteHandler['onUpdate']>): void {
    session.rejectUpdate(update, 491);
  }

  onRequest(...[, transaction]: Parameters<UasInviteHandler['onRequest']>): void {
    const { method } = transaction.request;
    transaction.reply(method === 'INFO' || method === 'OPTIONS' ? 200 : 491);
  }

  onBye(): void {
    this.#finish('answered', undefined);
  }

  onEnded(): void {
    this.#finish('answered', undefined);
  }

  // ---- the end ----

  #refuse(refusal: Refusal): void {
    const { result, reason } = outcomeOfRefusal(refusal);
    this.#refuseWith(refusal.status, reason, result);
  }

  #refuseWith(status: number, reason: string, result: CallResult): void {
    this.#incoming.invite.reject(status, { reason, headers: [['Reason', sipReason(status, reason)]] });
    this.#finish(result, reason);
  }

  #setCallee(station: string): void {
    const system = this.services.system();
    const found = system.stations.get(station);
    if (!found) return;
    const user = system.userOfStation.get(station);
    this.#callee = { number: found.number, name: found.name, station, ...(user === undefined ? {} : { user }) };
    this.records.callee(partyOf(this.#callee));
  }

  #leaveCallee(): void {
    if (this.#calleeStation === undefined) return;
    this.services.userCalls.leave(this.#calleeStation, this);
    this.#calleeStation = undefined;
  }

  #finish(result: CallResult, detail: string | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#leaveCallee();
    if (this.#identity.station !== undefined) this.services.userCalls.leave(this.#identity.station, this);
    this.#incoming.lease?.release();
    this.services.calls.remove(this);
    this.records.close(result, detail);
  }
}

function endOfMachine(why: string): string {
  return why === 'machine' ? 'The machine ended the call' : 'The caller hung up';
}
