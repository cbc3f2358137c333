import type { CallerIdentity, Ring, RingTarget } from '@unisono/pbx';
import {
  type ExtraHeaders,
  type InviteOutcome,
  type Payload,
  parseNameAddr,
  parseUri,
  type SipResponse,
  type Timer,
  unescapeUri,
} from '@unisono/sip';
import type { Binding } from '../registrar/location.ts';
import { type AnsweringBranch, Branch, type BranchAnswer, type BranchInvite, type BranchOwner } from './branch.ts';
import { type DeviceDialog, deviceOf } from './device-dialog.ts';
import { completedOn, sipReason } from './identity-headers.ts';
import { descriptionsFor, PickUp, type TakeoverRequest } from './pick-up.ts';
import type { LegRecord, RecordBuilder } from './record-builder.ts';
import { isNamedBy } from './refer-target.ts';
import type { CallServices } from './services.ts';

/** How ringing a station ended without an answer. */
export type RingEnd =
  | { readonly kind: 'busy' | 'declined' | 'noAnswer' }
  /** `refusal`: what a device had against the request itself, which the caller may be able to mend. */
  | { readonly kind: 'unreachable'; readonly refusal?: DeviceRefusal | undefined }
  /** A device sent the call elsewhere by 3xx. */
  | { readonly kind: 'redirected'; readonly target: string };

export interface DeviceRefusal {
  readonly status: number;
  readonly reason: string;
}

/** Refusals that are about the request and not about the device (RFC 3261 §16.7 step 6). */
const ABOUT_THE_REQUEST = new Set([406, 413, 415, 420, 421, 488, 493, 513, 580, 606]);

/** What phones say that have rung for as long as they ring: nobody answered there. */
const GAVE_UP = new Set([408, 480, 487]);

/** Where a device sends a call by 302 that shall go to its user's mailbox. */
export const VOICEMAIL = 'voicemail';

/** The border has no way to the contact any more (RFC 5626 §11.5): it registers anew when it is back. */
const FLOW_FAILED = 430;

/** So long nobody else but a client that is being woken is waited for: as long as a push, a start and a registration take. */
export const WAKE_MS = 8_000;

export interface RingOwner {
  /** A device alerts, or without a response is being woken. `payload` only when it is the only device and sends early media. */
  onAlerting(response: SipResponse | undefined, payload: Payload | undefined): void;
  onAnswered(answer: BranchAnswer): void;
  onRingEnd(end: RingEnd): void;
}

/** What a timer says that is not a stage's. */
const RING_TIME = -1;
const WAKE_TIME = -2;

/** The contacts to ring, by kind. */
export interface RingContacts {
  readonly desk: readonly Binding[];
  readonly clients: readonly Binding[];
  /** Clients that are asleep may come. */
  readonly isWakeable?: boolean;
}

/**
 * Rings a user's devices by a plan: all targets of a stage at the same moment, the first answer wins and all others
 * are cancelled in the same tick, a 603 anywhere declines everywhere, a 486 counts as busy as the plan says.
 */
export class Ringing implements BranchOwner {
  readonly #services: CallServices;
  readonly #plan: Ring;
  #contacts: RingContacts;
  readonly #invite: BranchInvite;
  readonly #records: RecordBuilder;
  readonly #owner: RingOwner;
  readonly #branches = new Map<Branch, Binding>();
  readonly #timers: Timer[] = [];
  /** Not early media any more once another device has come. */
  #isOnlyDevice: boolean;
  /** Somebody may still come who is not there yet. */
  #isWaking: boolean;
  #stagesLeft: number;
  #isBusy = false;
  /** A device rang, and gave up by itself. */
  #hasRungInVain = false;
  #refusal: DeviceRefusal | undefined;
  #isOver = false;

  constructor(
    services: CallServices,
    plan: Ring,
    contacts: RingContacts,
    invite: BranchInvite,
    records: RecordBuilder,
    owner: RingOwner,
  ) {
    this.#services = services;
    this.#plan = plan;
    this.#contacts = contacts;
    this.#invite = invite;
    this.#records = records;
    this.#owner = owner;
    this.#stagesLeft = plan.stages.length;
    this.#isWaking = contacts.isWakeable === true && plan.stages.some(({ targets }) => targets.includes('clients'));
    this.#isOnlyDevice =
      !this.#isWaking &&
      plan.stages.flatMap(({ targets }) => targets.flatMap((target) => contacts[target])).length === 1;
  }

