import type { MediaEndpoint } from '@unisono/media';
import {
  type CalleeState,
  type CallerIdentity,
  type Deflection,
  deflect,
  type Origination,
  type Outcome,
  type Plan,
  type Refusal,
  type Ring,
  refuse,
  type System,
  type ToApplication,
  type ToEmergency,
  type ToFeature,
  type ToTrunk,
  type ToVoicemail,
  terminate,
  whenUnreached,
} from '@unisono/pbx';
import type { ExtraHeaders, Payload, SipResponse } from '@unisono/sip';
import type { CallResult } from '../ports.ts';
import { type Binding, clientKey, deskKey } from '../registrar/location.ts';
import type { ChannelLease } from '../trunk/channels.ts';
import type { Voicemail } from '../voicemail/voicemail.ts';
import type { BranchAnswer, BranchInvite } from './branch.ts';
import type { Call } from './call.ts';
import type { DeviceDialog, DeviceRef } from './device-dialog.ts';
import { diversionHeader, partyAddress, shownInside, sipReason } from './identity-headers.ts';
import type { TakeoverRequest } from './pick-up.ts';
import { partyOf, type RecordBuilder } from './record-builder.ts';
import { outcomeOfHunt, outcomeOfRefusal } from './results.ts';
import { type RingContacts, type RingEnd, Ringing, type RingOwner, VOICEMAIL } from './ringing.ts';
import type { CallServices } from './services.ts';
import { type HuntEnd, type HuntOwner, TrunkHunt } from './trunk-hunt.ts';

/** Mailboxes are not kept here. */
const NO_MAILBOXES: NotReached = { status: 480, reason: 'No mailboxes here', result: 'unreachable' };
/** Ends that say that nobody was there to take the call; who is busy, declines or does not answer was there. */
const UNREACHED: ReadonlySet<CallResult> = new Set<CallResult>(['unreachable', 'refused', 'failed']);
/** So long after the ring time an INVITE still holds: we are the ones who end the ringing, in good order. */
const EXPIRES_AFTER_RINGING_SEC = 15;

/** On whose behalf somebody is being reached. */
export interface PursuitCaller {
  /** The call that counts against everybody's busy state. */
  readonly call: Call;
  readonly identity: CallerIdentity;
  readonly isWithheld: boolean;
  /** What the phones are offered; undefined: they make the offer. */
  readonly offer: Payload | undefined;
  /** Who passed the call on before it came to us. */
  readonly redirections?: ExtraHeaders | undefined;
  readonly maxForwards: number;
  readonly extraHeaders?: ExtraHeaders | undefined;
}

/** Somebody answered. */
export interface Reached {
  readonly answer: BranchAnswer;
  readonly party: CallerIdentity;
  /** Station whose user answered; its call is counted until whoever gets this takes it off. */
  readonly station: string | undefined;
  readonly lease: ChannelLease | undefined;
  /** Which of the user's devices answered. */
  readonly device: DeviceRef | undefined;
}

/** How a pursuit ended without an answer. */
export interface NotReached {
  readonly status: number;
  readonly reason: string;
  readonly result: CallResult;
}

export interface PursuitOwner {
  /** Somebody's phone rings, or without a response is being woken. `payload`: early media of the only device there is. */
  onPursuitAlerting(
    response: SipResponse | undefined,
    payload: Payload | undefined,
    party: CallerIdentity | undefined,
  ): void;
  /** The call was sent on to another number. */
  onPursuitForwarded(headers: ExtraHeaders): void;
  onReached(reached: Reached): void;
  /** A machine takes the call: an application, or the signal of a feature code. */
  onMachine(
    endpoint: (onEnd: () => void) => MediaEndpoint,
    kind: string,
    party: CallerIdentity | undefined,
    detail: string | undefined,
  ): void;
  onNotReached(end: NotReached): void;
}

/** A station sent the call on; `headers`: what was said of earlier ones. */
interface SentOn {
  readonly deflection: Deflection;
  readonly headers: ExtraHeaders;
}

/** Something that tries to reach somebody and can be stopped. */
interface Step {
  cancel(reason?: string): void;
}

/**
 * Reaches whoever a number leads to: the domain decides where the call goes, `Ringing` and `TrunkHunt` try to get it
 * there one after another, through forwarding, busy and no-answer rules, until somebody answers or nobody will.
 */
