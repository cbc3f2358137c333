import type { MediaEndpoint } from '@unisono/media';
import type { ServerTransaction, Session } from '@unisono/sip';
import { offerEndpoint } from '../application/hosted-side.ts';
import type { ConnectedSide, Connection } from '../call/connection.ts';
import { connectionOf } from '../call/connection-of.ts';
import { connectedHeaders } from '../call/identity-headers.ts';
import type { TransferProgress } from '../call/push.ts';
import { type ReferTarget, readReferTo } from '../call/refer-target.ts';
import { restore } from '../call/renegotiation.ts';
import type { CallServices } from '../call/services.ts';
import { type Focus, IS_FOCUS } from './focus.ts';
import { readRemoval, remove } from './removal.ts';
import { Seat } from './seat.ts';

/** What somebody is told whose place in a call is taken by a conference. */
const JOINED = 'SIP;cause=200;text="Joined a conference"';

/**
 * REFER of somebody inside in the dialog with the conference: the other party of the call that Replaces names comes in
 * (RFC 4579 §5.10), or at the host's wish somebody is put out.
 */
export function referIntoConference(
  services: CallServices,
  focus: Focus,
  station: string,
  asking: Session,
  refer: ServerTransaction,
): void {
  if (!services.system().stations.has(station)) return refer.reply(403, { reason: 'Station Is Not Configured' });
  const removal = readRemoval(refer.request);
  if (removal && station !== focus.station) return refer.reply(603, { reason: 'Only The Host Puts Somebody Out' });
  if (removal) return remove(focus, asking, refer, removal);
  const target = readReferTo(refer.request);
  if (typeof target === 'string') return refer.reply(400, { reason: target });
  const found = target.replaces && sideNamed(services, target);
  if (!found) return refer.reply(target.replaces ? 481 : 400, { reason: 'Name A Call Of Yours By Replaces' });
  if (found.side.station !== station) return refer.reply(403, { reason: 'Not Your Call' });
  admit(focus, found.connection, found.side, refer, asking);
}

/** REFER in a call, to the conference's address: the other party of this call comes in (RFC 4579 §5.5). */
export function referToConference(
  connection: Connection,
  asking: ConnectedSide,
  refer: ServerTransaction,
  focus: Focus,
): void {
  admit(focus, connection, asking, refer, asking.session);
}

function sideNamed(services: CallServices, { replaces }: ReferTarget) {
  const { callId, toTag, fromTag } = replaces ?? { callId: '', toTag: '', fromTag: '' };
  const session = services.ua.findSession(callId, toTag, fromTag) ?? services.ua.findSession(callId, fromTag, toTag);
  const connection = session && connectionOf(session);
  const side = session && connection?.sideOf(session);
  return connection && side && { connection, side };
}

function admit(
  focus: Focus,
  connection: Connection,
  leaving: ConnectedSide,
  refer: ServerTransaction,
  asking: Session,
): void {
  if (focus.isFull) return refer.reply(486, { reason: 'Conference Is Full' });
  if (!connection.letGo(leaving)) return refer.reply(491);
  const progress = asking.acceptRefer(refer);
  progress.notify(100, 'Trying');
  void new Admission(focus, connection, leaving, progress).start();
}

/** A phone inside is told that it is in a conference: by Contact, and by name. A trunk's peer shows what its caller dialled. */
function introduce(services: CallServices, { session, station }: ConnectedSide, focus: Focus) {
  if (station === undefined) return { headers: [], undo: () => {} };
  return { headers: connectedHeaders(focus.party, services.domain()), undo: session.contactAs(focus.user, IS_FOCUS) };
}

/** The other party of a call on its way into a conference. */
class Admission {
  readonly #focus: Focus;
  readonly #connection: Connection;
  readonly #leaving: ConnectedSide;
  readonly #progress: TransferProgress;
  readonly #endpoint: MediaEndpoint;
  readonly #arrived: () => void;

  constructor(focus: Focus, connection: Connection, leaving: ConnectedSide, progress: TransferProgress) {
    this.#focus = focus;
    this.#connection = connection;
    this.#leaving = leaving;
    this.#progress = progress;
    this.#endpoint = focus.endpoint();
    this.#arrived = focus.expect();
  }

  async start(): Promise<void> {
    const { services } = this.#connection.call;
    const rest = this.#connection.otherThan(this.#leaving);
    const { headers, undo } = introduce(services, rest, this.#focus);
    await offerEndpoint(this.#connection, rest, this.#endpoint, headers, (isTaken) => {
      if (isTaken && !this.#focus.isOver) return this.#takeSeat(rest);
      undo();
      // It hears the conference already, which is over.
      if (isTaken) restore(services, rest, this.#leaving);
      this.#fail(488, 'Not Taken By The Party');
    });
  }

  #takeSeat(rest: ConnectedSide): void {
    const { call } = this.#connection;
    const isCaller = this.#connection.isCaller(rest);
    this.#connection.dissolve(this.#leaving, (bye) => {
      this.#progress.notify(200, 'OK', () => bye([['Reason', JOINED]]));
    });
    const focus = this.#focus;
    const onRefer = (session: Session, refer: ServerTransaction) =>
      rest.station === undefined
        ? refer.reply(603)
        : referIntoConference(call.services, focus, rest.station, session, refer);
    call.onHosted(new Seat(call, rest, isCaller, this.#endpoint, focus, onRefer).hosted);
    this.#arrived();
  }

  #fail(status: number, reason: string): void {
    this.#endpoint.close();
    this.#arrived();
    this.#progress.notify(status, reason);
    this.#connection.keep(`Could not join the conference: ${reason}`);
  }
}
