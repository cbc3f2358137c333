import { deflect, normalise } from '@unisono/pbx';
import type { ExtraHeaders, ServerTransaction, SipResponse } from '@unisono/sip';
import { transferToMachine } from '../application/machine-host.ts';
import { referToConference } from '../conference/admit.ts';
import type { ConnectedSide, Connection } from './connection.ts';
import { connectionOf } from './connection-of.ts';
import { partyAddress, sipReason } from './identity-headers.ts';
import { type NotReached, Pursuit, type PursuitOwner, type Reached } from './pursuit.ts';
import { push, type TransferProgress } from './push.ts';
import { type ReferTarget, type ReplacedDialog, readReferTo } from './refer-target.ts';
import { renegotiate, restore } from './renegotiation.ts';
import { resumed } from './sdp-face.ts';

/** Answers a REFER in an answered call: a blind transfer, or an attended one when it names another call's dialog. */
export function receiveRefer(connection: Connection, asking: ConnectedSide, refer: ServerTransaction): void {
  const target = readReferTo(refer.request);
  if (typeof target === 'string') return refer.reply(400, { reason: target });
  // A trunk's peer has no class of service here: nobody outside decides whom we call.
  if (asking.station === undefined) return refer.reply(403, { reason: 'Only Stations Transfer' });
  // One that was removed in the middle of a call speaks to its end, and does nothing else.
  const isConfigured = connection.call.services.system().stations.has(asking.station);
  if (!isConfigured) return refer.reply(403, { reason: 'Station Is Not Configured' });
  const focus = connection.call.services.conferences.find(target.number, asking.station);
  if (focus) return referToConference(connection, asking, refer, focus);
  if (target.replaces) return attended(connection, asking, refer, target, target.replaces);
  blind(connection, asking, refer, target);
}

// ---- blind ----

function blind(connection: Connection, asking: ConnectedSide, refer: ServerTransaction, target: ReferTarget): void {
  if (target.number === undefined) return refer.reply(400, { reason: 'Refer-To Names No Number' });
  if (isOwnNumber(connection, asking, target.number)) return push(connection, asking, refer, target.device);
  if (!connection.letGo(asking)) return refer.reply(491);
  const progress = asking.session.acceptRefer(refer);
  new BlindTransfer(connection, asking, progress).start(target.number);
}

/** A phone that refers to its own user's number means the user's other devices. */
function isOwnNumber(connection: Connection, { station }: ConnectedSide, number: string): boolean {
  const { data, numbers } = connection.call.services.system();
  const dialled = normalise(number, data.numbering);
  const owner = dialled.kind === 'internal' ? numbers.get(dialled.number) : undefined;
  return owner?.kind === 'station' && owner.id === station;
}

/** Looks for whom the transferred party shall talk to, with the rights of the station that transfers. */
class BlindTransfer implements PursuitOwner {
  readonly #connection: Connection;
  readonly #asking: ConnectedSide;
  readonly #progress: TransferProgress;

  constructor(connection: Connection, asking: ConnectedSide, progress: TransferProgress) {
    this.#connection = connection;
    this.#asking = asking;
    this.#progress = progress;
  }

  start(number: string): void {
    const { call } = this.#connection;
    const transferred = this.#connection.otherThan(this.#asking);
    const station = this.#asking.station as string;
    const system = call.services.system();
    const referredBy = system.stations.get(station);
    const extraHeaders: ExtraHeaders = referredBy
      ? [['Referred-By', partyAddress(referredBy.number, referredBy.name, call.services.domain())]]
      : [];
    const caller = {
      call,
      identity: transferred.party,
      isWithheld: false,
      offer: resumed(transferred.session.remotePayload),
      maxForwards: 60,
      extraHeaders,
    };
    this.#progress.notify(100, 'Trying');
    call.records.diverted(station, 'transferred');
    const pursuit = new Pursuit(call.services, caller, call.records, this);
    this.#connection.onAbandoned(() => pursuit.cancel(sipReason(487, 'Caller hung up')), pursuit);
    const deflection = {
      kind: 'deflect',
      target: number,
      reason: 'unconditional',
      station,
      visited: [station],
    } as const;
    pursuit.follow(deflect(system, deflection, transferred.party));
  }

