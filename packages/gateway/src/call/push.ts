import type { Ring } from '@unisono/pbx';
import { refuse } from '@unisono/pbx';
import type { ExtraHeaders, ServerTransaction, SipResponse } from '@unisono/sip';
import { type Binding, clientKey, deskKey } from '../registrar/location.ts';
import { sameContact } from '../registrar/registration.ts';
import type { BranchAnswer, BranchInvite } from './branch.ts';
import type { ConnectedSide, Connection } from './connection.ts';
import { type DeviceDialog, deviceOf } from './device-dialog.ts';
import { COMPLETED_ELSEWHERE, partyAddress, shownInside, sipReason } from './identity-headers.ts';
import { handMicrophone, microphoneHeader } from './microphone.ts';
import type { TakeoverRequest } from './pick-up.ts';
import { restore } from './renegotiation.ts';
import { type RingContacts, type RingEnd, Ringing, type RingOwner } from './ringing.ts';

/** Tells the phone that asked for a transfer how it goes (RFC 3515 §2.4.4). */
export interface TransferProgress {
  /** `told` runs once the phone has got it, or cannot be told. */
  notify(status: number, reason: string, told?: () => void): void;
}

/** So long the other device rings; the call stays with the one that asks until it is answered there. */
const PUSH_RING_SEC = 20;

/** A phone that hears nothing more of us stops ringing by itself (RFC 3261 §13.3.1). */
const EXPIRES = ['Expires', '35'] as const;

/** Tells a device that rings that its own user moves a call to it, and from which one. Nothing asks it to answer by itself. */
function movedFrom({ device }: ConnectedSide): ExtraHeaders {
  return [['Unisono-Moved-From', device?.id ?? device?.kind ?? 'desk']];
}

/**
 * Moves a running call to another device of the same user: to the one whose `gr` is named, or to whichever of the others
 * answers first. The device that asks keeps the call until the other party takes part in the new one.
 */
export function push(
  connection: Connection,
  asking: ConnectedSide,
  refer: ServerTransaction,
  device: string | undefined,
): void {
  const station = asking.station as string;
  const contacts = otherDevices(connection, asking, station, device);
  if (contacts.desk.length + contacts.clients.length === 0) {
    return refer.reply(480, { reason: device === undefined ? 'No Other Device' : 'Device Not Reachable' });
  }
  if (!connection.letGo(asking)) return refer.reply(491);
  new Push(connection, asking, station, device, asking.session.acceptRefer(refer)).start(contacts);
}

/** `device`: the one that is named; without, every one but the asking one. */
function isWanted({ session, device: own }: ConnectedSide, device: string | undefined, binding: Binding): boolean {
  const { id } = deviceOf(binding);
  // A client behind the border has another Contact in each dialog: it is known by its installation.
  const isAsking =
    (own?.id !== undefined && id === own.id) || sameContact(binding.contactUri, session.dialog.remoteTarget);
  return !isAsking && (device === undefined || id === device);
}

function otherDevices(
  { call: { services } }: Connection,
  asking: ConnectedSide,
  station: string,
  device: string | undefined,
): RingContacts {
  const system = services.system();
  const nowMs = services.clock.epochMs();
  const { locations } = services.registrar;
  const ufip = system.ufipDeviceOfUser.get(system.userOfStation.get(station) ?? '');
  const isOne = (binding: Binding) => isWanted(asking, device, binding);
  const isDeskInService = system.stations.get(station)?.state === 'inService';
  return {
    desk: isDeskInService ? locations.contacts(deskKey(station), nowMs).filter(isOne) : [],
    clients: ufip === undefined ? [] : locations.contacts(clientKey(ufip), nowMs).filter(isOne),
  };
}

/** One call on its way to another device. */
class Push implements RingOwner {
  readonly #connection: Connection;
  readonly #asking: ConnectedSide;
  readonly #station: string;
  readonly #target: string | undefined;
  readonly #progress: TransferProgress;
  /** As the other devices are told when they are called. */
  readonly #isMuted: boolean;

  constructor(
    connection: Connection,
    asking: ConnectedSide,
    station: string,
    target: string | undefined,
    progress: TransferProgress,
  ) {
    this.#connection = connection;
    this.#asking = asking;
    this.#station = station;
    this.#target = target;
    this.#progress = progress;
    this.#isMuted = asking.device?.microphone?.isMuted ?? false;
  }

