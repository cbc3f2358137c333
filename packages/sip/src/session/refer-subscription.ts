import { makeResponse } from '../message/build.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import type { Session } from './session.ts';

/** How long a transfer may take before the subscription that REFER makes ends by itself. */
const EXPIRES_SEC = 180;

/** The implicit subscription of a REFER (RFC 3515 §2.4.4): tells the phone that asked how its transfer goes. */
export class ReferSubscription {
  readonly #session: Session;
  readonly #id: number;
  readonly #isWanted: boolean;
  #isOver = false;

  /** Answers the REFER with 202; `Refer-Sub: false` asks for no notifications (RFC 4488). */
  constructor(session: Session, refer: ServerTransaction) {
    const { request } = refer;
    this.#session = session;
    this.#id = request.cseq.sequence;
    this.#isWanted = request.headers.get('Refer-Sub')?.trim().toLowerCase() !== 'false';
    const response = makeResponse(request, 202, {});
    session.fillResponse(response);
    if (!this.#isWanted) response.headers.append('Refer-Sub', 'false');
    refer.respond(response);
  }

  /** Tells the state of the referred call; a final status ends the subscription. `told` runs when the phone has it. */
  notify(status: number, reason: string, told: () => void = () => {}): void {
    if (this.#isOver || !this.#isWanted || this.#session.isTerminated) return told();
    this.#isOver = status >= 200;
    const state = this.#isOver ? 'terminated;reason=noresource' : `active;expires=${EXPIRES_SEC}`;
    const bytes = Buffer.from(`SIP/2.0 ${status} ${reason.replace(/[\r\n]/g, ' ')}\r\n`);
    this.#session.request(
      'NOTIFY',
      {
        payload: { type: 'message/sipfrag;version=2.0', bytes },
        headers: [
          ['Event', `refer;id=${this.#id}`],
          ['Subscription-State', state],
        ],
      },
      () => told(),
    );
  }
}