  onPursuitAlerting(response: SipResponse | undefined): void {
    if (response === undefined || response.status === 180) this.#progress.notify(180, 'Ringing');
  }

  onPursuitForwarded(): void {
    this.#progress.notify(181, 'Call Is Being Forwarded');
  }

  onReached({ answer, party, station, lease, device }: Reached): void {
    answer.branch.acknowledge(answer);
    const { face } = answer.branch;
    const next = { session: answer.session, face, party, direction: 'recipient', station, lease, device } as const;
    this.#connection.replace(this.#asking, next);
    tellDone(this.#progress, this.#asking);
  }

  /** A mailbox takes the call, or an announcement. */
  onMachine(...[endpoint, kind, party, detail]: Parameters<PursuitOwner['onMachine']>): void {
    const machine = { endpoint, kind, party, detail };
    transferToMachine(this.#connection, this.#asking, machine, this.#progress, () =>
      this.onNotReached({ status: 488, reason: 'Cannot Transfer To This Number', result: 'refused' }),
    );
  }

  onNotReached({ status, reason }: NotReached): void {
    this.#progress.notify(status, reason);
    this.#connection.keep(`Transfer failed: ${reason}`);
  }
}

// ---- attended ----

/** Joins the two parties that one phone has on two calls (RFC 5589 §7.3). */
function attended(
  connection: Connection,
  asking: ConnectedSide,
  refer: ServerTransaction,
  target: ReferTarget,
  replaced: ReplacedDialog,
): void {
  const { services } = connection.call;
  const session = services.ua.findSession(replaced.callId, replaced.toTag, replaced.fromTag);
  const second = session && connectionOf(session);
  const secondSide = session && second?.sideOf(session);
  if (!second || !secondSide) {
    // The consultation still rings, or is gone: whom it was for is called for the transferred party instead.
    return target.number === undefined ? refer.reply(481) : blind(connection, asking, refer, target);
  }
  if (second === connection || secondSide.station !== asking.station)
    return refer.reply(403, { reason: 'Not Your Call' });
  // Both calls must be free: one that is being transferred already cannot be given away too.
  if (!second.letGo(secondSide)) return refer.reply(491);
  if (!connection.letGo(asking)) {
    second.keep('Transfer refused');
    return refer.reply(491);
  }
  const progress = asking.session.acceptRefer(refer);
  progress.notify(100, 'Trying');
  join(connection, asking, second, secondSide, progress);
}

function join(
  connection: Connection,
  asking: ConnectedSide,
  second: Connection,
  secondSide: ConnectedSide,
  progress: TransferProgress,
): void {
  const transferred = connection.otherThan(asking);
  const joined = second.otherThan(secondSide);
  const { services } = connection.call;
  renegotiate(services, joined, transferred, transferred.party, (ok) => {
    if (!ok || connection.isOver || second.isOver) {
      progress.notify(603, 'Transfer Failed');
      if (ok && !second.isOver) restore(services, joined, secondSide);
      second.keep('Transfer failed');
      return connection.keep('Transfer failed');
    }
    connection.call.records.diverted(asking.station as string, 'transferred');
    second.yieldSide(joined);
    if (joined.station !== undefined) services.userCalls.enter(joined.station, connection.call);
    connection.replace(asking, joined);
    tellDone(progress, asking);
  });
}

/** The phone that transferred hears that it worked before it is hung up: a BYE that overtakes says something else. */
function tellDone(progress: TransferProgress, asking: ConnectedSide): void {
  progress.notify(200, 'OK', () => asking.session.bye([['Reason', 'SIP;cause=200;text="Transferred"']]));
}
