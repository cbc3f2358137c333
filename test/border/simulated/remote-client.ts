import {
  type FakeNode,
  type Flow,
  isFlow,
  type SendFailure,
  type Target,
  type Transport,
  type TransportEvents,
} from '@unisono/sip';
import { SimPhone } from '../../../packages/gateway/src/simulation/phone.ts';

/** A client outside: it registers as RFC 5626 has it, and may come back from another address in the middle of a call. */
export class RemoteClient extends SimPhone {
  /** Set while the base class is being made: it must not be declared as a field of its own. */
  declare roaming: RoamingTransport;

  /** Changes to another border, on a new connection of its own. */
  turnTo(server: Target): void {
    this.roaming.server = server;
  }

  /** Changes networks. `quietly`: nobody is told that the old connection is gone. */
  move(address: string, quietly = false): void {
    const { network, port, transport } = this.options;
    if (quietly) this.node.vanish();
    else this.node.close();
    this.node = network.attach(address, port, this.roaming.events, [transport]);
    this.roaming.node = this.node;
  }

  protected override connect(events: TransportEvents): Transport {
    super.connect(events);
    this.roaming = new RoamingTransport(this.node, this.options.server, events);
    return this.roaming;
  }

  protected override contactFor(hop: Flow | Target): string {
    const contact = this.ua.contactFor(hop, this.username);
    return `${contact};reg-id=1;+sip.instance="<urn:uuid:${this.address}>"`;
  }
}

/** Sends from wherever the client is now, and to the border alone, as a browser does. */
class RoamingTransport implements Transport {
  node: FakeNode;
  readonly events: TransportEvents;
  server: Target;

  constructor(node: FakeNode, server: Target, events: TransportEvents) {
    this.node = node;
    this.events = events;
    this.server = server;
  }

  send(bytes: Buffer, to: Flow | Target, onFailure: (failure: SendFailure) => void): void {
    // A request too long for a datagram asks for a stream (RFC 3261 §18.1.1), and is told when there is none.
    const server = this.server.transport === 'udp' ? { ...this.server, transport: to.transport } : this.server;
    this.node.send(bytes, isFlow(to) && to.isOpen ? to : server, onFailure);
  }

  localFor(to: Flow | Target): { host: string; port: number } | undefined {
    return this.node.localFor(to);
  }
}
