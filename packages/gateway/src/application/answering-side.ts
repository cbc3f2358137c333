import type { EndpointErrorCode, MediaEndpoint } from '@unisono/media';
import { type Payload, payloadOf, type ReinviteExchange, type ServerTransaction, type Session } from '@unisono/sip';

/** A party's session whose offers an endpoint of ours answers. */
export interface AnsweringSide {
  readonly endpoint: MediaEndpoint;
  /** Where its media may come from beside what it describes. */
  readonly source?: { readonly fromAddresses: readonly string[] };
  present(sdp: string): Payload | undefined;
  /** Status of a re-INVITE that cannot be answered. */
  refusalOf(code: EndpointErrorCode): number;
  /** What is agreed is different now. */
  onChanged(): void;
}

/** Answers a re-INVITE, or makes the offer that it asks for. One that was settled meanwhile is left alone. */
export async function answerReinvite(side: AnsweringSide, session: Session, exchange: ReinviteExchange): Promise<void> {
  const { endpoint, source } = side;
  const { offer } = exchange;
  const result = await (offer ? endpoint.answer(offer.bytes, source) : endpoint.offer());
  if (session.isTerminated || !exchange.isOpen) return;
  if (!result.ok) return exchange.reject(side.refusalOf(result.code));
  exchange.accept(side.present(result.sdp), (late) => {
    if (late && !offer) endpoint.accept(late.bytes, source);
    side.onChanged();
  });
  side.onChanged();
}

/** Answers an UPDATE. One that the end of the session has answered is left alone. */
export async function answerUpdate(side: AnsweringSide, session: Session, update: ServerTransaction): Promise<void> {
  const offer = payloadOf(update.request);
  if (!offer) return session.answerUpdate(update, undefined);
  const result = await side.endpoint.answer(offer.bytes, side.source);
  if (session.isTerminated) return;
  if (!result.ok) return session.rejectUpdate(update, 488);
  session.answerUpdate(update, side.present(result.sdp));
  side.onChanged();
}
