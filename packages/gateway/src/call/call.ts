import type { MediaEndpoint } from '@unisono/media';
import { type Caller, type CallerIdentity, identify, originate, refuse, type System } from '@unisono/pbx';
import type {
  ExtraHeaders,
  Payload,
  ServerTransaction,
  Session,
  SipResponse,
  UasInvite,
  UasInviteHandler,
} from '@unisono/sip';
import type { HostedSide } from '../application/hosted-side.ts';
import { MachineLeg } from '../application/machine-leg.ts';
import { referIntoConference } from '../conference/admit.ts';
import { type DisplayUpdate, tellDisplay } from '../conference/display.ts';
import { FACTORY, type Focus, IS_FOCUS } from '../conference/focus.ts';
import { HostPlace } from '../conference/host-place.ts';
import type { CallResult } from '../ports.ts';
import type { Binding } from '../registrar/location.ts';
import type { ChannelLease } from '../trunk/channels.ts';
import { sourceOf } from './branch.ts';
import { Connection } from './connection.ts';
import { type DeviceDialog, type DeviceRef, isHolding } from './device-dialog.ts';
import { connectedHeaders, sipReason } from './identity-headers.ts';
import { takesMicrophone } from './microphone.ts';
import type { TakeoverRequest } from './pick-up.ts';
import { type NotReached, Pursuit, type PursuitOwner, type Reached } from './pursuit.ts';
import { partyOf, RecordBuilder } from './record-builder.ts';
import type { ShownParty } from './renegotiation.ts';
import { SdpFace } from './sdp-face.ts';
import type { CallServices } from './services.ts';

/** What is known of the caller when the INVITE has been authenticated. */
export interface Incoming {
  readonly invite: UasInvite;
  readonly caller: Caller;
  /** What was dialled, escapes decoded. */
  readonly dialled: string;
  /** The caller asked to withhold the number (RFC 3323). */
  readonly isWithheld: boolean;
  /** Who passed the call on before it came here, for the phones that ring. */
  readonly redirections?: ExtraHeaders | undefined;
  /** Hops left for what we send. */
  readonly maxForwards: number;
  /** Held for a call that came in over a trunk. */
  readonly lease?: ChannelLease | undefined;
  /** The user's device that calls; absent for trunks. */
  readonly device?: DeviceRef | undefined;
}

/** A caller's call from its INVITE to its record: `Pursuit` finds somebody, `Connection` has it once it is answered. */
export class Call implements UasInviteHandler, PursuitOwner {
  readonly id: string;
  readonly records: RecordBuilder;
  readonly services: CallServices;
  readonly #identity: CallerIdentity;
  readonly #isWithheld: boolean;
  #device: DeviceRef | undefined;
  readonly #lease: ChannelLease | undefined;
  #face: SdpFace;
  /** Both only until the answer: a call that is talked in for an hour holds nothing of how it came about. */
  #invite: UasInvite | undefined;
  #pursuit: Pursuit | undefined;
  #machine: MachineLeg | undefined;
  #machineParty: CallerIdentity | undefined;
  #connection: Connection | undefined;
  /** The caller's place in the conference that it made. */
  #place: { readonly focus: Focus; readonly party: HostPlace } | undefined;
  #display: DisplayUpdate | undefined;
  /** What is left of the connection when one side hears a conference or a machine. */
  #hosted: HostedSide | undefined;
  #onAcknowledged: ((payload: Payload | undefined) => void) | undefined;
  #isRingingTold = false;
  /** Whose early media the caller hears; undefined: nobody's. */
  #heard: string | undefined;
  /** Status of the last response with early media. */
  #early = 0;
  #isOver = false;

