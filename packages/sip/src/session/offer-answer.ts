/** Where an offer/answer exchange stands in one dialog (RFC 3264, RFC 6337 §2.2). */
export type OfferAnswerState = 'idle' | 'offer-sent' | 'offer-received' | 'stable';

export type OfferAnswerEvent = 'sendOffer' | 'receiveOffer' | 'sendAnswer' | 'receiveAnswer';

const NEXT: Readonly<Record<OfferAnswerState, Partial<Record<OfferAnswerEvent, OfferAnswerState>>>> = {
  idle: { sendOffer: 'offer-sent', receiveOffer: 'offer-received' },
  stable: { sendOffer: 'offer-sent', receiveOffer: 'offer-received' },
  'offer-sent': { receiveAnswer: 'stable' },
  'offer-received': { sendAnswer: 'stable' },
};

/** The state after the event; undefined when the event is not allowed there (491 for an offer that crosses ours). */
export function nextOfferAnswerState(state: OfferAnswerState, event: OfferAnswerEvent): OfferAnswerState | undefined {
  return NEXT[state][event];
}
