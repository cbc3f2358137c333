export type { Dialog } from './dialog/dialog.ts';
export type { DialogUsage, LiveDialog, RequestOptions } from './dialog/live-dialog.ts';
export {
  attachPayload,
  type ExtraHeaders,
  type Payload,
  payloadOf,
  sdpPayload,
} from './dialog/payload.ts';
export * from './digest/index.ts';
export { detached } from './message/detached.ts';
export * from './message/index.ts';
export { ReleasingMap } from './releasing-map.ts';
export * from './resolver/index.ts';
export { callThrough } from './session/call-through.ts';
export type { ReinviteExchange } from './session/reinvite-exchange.ts';
export { Session, type SessionSnapshot } from './session/session.ts';
export type { ResponseCallback, SessionEnd, SessionHandler, SessionPhase } from './session/session-handler.ts';
export { DEFAULT_SESSION_TIMER, type SessionTimerPolicy } from './session/session-timer.ts';
export type { InviteOutcome, UacInvite, UacInviteHandler, UacInviteOptions } from './session/uac-invite.ts';
export type { AnswerOptions, ProgressOptions, UasInvite, UasInviteHandler } from './session/uas-invite.ts';
export type { AcceptSubscriptionOptions } from './subscription/accept.ts';
export {
  DEFAULT_INTERVALS,
  type IntervalPolicy,
  type NotifierHandler,
  type NotifierSubscription,
  type SubscriptionSnapshot,
  type TerminationReason,
} from './subscription/notifier.ts';
export type { ReferHandler, ReferOptions } from './subscription/refer-request.ts';
export type { ReferSubscription } from './subscription/refer-subscription.ts';
export { parseSipfrag, type SipfragStatus, sipfragPayload } from './subscription/sipfrag.ts';
export type {
  SubscribeOptions,
  SubscriberHandler,
  SubscriberSubscription,
  SubscriptionEnd,
} from './subscription/subscriber.ts';
export type { Clock, Timer, TimerTarget } from './time/clock.ts';
export { type Random, SeededRandom, SystemRandom } from './time/random.ts';
export { Repeater } from './time/repeater.ts';
export { SystemClock } from './time/system-clock.ts';
export { TimerWheel, WHEEL_TICK_MS } from './time/timer-wheel.ts';
export { VirtualClock } from './time/virtual-clock.ts';
export type { ClientTransaction, ClientTransactionUser } from './transaction/client-transaction.ts';
export {
  TransactionLayer,
  type TransactionLayerOptions,
  type TransactionLayerUser,
  type TransactionSnapshot,
} from './transaction/layer.ts';
export type { ServerTransaction, ServerTransactionUser } from './transaction/server-transaction.ts';
export { DEFAULT_TIMERS, type TransactionTimers } from './transaction/timers.ts';
export * from './transport/index.ts';
export {
  ClientRequest,
  type ClientRequestUser,
  type RequestFailure,
} from './ua/client-request.ts';
export type { JudgeRoute, NewRequest, RouteVerdict } from './ua/core.ts';
export type { Replaced } from './ua/find-replaced.ts';
export { isBehindNat, type LocateFailure, type Locator, numericLocator, numericTarget } from './ua/next-hop.ts';
export { type OpenUserAgent, type OpenUserAgentOptions, openUserAgent } from './ua/open-user-agent.ts';
export { UserAgent, type UserAgentHandler, type UserAgentOptions, type UserAgentSnapshot } from './ua/user-agent.ts';
