export type { TransportCounters } from './counters.ts';
export { FakeNetwork, type FakeNetworkOptions, type Sent } from './fake-network.ts';
export type { FakeNode } from './fake-node.ts';
export { addressOf, hostText } from './host-text.ts';
export {
  type Flow,
  isFlow,
  type SendFailure,
  type Target,
  type Transport,
  type TransportEvents,
  type TransportName,
} from './transport.ts';
export { addSource, withSource } from './via-source.ts';