  start(contacts: RingContacts): void {
    const { call } = this.#connection;
    const { services, records } = call;
    this.#progress.notify(100, 'Trying');
    services.userCalls.enter(this.#station, call);
    const ringing = new Ringing(services, planOf(this.#station), contacts, this.#invite(), records, this);
    const remote = this.#remaining.party;
    this.#connection.onAbandoned(
      () => {
        ringing.cancel(sipReason(487, 'Caller hung up'));
        this.#leave();
      },
      {
        dialogsOf: (station: string): DeviceDialog[] => (station === this.#station ? ringing.dialogs(remote) : []),
        pickUp: (request: TakeoverRequest) =>
          request.identity.station === this.#station &&
          ringing.pickUp(request, remote, microphoneHeader(this.#isMuted)),
        joinRinging: (station: string, binding: Binding) => {
          if (station === this.#station && isWanted(this.#asking, this.#target, binding)) ringing.join(binding);
        },
      },
    );
    ringing.start();
  }

  onAlerting(response: SipResponse | undefined): void {
    if (response?.status === 180) this.#progress.notify(180, 'Ringing');
  }

  /** The device has answered: when the other party takes part, the one that asked is let go. */
  onAnswered(answer: BranchAnswer): void {
    answer.branch.acknowledge(answer);
    const { session, branch } = answer;
    const { party, direction, station, lease } = this.#asking;
    const { face, device } = branch;
    const next: ConnectedSide = { session, face, party, direction, station, lease, device };
    this.#connection.onAbandoned(() => this.#drop(next));
    restore(this.#connection.call.services, this.#remaining, next, (isDone) => {
      if (this.#connection.isOver) return;
      if (!isDone || session.isTerminated) {
        this.#drop(next);
        return this.#fail(488, 'Not Taken By The Other Party');
      }
      this.#leave();
      handMicrophone(this.#isMuted, next.device, answer.response ?? answer.request);
      this.#connection.hand(this.#asking, next);
      this.#progress.notify(200, 'OK', () => this.#asking.session.bye([['Reason', COMPLETED_ELSEWHERE]]));
    });
  }

  onRingEnd(end: RingEnd): void {
    this.#leave();
    if (end.kind === 'busy') return this.#fail(486, 'Busy');
    if (end.kind === 'declined' || end.kind === 'redirected') return this.#fail(603, 'Declined');
    this.#fail(end.kind === 'noAnswer' ? 408 : 480, end.kind === 'noAnswer' ? 'No Answer' : 'Device Not Reachable');
  }

  get #remaining(): ConnectedSide {
    return this.#connection.otherThan(this.#asking);
  }

  #invite(): BranchInvite {
    const { services } = this.#connection.call;
    const { number, name } = services.system().stations.get(this.#station) ?? { number: this.#station, name: '' };
    const { party, session } = this.#remaining;
    const shown = shownInside(party, false, services.domain());
    return {
      from: shown.from,
      to: partyAddress(number, name, services.domain()),
      contactUser: party.number ?? 'anonymous',
      headers: [...shown.headers, ...movedFrom(this.#asking), EXPIRES, ...microphoneHeader(this.#isMuted)],
      // As it is: whoever is on hold stays so.
      offer: session.remotePayload,
      maxForwards: 70,
    };
  }

  #drop(next: ConnectedSide): void {
    next.session.bye();
    this.#leave();
  }

  /** Takes back that the call is counted twice while it is on its way. */
  #leave(): void {
    this.#connection.call.services.userCalls.leave(this.#station, this.#connection.call);
  }

  #fail(status: number, reason: string): void {
    this.#progress.notify(status, reason);
    this.#connection.keep(`Could not be moved: ${reason}`);
  }
}

/** Both kinds of devices at once, and nothing else when they do not answer. */
function planOf(station: string): Ring {
  const declined = refuse('declined');
  return {
    kind: 'ring',
    station,
    stages: [{ afterSec: 0, targets: ['desk', 'clients'] }],
    ringSec: PUSH_RING_SEC,
    isCallWaiting: false,
    onNoAnswer: refuse('noAnswer'),
    onBusy: { decidedBy: 'allDevices', outcome: refuse('busy') },
    onUnreachable: refuse('unreachable'),
    onDecline: declined,
  };
}
