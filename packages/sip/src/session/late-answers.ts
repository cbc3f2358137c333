import type { LiveDialog } from '../dialog/live-dialog.ts';
import { type ClientWay, openAsClient } from '../dialog/open-dialog.ts';
import { HeaderList } from '../message/headers.ts';
import { SipRequest, type SipResponse } from '../message/message.ts';
import type { ClientTransactionUser } from '../transaction/client-transaction.ts';
import type { UserAgentCore } from '../ua/core.ts';
import { Session } from './session.ts';
import type { EarlyOwner, SessionHandler } from './session-handler.ts';
import { type AnsweredFork, repeatAck, UacFork } from './uac-fork.ts';

export interface LateAnswersOptions {
  readonly core: UserAgentCore;
  /** The INVITE as it was sent. */
  readonly invite: SipRequest;
  readonly way: ClientWay;
  /** Reason header of the BYE to whoever answers too late. */
  readonly reason: string | undefined;
}

/**
 * Takes the 2xx that come to an INVITE of ours after the first one, as long as Timer M runs: one that is repeated has its
 * ACK repeated, another fork is acknowledged and hung up (RFC 3261 §13.2.2.4). It holds nothing of the call, which may be
 * over long before: at a thousand calls a second, thirty thousand of these wait.
 */
export class LateAnswers implements ClientTransactionUser {
  readonly #core: UserAgentCore;
  readonly #way: ClientWay;
  readonly #reason: string | undefined;
  readonly #uriText: string;
  readonly #credentials: HeaderList | undefined;
  readonly #madeOffer: boolean;
  /** Who has answered, the last one first. */
  #answered: AnsweredFork;

  constructor({ core, invite, way, reason }: LateAnswersOptions, first: AnsweredFork) {
    this.#core = core;
    this.#way = way;
    this.#reason = reason;
    this.#uriText = invite.uriText;
    this.#credentials = credentialsOf(invite);
    this.#madeOffer = invite.body.length > 0;
    this.#answered = first;
  }

  onResponse(response: SipResponse): void {
    const tag = response.to.tag ?? '';
    let known: AnsweredFork | undefined = this.#answered;
    while (known && known.tag !== tag) known = known.next;
    if (known) repeatAck(this.#core.layer.transport, known);
    else this.#hangUp(response);
  }

  onTimeout(): void {}

  onTransportError(): void {}

  #hangUp(response: SipResponse): void {
    const invite = this.#inviteOf(response);
    const live = openAsClient(this.#core, invite, response, this.#way);
    const fork = new UacFork(this.#sessionIn(live), invite);
    fork.answered.next = this.#answered;
    this.#answered = fork.answered;
    if (!this.#madeOffer) fork.takeSuccess(response);
    fork.session.own.confirm(response, fork);
    fork.session.bye(this.#reason === undefined ? undefined : [['Reason', this.#reason]]);
  }

  #sessionIn(live: LiveDialog): Session {
    const session = new Session({ core: this.#core, live, handler: NOBODY, early: NOBODY });
    live.join(session);
    return session;
  }

  /** What of the INVITE a dialog and an ACK are made from; the response repeats the rest of it (RFC 3261 §8.2.6.2). */
  #inviteOf({ headers }: SipResponse): SipRequest {
    const own = this.#credentials?.clone() ?? new HeaderList();
    own.copy('From', headers).copy('To', headers).copy('Call-ID', headers).copy('CSeq', headers);
    return new SipRequest('INVITE', this.#uriText, own);
  }
}

function credentialsOf({ headers }: SipRequest): HeaderList | undefined {
  if (!headers.has('Authorization') && !headers.has('Proxy-Authorization')) return undefined;
  return new HeaderList().copy('Authorization', headers).copy('Proxy-Authorization', headers);
}

/** The session is over before anything could be asked of it. */
const NOBODY: SessionHandler & EarlyOwner = {
  onReinvite: (_session, exchange) => exchange.reject(481),
  onUpdate: (session, update) => session.rejectUpdate(update, 481),
  onRequest: (_session, request) => request.reply(481),
  onBye() {},
  onEnded() {},
  onEarlyBye() {},
  onEarlyHangUp() {},
};
