import type { LiveDialog } from '../dialog/live-dialog.ts';
import type { Payload } from '../dialog/payload.ts';
import { makeResponse } from '../message/build.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import type { UserAgentCore } from '../ua/core.ts';
import { DEFAULT_INTERVALS, type NotifierHandler, NotifierSubscription } from './notifier.ts';
import { sipfragPayload } from './sipfrag.ts';

/** How long what was asked for may take before the subscription ends by itself. */
export const REFER_EXPIRES_SEC = 180;

/**
 * The implicit subscription of a REFER (RFC 3515 §2.4.4): tells whoever sent it how the referred request goes. It lives in
 * the dialog of the REFER and outlives a session there (RFC 5057 §3.1).
 */
export class ReferSubscription implements NotifierHandler {
  readonly #core: UserAgentCore;
  readonly #live: LiveDialog;
  readonly #notifier: NotifierSubscription | undefined;
  #latest: Payload | undefined;

  /** `Refer-Sub: false` asks for no subscription at all (RFC 4488 §4). */
  constructor(core: UserAgentCore, live: LiveDialog, refer: ServerTransaction) {
    const { headers, cseq } = refer.request;
    this.#core = core;
    this.#live = live;
    if (headers.get('Refer-Sub')?.toLowerCase() === 'false') return;
    this.#notifier = new NotifierSubscription({
      core,
      live,
      event: { package: 'refer', id: String(cseq.sequence) },
      intervals: { ...DEFAULT_INTERVALS, defaultSec: REFER_EXPIRES_SEC },
      state: 'active',
      handler: this,
    });
  }

  /** False when the other side wants to hear nothing. */
  get isWanted(): boolean {
    return this.#notifier !== undefined;
  }

  /** Answers the REFER with 202. Tell 100 at once: a NOTIFY must follow. */
  accept(refer: ServerTransaction): void {
    const response = makeResponse(refer.request, 202, { toTag: this.#live.record.localTag });
    response.headers.copy('Record-Route', refer.request.headers);
    this.#core.fillResponse(response, this.#live.contact);
    if (!this.#notifier) response.headers.append('Refer-Sub', 'false');
    refer.respond(response);
    this.#notifier?.start();
    this.#notifier?.extend(REFER_EXPIRES_SEC);
  }

  /** Tells the state of the referred request; a final status ends the subscription. `told` runs when the other side has it. */
  notify(status: number, reason: string, told: () => void = () => {}): void {
    this.#latest = sipfragPayload({ status, reason });
    if (!this.#notifier) told();
    else if (status < 200) this.#notifier.changed(told);
    else this.#notifier.terminate('noresource', told);
  }

  currentState(): Payload | undefined {
    return this.#latest ?? sipfragPayload({ status: 100, reason: 'Trying' });
  }
}