export class Pursuit implements RingOwner, HuntOwner {
  readonly #services: CallServices;
  readonly #caller: PursuitCaller;
  readonly #records: RecordBuilder;
  readonly #owner: PursuitOwner;
  #step: Step | undefined;
  #plan: Plan | undefined;
  #party: CallerIdentity | undefined;
  #station: string | undefined;
  #visited: readonly string[] = [];
  /** Where the call comes back to when it reaches nobody, last first to be asked. */
  #sentOn: readonly SentOn[] = [];
  /** Who passed the call on, newest first. */
  #diversion: ExtraHeaders;
  #isOver = false;

  constructor(services: CallServices, caller: PursuitCaller, records: RecordBuilder, owner: PursuitOwner) {
    this.#services = services;
    this.#caller = caller;
    this.#diversion = caller.redirections ?? [];
    this.#records = records;
    this.#owner = owner;
  }

  follow(origination: Origination): void {
    switch (origination.kind) {
      case 'refuse':
        return this.#refuse(origination);
      case 'station':
        return this.#toStation(origination.station);
      case 'application':
        return this.#toApplication(origination);
      case 'feature':
        return this.#toFeature(origination);
      case 'trunk':
      case 'emergency':
        return this.#toTrunk(origination);
    }
  }

  /** Who is being called at the moment. */
  get party(): CallerIdentity | undefined {
    return this.#party;
  }

