export type { ConnectionLine, ConnectionState } from './connection.ts';
export type { TransportCounters } from './counters.ts';
export { ListenError, type ListenErrorCode, type ProblemCode, type TransportProblem } from './errors.ts';
export { FakeNetwork, type FakeNetworkOptions, type Sent } from './fake-network.ts';
export type { FakeNode } from './fake-node.ts';
export { addressOf, hostText } from './host-text.ts';
export {
  InProcessLink,
  type InProcessLinkOptions,
  LINK_ADDRESS,
  LinkEnd,
  TransportWithLink,
} from './in-process-link.ts';
export { MAX_UDP_REQUEST_OCTETS, prefersStream, transportForSize } from './large-request.ts';
export {
  type Certificate,
  DEFAULT_LIMITS,
  type ListenPoint,
  type SocketTransportOptions,
  type TlsClientOptions,
  type TlsServerOptions,
  type TransportLimits,
  type WsServerOptions,
} from './options.ts';
export { type BoundPoint, SocketTransport, type TransportSnapshot } from './socket-transport.ts';
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
