import type { MediaEndpoint } from '@unisono/media';
import type { ServerTransaction, Session, SessionEnd } from '@unisono/sip';
import type { ConnectedSide, Connection } from '../call/connection.ts';
import { connectedHeaders } from '../call/identity-headers.ts';
import type { TransferProgress } from '../call/push.ts';
import type { ShownParty } from '../call/renegotiation.ts';
import { type Host, HostedSide, offerEndpoint } from './hosted-side.ts';

/** A machine that takes over a call which is under way. */
export interface TakingMachine {
  /** Makes it; `onEnd` when it has nothing more to say. */
  readonly endpoint: (onEnd: () => void) => MediaEndpoint;
  /** As in the legs of a record. */
  readonly kind: string;
  readonly party: ShownParty | undefined;
  /** A sentence for the record. */
  readonly detail: string | undefined;
}

/** The other party of a call than `leaving` is transferred to a machine: a mailbox, an announcement. */
export function transferToMachine(
  connection: Connection,
  leaving: ConnectedSide,
  { endpoint: create, kind, party = {}, detail }: TakingMachine,
  progress: TransferProgress,
  failed: () => void,
): void {
  const { call } = connection;
  const rest = connection.otherThan(leaving);
  let hosted: HostedSide | undefined;
  const endpoint = create(() => hosted?.close(detail ?? 'The machine ended the call'));
  const leg = call.records.leg(kind, undefined);
  void offerEndpoint(connection, rest, endpoint, connectedHeaders(party, call.services.domain()), (isTaken) => {
    if (!isTaken) {
      endpoint.close();
      call.records.ended(leg, 488);
      return failed();
    }
    call.records.answered(leg);
    connection.dissolve(leaving, (bye) => {
      progress.notify(200, 'OK', () => bye([['Reason', 'SIP;cause=200;text="Transferred"']]));
    });
    hosted = new HostedSide(call, rest, endpoint, new MachineHost(party, detail));
    call.onHosted(hosted);
    call.services.userCalls.changed(rest.station);
  });
}

/** A machine asks for nothing and is told of nothing. */
class MachineHost implements Host {
  readonly shown: ShownParty;
  readonly #detail: string | undefined;

  constructor(shown: ShownParty, detail: string | undefined) {
    this.shown = shown;
    this.#detail = detail;
  }

  onRefer(_session: Session, refer: ServerTransaction): void {
    refer.reply(603);
  }

  onChanged(): void {}

  onLeaving(why: 'bye' | SessionEnd): string {
    return this.#detail ?? (why === 'bye' ? 'The party hung up' : "The party's session ended");
  }

  onLeft(): void {}
}
