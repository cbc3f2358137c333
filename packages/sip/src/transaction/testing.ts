import { HeaderList } from '../message/headers.ts';
import { SipRequest, type SipResponse } from '../message/message.ts';
import { SeededRandom } from '../time/random.ts';
import { VirtualClock } from '../time/virtual-clock.ts';
import { FakeNetwork, type FakeNetworkOptions } from '../transport/fake-network.ts';
import type { FakeNode } from '../transport/fake-node.ts';
import { Recorder } from '../transport/testing.ts';
import type { Flow, SendFailure, Target, TransportName } from '../transport/transport.ts';
import type { ClientTransactionUser } from './client-transaction.ts';
import { TransactionLayer } from './layer.ts';
import type { ServerTransaction } from './server-transaction.ts';

export const NODE_ADDRESS = '10.0.0.1';
export const PEER_ADDRESS = '10.0.0.2';

/** A transaction layer at `NODE_ADDRESS` and, at `PEER_ADDRESS`, a peer that only does what the test writes for it. */
export class LayerBench {
  readonly clock = new VirtualClock();
  readonly network: FakeNetwork;
  readonly layer: TransactionLayer;
  readonly node: FakeNode;
  readonly peer: FakeNode;
  readonly heard = new Recorder();
  readonly transport: TransportName;
  readonly requests: ServerTransaction[] = [];
  readonly acks: SipRequest[] = [];
  /** `[ms, first line]` of what the node sent. */
  readonly sent: [atMs: number, line: string][] = [];
  /** Called for each request before the layer goes on. */
  onRequest: (transaction: ServerTransaction) => void = () => {};
  screen: ((request: SipRequest, flow: Flow) => SipResponse | 'drop' | undefined) | undefined;

  constructor(transport: TransportName = 'udp', options: Partial<FakeNetworkOptions> = {}) {
    this.transport = transport;
    const random = new SeededRandom(1);
    this.network = new FakeNetwork({ ...options, clock: this.clock, random });
    this.peer = this.network.attach(PEER_ADDRESS, 5060, this.heard, [transport]);
    this.node = this.network.attach(
      NODE_ADDRESS,
      5060,
      {
        onMessage: (message, flow) => this.layer.receive(message, flow),
        onMalformed() {},
        onFlowClosed() {},
      },
      [transport],
    );
    this.network.tap = ({ atMs, from, bytes }) => {
      if (from.address === NODE_ADDRESS) this.sent.push([atMs, bytes.toString().split('\r\n')[0] as string]);
    };
    this.layer = new TransactionLayer({
      transport: this.node,
      clock: this.clock,
      random,
      user: {
        screen: (request, flow) => this.screen?.(request, flow),
        onRequest: (transaction) => {
          this.requests.push(transaction);
          this.onRequest(transaction);
        },
        onAck: (ack) => this.acks.push(ack),
      },
    });
  }

  get toPeer(): Target {
    return { transport: this.transport, address: PEER_ADDRESS, port: 5060 };
  }

  /** Lets the peer send octets to the node; over a stream on the connection that is open. */
  peerSends(bytes: string | Buffer): void {
    const target = { transport: this.transport, address: NODE_ADDRESS, port: 5060 };
    const open = this.heard.flows.at(-1);
    const way = this.transport !== 'udp' && open?.isOpen ? open : target;
    this.peer.send(Buffer.from(bytes), way, () => {});
    this.settle();
  }

  /** Lets what is under way arrive; without delay in the network no time passes. */
  settle(): void {
    for (let i = 0; i < 20 && this.network.inFlight > 0; i++) this.clock.advance(0);
  }

  /** When the node sent messages that begin with `start`, in ms. */
  timesSent(start: string): number[] {
    return this.sent.filter(([, line]) => line.startsWith(start)).map(([atMs]) => atMs);
  }
}

export interface RequestParts {
  readonly branch?: string;
  readonly sequence?: number;
  readonly uriText?: string;
  readonly toTag?: string;
  readonly fromTag?: string;
  readonly callId?: string;
  /** Everything of the Via behind the transport. */
  readonly via?: string;
  readonly headers?: readonly string[];
}

/** A request as the peer writes it. */
export function requestText(method: string, parts: RequestParts = {}): string {
  const { branch = 'z9hG4bKpeer1', sequence = 1, uriText = 'sip:node@10.0.0.1', callId = 'call-1' } = parts;
  const via = parts.via ?? `${PEER_ADDRESS}:5060;branch=${branch};rport`;
  const to = parts.toTag === undefined ? '<sip:node@10.0.0.1>' : `<sip:node@10.0.0.1>;tag=${parts.toTag}`;
  const lines = [
    `${method} ${uriText} SIP/2.0`,
    `Via: SIP/2.0/UDP ${via}`,
    'Max-Forwards: 70',
    `From: <sip:peer@10.0.0.2>;tag=${parts.fromTag ?? 'peer'}`,
    `To: ${to}`,
    `Call-ID: ${callId}`,
    `CSeq: ${sequence} ${method}`,
    ...(parts.headers ?? []),
    'Content-Length: 0',
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** A request for the node to send. */
export function ownRequest(method: string): SipRequest {
  const headers = new HeaderList();
  headers
    .append('Max-Forwards', '70')
    .append('From', '<sip:node@10.0.0.1>;tag=node')
    .append('To', '<sip:peer@10.0.0.2>');
  headers.append('Call-ID', 'own-1').append('CSeq', `1 ${method}`);
  return new SipRequest(method, 'sip:peer@10.0.0.2', headers);
}

/** The peer's response to a request it heard. */
export function responseText(request: SipRequest, status: number, toTag = 'peer-tag'): string {
  const { headers } = request;
  const vias = headers.all('Via').map((via) => `Via: ${via}`);
  const to = headers.get('To') ?? '';
  const lines = [
    `SIP/2.0 ${status} Whatever`,
    ...vias,
    `From: ${headers.get('From')}`,
    `To: ${status > 100 && !to.includes('tag=') ? `${to};tag=${toTag}` : to}`,
    `Call-ID: ${headers.get('Call-ID')}`,
    `CSeq: ${headers.get('CSeq')}`,
    'Content-Length: 0',
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** What the user of a client transaction was told. */
export class ClientLog implements ClientTransactionUser {
  readonly events: (number | 'timeout' | SendFailure)[] = [];

  onResponse(response: SipResponse): void {
    this.events.push(response.status);
  }

  onTimeout(): void {
    this.events.push('timeout');
  }

  onTransportError(failure: SendFailure): void {
    this.events.push(failure);
  }
}