  constructor(services: CallServices, incoming: Incoming) {
    this.services = services;
    this.#invite = incoming.invite;
    this.#lease = incoming.lease;
    this.#device = incoming.device;
    this.#isWithheld = incoming.isWithheld;
    this.id = services.random.hex(12);
    this.#face = new SdpFace(services.random);
    this.#identity = identify(services.system(), incoming.caller);
    const group = incoming.caller.from === 'trunk' ? incoming.caller.trunkGroup : undefined;
    this.records = new RecordBuilder(this.id, partyOf(this.#identity, group), services.clock, services.records);
    const { isWithheld, maxForwards, invite, redirections } = incoming;
    if (isWithheld) this.records.callerWithheld();
    const caller = { call: this, identity: this.#identity, isWithheld, redirections, maxForwards, offer: invite.offer };
    this.#pursuit = new Pursuit(services, caller, this.records, this);
    invite.handler = this;
  }

  start({ caller, dialled, invite }: Incoming): void {
    this.services.calls.add(this);
    invite.trying();
    this.records.open(dialled);
    const { station } = this.#identity;
    if (station !== undefined) this.services.userCalls.enter(station, this);
    if (dialled === FACTORY && station !== undefined) return this.#toConference(station);
    this.#pursuit?.follow(originate(this.services.system(), caller, dialled));
  }

  /** The dialogs of this station's devices in the call. */
  dialogsOf(station: string): readonly DeviceDialog[] {
    if (this.#hosted) return this.#hosted.dialogsOf(station);
    if (this.#connection) return this.#connection.dialogsOf(station);
    const called = this.#pursuit?.dialogsOf(station) ?? [];
    return this.#identity.station === station ? [...this.#callerDialog(), ...called] : called;
  }

  /** A device goes on with what another one of its user has with a machine of ours: true when that is in this call. */
  moveMachine(session: Session, { invite, identity, device }: TakeoverRequest): boolean {
    if (this.#hosted?.isOf(session, identity.station)) {
      void this.#hosted.moveTo(invite, device);
      return true;
    }
    if (this.#machine?.session !== session || this.#identity.station !== identity.station) return false;
    const focus = this.#place?.focus;
    if (focus) invite.contactAs(focus.user, IS_FOCUS);
    void this.#machine.moveTo({ invite, face: new SdpFace(this.services.random), to: device }, () => {
      this.#device = device;
      this.#machineChanged();
    });
    return true;
  }

  /** A device that has come while the call rings for its station rings too. */
  joinRinging(station: string, binding: Binding): void {
    if (this.#connection) this.#connection.joinRinging(station, binding);
    else this.#pursuit?.joinRinging(station, binding);
  }

  /** Whoever talks goes on, also when one side was removed: an administrator's change cuts nobody off. */
  onSystemChanged(system: System): void {
    if (this.#connection) this.#connection.onSystemChanged(system);
    else this.#pursuit?.onSystemChanged(system);
  }

  /** Who rings for this station, though no device of it may be there yet; undefined: nobody. */
  ringingFor(station: string): { readonly remote: DeviceDialog['remote'] } | undefined {
    return this.#connection ? undefined : this.#pursuit?.ringingFor(station);
  }

  /** A device answers what rings at another one of its user: true when that is a part of this call. */
  pickUp(request: TakeoverRequest): boolean {
    return this.#connection?.pickUp(request) ?? this.#pursuit?.pickUp(request) ?? false;
  }

  /** The caller's own dialog while nobody has answered, or a machine has. */
  #callerDialog(): DeviceDialog[] {
    const own = { device: this.#device, direction: 'initiator' } as const;
    const answered = this.#machine?.session;
    if (answered) {
      const { callId, localTag: gatewayTag, remoteTag: deviceTag } = answered.dialog;
      return [
        {
          ...own,
          state: 'confirmed',
          callId,
          gatewayTag,
          deviceTag,
          remote: this.#place?.focus.shownTo(this.#place.party) ?? this.#machineParty,
          isHolding: isHolding(answered.remotePayload),
        },
      ];
    }
    const { request, localTag: gatewayTag } = this.#invite ?? {};
    if (!request || gatewayTag === undefined) return [];
    const { callId, from } = request;
    const state = this.#isRingingTold ? 'early' : 'trying';
    const remote = this.#pursuit?.party;
    return [{ ...own, state, callId, gatewayTag, deviceTag: from.tag, remote, isHolding: false }];
  }

  /** Ends the call from outside: shut-down, administration. */
  hangUp(detail: string): void {
    const reason = sipReason(503, detail);
    if (this.#hosted) return this.#hosted.close(detail, reason);
    if (this.#connection) return this.#connection.hangUp(detail, reason);
    if (this.#machine) return this.#machine.hangUp(reason);
    this.#pursuit?.cancel(reason);
    this.#refuse(503, detail, 'failed');
  }

  // ---- while it rings ----

  onPursuitAlerting(
    response: SipResponse | undefined,
    payload: Payload | undefined,
    party: CallerIdentity | undefined,
  ): void {
    const status = response?.status ?? 180;
    const headers = connectedHeaders(party, this.services.domain());
    if (payload && response) {
      // A repetition by the network or the phone is none of ours.
      const isHeard = this.#heard === sourceOf(response) && this.#early === status && !this.#face.wouldChange(payload);
      if (isHeard) return;
      this.#isRingingTold ||= status === 180;
      this.#early = status;
      this.#hear(sourceOf(response));
      return this.#invite?.progress(status, { payload: this.#face.present(payload), headers });
    }
    // One steady ringback, whatever the phones say and however often; but who hears somebody else's early media, and nothing
    // any more, is told in a dialog of its own that it rings (RFC 3960 §3.2).
    const isAfterMedia = response !== undefined && this.#heard !== undefined && this.#heard !== sourceOf(response);
    if ((this.#isRingingTold && !isAfterMedia) || status === 181) return;
    if (isAfterMedia) this.#hear(sourceOf(response));
    if (isAfterMedia) this.#heard = undefined;
    this.#isRingingTold = true;
    this.services.userCalls.changed(this.#identity.station);
    this.#invite?.progress(180, { headers });
  }

  /** A caller that has heard somebody's early media takes the description of anybody else in a dialog of its own. */
  #hear(source: string): void {
    if (this.#heard !== undefined && this.#heard !== source) {
      this.#invite?.anotherDialog();
      this.#face = new SdpFace(this.services.random);
    }
    this.#heard = source;
  }

  onPursuitForwarded(headers: ExtraHeaders): void {
    this.#invite?.progress(181, { headers });
  }

  onNotReached({ status, reason, result }: NotReached): void {
    this.#refuse(status, reason, result);
  }

  /** The caller gave up. */
  onCancel(_invite: UasInvite, reason: string | undefined): void {
    this.#pursuit?.cancel(reason);
    this.#machine?.cancel();
    this.#finish('cancelled', 'The caller hung up before an answer');
    // Somebody had answered, but the caller's phone was not told yet.
    this.#connection?.hangUp('The caller hung up before an answer');
  }

  // ---- the answer ----

  onReached({ answer, party, station, lease, device }: Reached): void {
    if (!this.#invite) return;
    const headers = [...connectedHeaders(party, this.services.domain()), ...takesMicrophone(this.#device)];
    if (this.#heard !== undefined) this.#hear(answer.source);
    const invite = this.#invite;
    this.#invite = this.#pursuit = undefined;
    const session = invite.accept({ payload: this.#face.present(answer.payload), headers });
    if (invite.offer) answer.branch.acknowledge(answer);
    else this.#onAcknowledged = (payload) => answer.branch.acknowledge(answer, payload);
    this.#connection = new Connection(
      this,
      {
        session,
        face: this.#face,
        party: this.#shown,
        direction: 'initiator',
        station: this.#identity.station,
        lease: this.#lease,
        device: this.#device,
      },
      { session: answer.session, face: answer.branch.face, party, direction: 'recipient', station, lease, device },
    );
  }

  /** A new conference, with the caller as its first party (RFC 4579 §5.4). */
  #toConference(station: string): void {
    const { conferences, system } = this.services;
    if (system().stations.get(station)?.state === 'signedOff') {
      const { status, text } = refuse('callerSignedOff');
      return this.#refuse(status, text, 'refused');
    }
    const focus = conferences.create(station);
    const party = new HostPlace({
      identity: this.#shown,
      station,
      session: () => this.#machine?.session,
      device: () => this.#device,
      show: (shown) => this.#showOnMachine(shown),
      hangUp: (reason) => this.#machine?.hangUp(reason),
    });
    this.#place = { focus, party };
    this.#invite?.contactAs(focus.user, IS_FOCUS);
    this.records.callee(partyOf({ name: focus.party.name }));
    focus.add(party);
    const endpoint = () => focus.endpoint(() => focus.remove(party));
    const onRefer = (session: Session, refer: ServerTransaction) =>
      referIntoConference(this.services, focus, station, session, refer);
    this.onMachine(endpoint, 'conference', focus.party, undefined, onRefer);
  }

  #showOnMachine(shown: ShownParty): void {
    this.#display?.cancel();
    const session = this.#machine?.session;
    if (!session) return;
    this.#machine?.introduceAs(connectedHeaders(shown, this.services.domain()));
    this.#display = tellDisplay(this.services, session, shown);
    this.services.userCalls.changed(this.#identity.station);
  }

  #machineChanged(): void {
    this.services.userCalls.changed(this.#identity.station);
    this.#place?.focus.changed();
  }

  /** One side of the connection hears a conference or a machine now; the other one has left. */
  onHosted(hosted: HostedSide): void {
    this.#hosted = hosted;
  }

  onMachine(
    endpoint: (onEnd: () => void) => MediaEndpoint,
    kind: string,
    party: CallerIdentity | undefined,
    detail: string | undefined,
    onMachineRefer?: (session: Session, refer: ServerTransaction) => void,
  ): void {
    const invite = this.#invite;
    if (!invite) return;
    const leg = this.records.leg(kind, undefined);
    if (this.#heard !== undefined) this.#hear(kind);
    const headers = connectedHeaders(party, this.services.domain());
    const machine = new MachineLeg(
      invite,
      this.#device,
      endpoint(() => machine.hangUp()),
      headers,
      {
        onMachineAnswered: () => {
          this.records.answered(leg);
          this.services.userCalls.changed(this.#identity.station);
        },
        onMachineFailed: (status, reason) => {
          this.records.ended(leg, status);
          this.#finish('failed', reason);
        },
        onMachineRefer,
        onMachineChanged: () => this.#machineChanged(),
        onMachineEnded: (why) => {
          this.#finish('answered', detail ?? (why === 'machine' ? 'The machine ended the call' : 'The caller hung up'));
        },
      },
    );
    this.#machine = machine;
    this.#machineParty = party;
    this.#onAcknowledged = (payload) => machine.acknowledged(payload);
    void machine.start();
  }

  /** What the party that the caller talks to may know of it, also later in the call. */
  get #shown(): CallerIdentity {
    if (!this.#isWithheld) return this.#identity;
    const { number: _, name: __, ...rest } = this.#identity;
    return rest;
  }

  onConnectionEnd(detail: string): void {
    this.#finish('answered', detail);
  }

  onAck(_session: Session, payload: Payload | undefined): void {
    const callback = this.#onAcknowledged;
    this.#onAcknowledged = undefined;
    callback?.(payload);
  }

  // ---- requests in the caller's dialog before the call is answered ----

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
    this.#finish('answered', 'The caller hung up');
  }

  onEnded(): void {
    this.#finish('answered', "The caller's session ended");
  }

  // ---- the end ----

  #refuse(status: number, reason: string, result: CallResult): void {
    // 480 is no answer and nobody there alike: the cause tells which.
    const cause = result === 'noAnswer' ? 408 : status;
    this.#invite?.reject(status, { reason, headers: [['Reason', sipReason(cause, reason)]] });
    this.#finish(result, reason);
  }

  #finish(result: CallResult, detail: string | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { station } = this.#identity;
    // A connection gives back what its sides hold; before that it is the caller's alone.
    if (!this.#connection && station !== undefined) this.services.userCalls.leave(station, this);
    this.#lease?.release();
    this.services.calls.remove(this);
    const place = this.#place;
    if (place) this.records.callee(partyOf({ name: place.focus.recordedFor(place.party) }));
    this.records.close(result, detail);
  }
}