  /** Dialogs of the devices of this station that ring. */
  dialogsOf(station: string): DeviceDialog[] {
    if (this.#station !== station || !(this.#step instanceof Ringing)) return [];
    const { identity, isWithheld } = this.#caller;
    return this.#step.dialogs(isWithheld ? undefined : identity);
  }

  /** As `Call.joinRinging`. */
  joinRinging(station: string, binding: Binding): void {
    if (this.#step instanceof Ringing && this.#station === station) this.#step.join(binding);
  }

  /** As `Call.ringingFor`. */
  ringingFor(station: string): { readonly remote: DeviceDialog['remote'] } | undefined {
    if (!(this.#step instanceof Ringing) || this.#station !== station) return undefined;
    const { identity, isWithheld } = this.#caller;
    return { remote: isWithheld ? undefined : identity };
  }

  /** A device answers what rings at another one of its user: true when that is one of ours. */
  pickUp(request: TakeoverRequest): boolean {
    if (!(this.#step instanceof Ringing) || this.#station !== request.identity.station) return false;
    const { identity, isWithheld } = this.#caller;
    return this.#step.pickUp(request, isWithheld ? undefined : identity);
  }

  /** A station that was removed rings no more. */
  onSystemChanged(system: System): void {
    const station = this.#station;
    if (station === undefined || system.stations.has(station) || !(this.#step instanceof Ringing)) return;
    const { status, text } = refuse('unknownNumber');
    this.#step.cancel(sipReason(status, text));
    this.#refuse(refuse('unknownNumber'));
  }

  /** Stops everything that rings; nothing more is told. */
  cancel(reason?: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#leaveStation();
    this.#step?.cancel(reason);
  }

  // ---- stations ----

  #toStation(station: string): void {
    const contacts = this.#contactsOf(station);
    this.#setStation(station);
    this.#followPlan(station, contacts, terminate(this.#services.system(), station, this.#stateOf(station, contacts)));
  }

  #followPlan(station: string, contacts: RingContacts, plan: Plan): void {
    this.#plan = plan;
    if (plan.kind !== 'ring') return this.#followOutcome(plan);
    this.#services.userCalls.enter(station, this.#caller.call);
    this.#station = station;
    const invite = this.#inviteFor(station, plan);
    const ringing = new Ringing(this.#services, plan, contacts, invite, this.#records, this);
    this.#step = ringing;
    ringing.start();
  }

  #contactsOf(station: string): RingContacts {
    const { registrar, clock, system, sleepers } = this.#services;
    const nowMs = clock.epochMs();
    const current = system();
    const user = current.userOfStation.get(station) ?? '';
    const ufip = current.ufipDeviceOfUser.get(user);
    return {
      desk: registrar.locations.contacts(deskKey(station), nowMs),
      clients: ufip === undefined ? [] : registrar.locations.contacts(clientKey(ufip), nowMs),
      isWakeable: sleepers?.canBeWoken(user) ?? false,
    };
  }

  #stateOf(station: string, { desk, clients, isWakeable }: RingContacts): CalleeState {
    return {
      isDeskRegistered: desk.length > 0,
      areClientsRegistered: clients.length > 0,
      canClientsBeWoken: isWakeable === true,
      callCount: this.#services.userCalls.count(station, this.#caller.call),
      visited: this.#visited,
    };
  }

  #inviteFor(station: string, { isCallWaiting, ringSec }: Ring): BranchInvite {
    const { identity, isWithheld, offer, maxForwards, extraHeaders } = this.#caller;
    const domain = this.#services.domain();
    const { number, name } = this.#services.system().stations.get(station) ?? { number: '', name: '' };
    const shown = shownInside(identity, isWithheld, domain);
    // A phone that hears nothing more of us stops ringing by itself (RFC 3261 §13.3.1).
    const expires: ExtraHeaders = [['Expires', String(ringSec + EXPIRES_AFTER_RINGING_SEC)]];
    const waiting: ExtraHeaders = isCallWaiting ? [['Alert-Info', '<urn:alert:service:call-waiting>']] : [];
    return {
      from: shown.from,
      to: partyAddress(number, name, domain),
      contactUser: isWithheld ? 'anonymous' : (identity.number ?? 'anonymous'),
      headers: [...shown.headers, ...this.#diversion, ...expires, ...waiting, ...(extraHeaders ?? [])],
      offer,
      maxForwards,
    };
  }

  #followOutcome(outcome: Outcome): void {
    switch (outcome.kind) {
      case 'refuse':
        return this.#refuse(outcome);
      case 'deflect':
        return this.#deflect(outcome);
      case 'voicemail':
        return this.#toMailbox(outcome);
    }
  }

  #deflect(deflection: Deflection): void {
    const { system, domain } = this.#services;
    this.#leaveStation();
    this.#visited = deflection.visited;
    this.#sentOn = [...this.#sentOn, { deflection, headers: this.#diversion }];
    this.#records.diverted(deflection.station, deflection.reason);
    const from = system().stations.get(deflection.station);
    const own = from ? diversionHeader(from.number, from.name, deflection.reason, domain()) : [];
    this.#diversion = [...own, ...this.#diversion];
    this.#owner.onPursuitForwarded(this.#diversion);
    this.follow(deflect(system(), deflection, this.#caller.identity));
  }

  /** Whom the call was sent on to last was not reached: true when whoever sent it there has it back. */
  #comeBack({ status, reason }: NotReached): boolean {
    const last = this.#sentOn.at(-1);
    if (!last) return false;
    const { station } = last.deflection;
    this.#sentOn = this.#sentOn.slice(0, -1);
    this.#diversion = last.headers;
    this.#records.cameBack(station, reason);
    this.#services.log.info({ station, status, why: reason }, 'call came back: its next number was not reached');
    this.#setStation(station);
    const contacts = this.#contactsOf(station);
    const state = this.#stateOf(station, contacts);
    this.#followPlan(station, contacts, whenUnreached(this.#services.system(), last.deflection, state));
    return true;
  }

  #toMailbox({ user, reason }: ToVoicemail): void {
    const { voicemail, system } = this.#services;
    const station = system().users.get(user)?.deskStation;
    if (station !== undefined) this.#records.diverted(station, reason);
    if (!voicemail?.hasRoom(user)) {
      const why = voicemail ? 'The mailbox is full' : 'No mailbox takes the call';
      return this.#end({ status: 480, reason: why, result: 'unreachable' });
    }
    const { identity, isWithheld } = this.#caller;
    const shown = isWithheld ? {} : identity;
    const from = { number: shown.number, name: shown.name, call: this.#records.id };
    this.#leaveStation();
    this.#isOver = true;
    const create = (onEnd: () => void) => voicemail.deposit(user, from, onEnd);
    this.#owner.onMachine(create, 'voicemail', this.#party, 'The caller was sent to voicemail');
  }

  onAlerting(response: SipResponse | undefined, payload: Payload | undefined): void {
    if (!this.#isOver) this.#owner.onPursuitAlerting(response, payload, this.#party);
  }

  onRingEnd(end: RingEnd): void {
    const plan = this.#plan;
    if (plan?.kind !== 'ring' || this.#isOver) return;
    switch (end.kind) {
      case 'busy':
        return this.#followOutcome(plan.onBusy.outcome);
      case 'declined':
        return this.#followOutcome(plan.onDecline);
      case 'noAnswer':
        return this.#followOutcome(plan.onNoAnswer);
      case 'unreachable':
        if (plan.onUnreachable.kind !== 'refuse' || !end.refusal) return this.#followOutcome(plan.onUnreachable);
        return this.#end({ status: end.refusal.status, reason: end.refusal.reason, result: 'failed' });
      case 'redirected': {
        const user = this.#party?.user;
        if (end.target === VOICEMAIL && user !== undefined) {
          const { mailbox } = this.#services.system().users.get(user) ?? { mailbox: false };
          return mailbox
            ? this.#toMailbox({ kind: 'voicemail', user, reason: 'declined' })
            : this.#refuse(refuse('declined'));
        }
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

  // ---- machines and trunks ----

  #toApplication({ application }: ToApplication): void {
    const { applications } = this.#services;
    this.#party = { number: application.number, name: application.name };
    this.#records.callee(partyOf(this.#party));
    const { voicemail } = this.#services;
    if (application.kind === 'mailbox' && !voicemail) return this.#end(NO_MAILBOXES);
    const { station } = this.#caller.identity;
    const create = (onEnd: () => void) =>
      application.kind !== 'mailbox'
        ? applications.create(application, { onEnd })
        : (voicemail as Voicemail).retrieve(station, onEnd);
    this.#isOver = true;
    this.#owner.onMachine(create, `application:${application.id}`, this.#party, undefined);
  }

  /** The change is made at once; the caller hears whether it worked. */
  #toFeature({ change }: ToFeature): void {
    const { applications, systemSource, log } = this.#services;
    const { station, number = station } = this.#caller.identity;
    const result = systemSource.apply(change, `feature code at ${number}`);
    if (result.ok) log.info({ actor: 'feature code', station, changes: 1 }, 'system data changed');
    else log.info({ why: result.message }, 'feature code refused');
    this.#isOver = true;
    const signal = result.ok ? 'confirmation' : 'error';
    const create = (onEnd: () => void) => applications.signal(signal, { onEnd });
    this.#owner.onMachine(create, 'feature', undefined, result.ok ? undefined : result.message);
  }

  #toTrunk(origination: ToTrunk | ToEmergency): void {
    const isEmergency = origination.kind === 'emergency';
    const { offer, maxForwards, isWithheld } = this.#caller;
    if (isEmergency) this.#records.emergency();
    this.#party = { number: origination.number };
    this.#records.callee(partyOf(this.#party, origination.attempts[0]?.trunkGroup));
    const request = {
      attempts: origination.attempts,
      offer,
      maxForwards,
      isEmergency,
      // An emergency service must see who calls.
      isWithheld: isWithheld && !isEmergency,
      hasWayBack: this.#sentOn.length > 0,
      divertReason: origination.kind === 'trunk' ? origination.diversion?.reason : undefined,
    };
    const hunt = new TrunkHunt(this.#services, request, this.#records, this);
    this.#step = hunt;
    hunt.start();
  }

  onHuntEnd(end: HuntEnd): void {
    this.#end(outcomeOfHunt(end));
  }

  // ---- the end ----

  onAnswered(answer: BranchAnswer, group?: string, lease?: ChannelLease): void {
    const station = this.#station;
    const party = this.#party ?? {};
    this.#isOver = true;
    this.#station = undefined;
    if (group !== undefined) this.#records.callee(partyOf(party, group));
    this.#owner.onReached({ answer, party, station, lease, device: answer.branch.device });
  }

  #refuse(refusal: Refusal): void {
    this.#end({ status: refusal.status, ...outcomeOfRefusal(refusal) });
  }

  #end(end: NotReached): void {
    if (this.#isOver) return;
    this.#leaveStation();
    if (UNREACHED.has(end.result) && this.#comeBack(end)) return;
    this.#isOver = true;
    this.#owner.onNotReached(end);
  }

  #setStation(station: string): void {
    const system = this.#services.system();
    const found = system.stations.get(station);
    if (!found) return;
    const user = system.userOfStation.get(station);
    this.#party = { number: found.number, name: found.name, station, ...(user === undefined ? {} : { user }) };
    this.#records.callee(partyOf(this.#party));
  }

  #leaveStation(): void {
    if (this.#station === undefined) return;
    this.#services.userCalls.leave(this.#station, this.#caller.call);
    this.#station = undefined;
  }
}
