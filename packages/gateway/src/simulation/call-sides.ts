import {
  type Payload,
  payloadOf,
  type ReinviteExchange,
  type ServerTransaction,
  type Session,
  type SipRequest,
  type SipResponse,
  type UacInviteHandler,
  type UasInviteHandler,
} from '@unisono/sip';
import type { PhoneCall } from './phone-call.ts';

/** What the phone that made a call does with what it hears of it; `answered` runs when it is. */
export function callerSide(call: PhoneCall, offer: Payload | undefined, answered: () => void): UacInviteHandler {
  return {
    ...sessionEvents(call),
    onProgress: (_invite, response) => void call.progress.push(response.status),
    onAnswer: (invite, session, response) => {
      call.session = session;
      call.accepted = response;
      call.state = 'answered';
      call.microphone.begin(response);
      // A description that came reliably before the answer need not come again (RFC 3262 §5).
      const described = payloadOf(response) ?? session.remotePayload;
      call.remoteSdp = described?.bytes.toString();
      const answer = offer || !described ? undefined : call.media.answer(described);
      invite.acknowledge(session, response, answer);
      call.media.agreed(offer ?? answer, described);
      answered();
    },
    onFailure: (_invite, outcome) => {
      call.state = 'ended';
      call.status = outcome.kind === 'refused' ? (outcome.response as SipResponse).status : 408;
    },
  };
}

/** The same for the phone that is called. */
export function calleeSide(call: PhoneCall): UasInviteHandler {
  return {
    ...sessionEvents(call),
    onCancel: (_invite, reason) => {
      call.state = 'ended';
      call.endReason = reason;
    },
    onAck: (_session, payload) => {
      if (!payload) return;
      call.remoteSdp = payload.bytes.toString();
      call.media.agreed(call.early, payload);
    },
  };
}

/** What a phone does with requests in a call. */
function sessionEvents(call: PhoneCall) {
  return {
    onReinvite: (_session: Session, exchange: ReinviteExchange) => {
      const { offer } = exchange;
      if (!offer) {
        const ours = call.media.offer();
        return exchange.accept(ours, (answer) => {
          if (answer) call.remoteSdp = answer.bytes.toString();
          call.media.agreed(ours, answer);
        });
      }
      call.remoteSdp = offer.bytes.toString();
      const answer = call.media.answer(offer);
      exchange.accept(answer);
      call.media.agreed(answer, offer);
    },
    onUpdate: (session: Session, update: ServerTransaction) => {
      const offer = payloadOf(update.request);
      const answer = offer && call.media.answer(offer);
      session.answerUpdate(update, answer);
      call.media.agreed(answer, offer);
    },
    onRequest: (_session: Session, transaction: ServerTransaction) => {
      const { request } = transaction;
      if (request.method === 'NOTIFY') call.notified = [...(call.notified ?? []), request.body.toString().trim()];
      transaction.reply(200);
    },
    onBye: (_session: Session, bye: SipRequest) => {
      call.state = 'ended';
      call.endReason = bye.headers.get('Reason');
    },
    onEnded: () => {
      call.state = 'ended';
    },
  };
}
