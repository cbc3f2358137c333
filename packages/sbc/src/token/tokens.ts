import type { Target, TransportName } from '@unisono/sip';
import type { Seal } from './seal.ts';

/** Names a way to a client so that it is found again when the client has come back by another (RFC 5626). */
export interface FlowRef {
  /** A connection's name in the flow book, or the address pair of a datagram flow. */
  readonly name: string;
  /** Whose registration it belongs to, as a digest of address of record, instance and reg-id; '' when not known. */
  readonly registration: string;
}

/** What the inside is given to reach a client: in Path, and in Record-Route of a dialog. */
export interface ClientToken extends FlowRef {
  /** The call's key; '' outside a call. */
  readonly call: string;
}

/** What the outside is given instead of an inside Contact. */
export interface PeerToken {
  /** The Contact's URI. */
  readonly contact: string;
  /** Route set to it, the nearest hop first. */
  readonly routes: readonly string[];
  /** The gateway that gave it. */
  readonly gateway: Target;
  /** The call's key; '' outside a call. */
  readonly call: string;
  /** The client that it was given to. */
  readonly client: FlowRef;
}

const CLIENT = 'client';
const PEER = 'peer';
const CALL_ID = 'call-id';
/** Stands in no URI and no header value. */
const FIELD = '\x1f';
const ELEMENT = '\x1e';

/** Writes and reads the kinds of tokens that the border hands out. */
export class Tokens {
  readonly #seal: Seal;

  constructor(seal: Seal) {
    this.#seal = seal;
  }

  writeClient({ name, registration, call }: ClientToken): string {
    return this.#seal.seal(CLIENT, [name, registration, call].join(FIELD));
  }

  readClient(token: string): ClientToken | undefined {
    const [name, registration, call] = this.#seal.open(CLIENT, token)?.split(FIELD) ?? [];
    return name === undefined || registration === undefined || call === undefined
      ? undefined
      : { name, registration, call };
  }

  /** Stands for the Call-ID of a dialog inside. */
  writeCallId(callId: string): string {
    return this.#seal.seal(CALL_ID, callId);
  }

  readCallId(token: string): string | undefined {
    return this.#seal.open(CALL_ID, token);
  }

  writePeer({ contact, routes, gateway, call, client }: PeerToken): string {
    const { transport, address, port } = gateway;
    const way = `${transport} ${address} ${port}`;
    return this.#seal.seal(
      PEER,
      [contact, routes.join(ELEMENT), way, call, client.name, client.registration].join(FIELD),
    );
  }

  readPeer(token: string): PeerToken | undefined {
    const [contact, routes, way, call, name, registration] = this.#seal.open(PEER, token)?.split(FIELD) ?? [];
    const [transport, address = '', port] = way?.split(' ') ?? [];
    if (contact === undefined || routes === undefined || call === undefined || name === undefined) return undefined;
    return {
      contact,
      routes: routes === '' ? [] : routes.split(ELEMENT),
      gateway: { transport: transport as TransportName, address, port: Number(port) },
      call,
      client: { name, registration: registration ?? '' },
    };
  }
}
