import { payloadOf } from '../dialog/payload.ts';
import { isFlow } from '../transport/transport.ts';
import type { UserAgent } from '../ua/user-agent.ts';

import type { Session } from './session.ts';
import type { SessionHandler } from './session-handler.ts';
import type { UacInvite, UacInviteHandler } from './uac-invite.ts';
import type { UasInvite } from './uas-invite.ts';

/**
 * Places a caller's call to `uriText` and joins the two when it is answered: a back-to-back user agent in one call. The
 * descriptions pass through, so the media flows between the phones. For more than one target, forwarding or transfer
 * build on `UserAgent.prepareInvite` as this does.
 */
export function callThrough(ua: UserAgent, caller: UasInvite, uriText: string): void {
  caller.trying();
  ua.locate(uriText, (hop) => {
    if (!hop) return caller.reject(404);
    const called: { invite?: UacInvite } = {};
    called.invite = ua.prepareInvite({
      uriText,
      from: caller.request.from.toString().replace(/;tag=[^;]*/, ''),
      to: caller.request.to.toString(),
      hops: [hop],
      hopIsOnlyWay: isFlow(hop),
      payload: caller.offer,
      maxForwards: 69,
      contactUser: '',
      handler: calledSide(caller),
    });
    caller.handler = {
      ...joined(() => undefined),
      onCancel: (_caller, reason) => called.invite?.cancel(reason),
      onAck: (_session, answer) => called.invite && late.get(called.invite)?.(answer),
    };
    called.invite.start();
  });
}

type Late = NonNullable<ReturnType<typeof payloadOf>> | undefined;
/** Answers that the ACK of the caller brings, for calls that were placed without an offer. */
const late = new WeakMap<UacInvite, (answer: Late) => void>();

function calledSide(caller: UasInvite): UacInviteHandler {
  return {
    ...joined(() => undefined),
    onProgress: (_invite, response, payload) => caller.progress(response.status, { payload }),
    onFailure: (_invite, outcome) => caller.reject(outcome.kind === 'refused' ? outcome.response.status : 480),
    onAnswer: (invite, callee, response) => {
      if (caller.offer) invite.acknowledge(callee, response);
      else late.set(invite, (answer) => invite.acknowledge(callee, response, answer));
      const session = caller.accept({ payload: payloadOf(response) });
      session.handler = joined(() => callee);
      callee.handler = joined(() => session);
    },
  };
}

/** What one side asks in the call is asked of the other. */
function joined(other: () => Session | undefined): SessionHandler {
  return {
    onReinvite: (_session, exchange) => {
      const isSent = other()?.reinvite(exchange.offer, (outcome) => {
        if (typeof outcome !== 'object' || outcome.status >= 300) return exchange.reject(488);
        if (exchange.offer) other()?.ack(outcome);
        exchange.accept(payloadOf(outcome), (answer) => {
          if (!exchange.offer) other()?.ack(outcome, answer);
        });
      });
      if (!isSent) exchange.reject(491);
    },
    onUpdate: (session, update) => session.rejectUpdate(update, 488),
    onRequest: (_session, request) => request.reply(request.request.method === 'OPTIONS' ? 200 : 405),
    onBye: () => other()?.bye(),
    onEnded: () => other()?.bye(),
  };
}
