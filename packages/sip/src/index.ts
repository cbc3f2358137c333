export * from './digest/index.ts';
export * from './message/index.ts';
export type { Clock, Timer, TimerTarget } from './time/clock.ts';
export { type Random, SeededRandom, SystemRandom } from './time/random.ts';
export { SystemClock, TimerWheel, WHEEL_TICK_MS } from './time/timer-wheel.ts';
export { VirtualClock } from './time/virtual-clock.ts';
export {
  type Flow,
  isFlow,
  type SendFailure,
  type Target,
  type Transport,
  type TransportEvents,
  type TransportName,
} from './transport/transport.ts';