  start(): void {
    const { clock } = this.#services;
    this.#timers.push(clock.startTimer(this.#plan.ringSec * 1_000, this, RING_TIME));
    if (this.#isWaking) this.#timers.push(clock.startTimer(WAKE_MS, this, WAKE_TIME));
    this.#plan.stages.forEach((stage, index) => {
      if (stage.afterSec > 0) this.#timers.push(clock.startTimer(stage.afterSec * 1_000, this, index));
    });
    this.#startStage(0);
    if (this.#isWaking && this.#branches.size === 0) this.#owner.onAlerting(undefined, undefined);
  }

  /** A device that was not there when the call came rings too, if it is its turn; so does one that was started anew meanwhile. */
  join(binding: Binding): void {
    const target: RingTarget = binding.device.startsWith('desk:') ? 'desk' : 'clients';
    const started = this.#plan.stages.length - this.#stagesLeft;
    const stage = this.#plan.stages.findIndex(({ targets }) => targets.includes(target));
    if (this.#isOver || stage < 0) return;
    if (stage >= started) {
      const others = this.#contacts[target].filter((one) => !isSameDevice(one, binding));
      this.#contacts = { ...this.#contacts, [target]: [...others, binding] };
      return;
    }
    this.#forgetBefore(binding);
    this.#isOnlyDevice = false;
    this.#prepare(target, binding)?.start();
    this.#services.userCalls.changed(this.#plan.station);
  }

  /** Where the device was started anew, what rang at it is gone: nobody answers that any more. */
  #forgetBefore(binding: Binding): void {
    for (const [branch, before] of [...this.#branches]) {
      if (!isSameDevice(before, binding)) continue;
      this.#branches.delete(branch);
      branch.cancel(sipReason(487, 'The device was started anew'));
      this.#records.ended(branch.record, 487);
    }
  }

  /** The dialogs of the devices that ring; `remote` is what they see of the caller. */
  dialogs(remote: DeviceDialog['remote']): DeviceDialog[] {
    return [...this.#branches.keys()].map(({ dialog: { callId, localTag, remoteTag }, device }) => ({
      device,
      direction: 'recipient',
      state: remoteTag === undefined ? 'trying' : 'early',
      callId,
      deviceTag: remoteTag,
      gatewayTag: localTag,
      remote,
      isHolding: false,
    }));
  }

  /** One of the devices answers for another one: true when that one rings here. */
  pickUp(request: TakeoverRequest, caller: CallerIdentity | undefined, more?: ExtraHeaders): boolean {
    const { invite, replaced, device } = request;
    if (this.#isOver || ![...this.#branches.keys()].some(({ dialog }) => isNamedBy(dialog, replaced))) return false;
    const descriptions = descriptionsFor(this.#invite.offer, invite);
    if (!descriptions) {
      invite.reject(488, { reason: 'No Media In Common' });
      return true;
    }
    const record = this.#records.leg(device?.kind ?? 'desk', this.#plan.station);
    const branch = new PickUp(this.#services, request, record);
    this.onBranchAnswered(branch.answer(descriptions, caller, this.#services.domain(), more));
    return true;
  }

  /** The caller gave up: every device stops. */
  cancel(reason?: string): void {
    if (this.#isOver) return;
    this.#finish();
    this.#cancelAll(reason, undefined, 487);
  }

  /** A stage's number, or which time is over. */
  onTimer(stage: number): void {
    if (this.#isOver) return;
    if (stage >= 0) return this.#startStage(stage);
    if (stage === WAKE_TIME) return this.#stopWaking();
    this.#end({ kind: 'noAnswer' }, sipReason(408, 'No answer'));
  }

  onBranchAlerting(branch: Branch, response: SipResponse, payload: Payload | undefined): void {
    this.#records.alerting(branch.record);
    this.#services.userCalls.changed(this.#plan.station);
    this.#owner.onAlerting(response, this.#isOnlyDevice ? payload : undefined);
  }

  onBranchAnswered(answer: BranchAnswer): void {
    this.#finish();
    const { branch } = answer;
    if (branch instanceof Branch) this.#branches.delete(branch);
    this.#records.answered(branch.record);
    this.#cancelAll(completedOn(branch.record.kind), branch, 487);
    this.#owner.onAnswered(answer);
  }

  onBranchFailed(branch: Branch, outcome: InviteOutcome): void {
    const status = outcome.kind === 'refused' ? outcome.response.status : 408;
    const binding = this.#branches.get(branch);
    this.#branches.delete(branch);
    this.#services.userCalls.changed(this.#plan.station);
    if (status === FLOW_FAILED && binding) this.#services.registrar.drop(binding);
    this.#records.ended(branch.record, status);
    if (this.#isOver || binding === undefined) return;
    if (outcome.kind === 'refused' && this.#decides(outcome.response)) return;
    if (branch.record.alertingAtMs !== undefined && GAVE_UP.has(status)) this.#hasRungInVain = true;
    if (outcome.kind === 'refused' && ABOUT_THE_REQUEST.has(status)) this.#refusal ??= outcome.response;
    this.#onFewer();
  }

  #onFewer(): void {
    if (this.#branches.size > 0) return;
    if (this.#stagesLeft > 0) this.#hurry();
    else if (!this.#isWaking) this.#endInVain();
  }

  /** Whoever was woken has not come. */
  #stopWaking(): void {
    this.#isWaking = false;
    this.#onFewer();
  }

  /** True when one device's refusal decided for all. */
  #decides(response: SipResponse): boolean {
    const { status } = response;
    if (status === 603 || status === 607 || status === 608) {
      this.#end({ kind: 'declined' }, sipReason(603, 'Declined on another device'));
      return true;
    }
    if (status >= 300 && status < 400) {
      const target = redirectTarget(response);
      if (target === undefined) return false;
      const where = target === VOICEMAIL ? 'Sent to voicemail' : 'Moved to another number';
      this.#end({ kind: 'redirected', target }, sipReason(302, where));
      return true;
    }
    if (status !== 486 && status !== 600) return false;
    this.#isBusy = true;
    if (status === 486 && this.#plan.onBusy.decidedBy === 'allDevices') return false;
    this.#end({ kind: 'busy' }, sipReason(486, 'Busy on another device'));
    return true;
  }

  #endInVain(): void {
    if (this.#isBusy) return this.#end({ kind: 'busy' });
    this.#end(this.#hasRungInVain ? { kind: 'noAnswer' } : { kind: 'unreachable', refusal: this.#refusal });
  }

  /** Nothing rings any more but a stage is still to come: it comes now. */
  #hurry(): void {
    this.#startStage(this.#plan.stages.length - this.#stagesLeft);
  }

  #startStage(index: number): void {
    const stage = this.#plan.stages[index];
    const isNext = index === this.#plan.stages.length - this.#stagesLeft;
    if (!stage || !isNext || this.#isOver) return;
    this.#stagesLeft--;
    const started = stage.targets.flatMap((target) =>
      this.#contacts[target].map((binding) => this.#prepare(target, binding)),
    );
    // All are made before any is sent: the INVITEs leave back to back.
    for (const branch of started) branch?.start();
    this.#services.userCalls.changed(this.#plan.station);
    if (this.#branches.size > 0 || this.#isOver) return;
    if (this.#stagesLeft > 0) this.#hurry();
    else if (!this.#isWaking) this.#end({ kind: 'unreachable' });
  }

  #prepare(target: RingTarget, binding: Binding): Branch | undefined {
    const { ua, registrar } = this.#services;
    const hop = registrar.hopTo(binding);
    const record: LegRecord = this.#records.leg(target === 'desk' ? 'desk' : 'client', this.#plan.station);
    if (!hop) {
      this.#records.ended(record, FLOW_FAILED);
      return undefined;
    }
    const branchTarget = {
      uriText: binding.contactUri,
      hops: [hop],
      routes: binding.path,
      hopIsOnlyWay: binding.flowOnly,
      device: deviceOf(binding),
    };
    const branch = new Branch(ua, branchTarget, this.#invite, record, this);
    this.#branches.set(branch, binding);
    return branch;
  }

  #end(end: RingEnd, reason?: string): void {
    if (this.#isOver) return;
    this.#finish();
    this.#cancelAll(reason, undefined, 487);
    this.#owner.onRingEnd(end);
  }

  #cancelAll(reason: string | undefined, except: AnsweringBranch | undefined, status: number): void {
    for (const branch of this.#branches.keys()) {
      if (branch === except) continue;
      branch.cancel(reason);
      this.#records.ended(branch.record, status);
    }
    this.#branches.clear();
  }

  #finish(): void {
    this.#isOver = true;
    for (const timer of this.#timers) timer.cancel();
  }
}

/** The same phone or browser, whatever address it has by now (RFC 5626 §4.1). */
function isSameDevice(a: Binding, b: Binding): boolean {
  if (a.device !== b.device) return false;
  return a.key === b.key || (a.instance !== undefined && a.instance === b.instance && a.regId === b.regId);
}

/** What a 3xx names as the number to call instead; undefined when it names none. */
function redirectTarget(response: SipResponse): string | undefined {
  for (const element of response.headers.list('Contact')) {
    const uri = parseUri(parseNameAddr(element)?.uriText ?? '');
    if (uri?.scheme === 'tel') return uri.number;
    if (uri && uri.scheme !== 'other' && uri.user) return unescapeUri(uri.user);
  }
  return undefined;
}
