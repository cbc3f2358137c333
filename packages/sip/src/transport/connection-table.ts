import { detached } from '../message/detached.ts';
import type { Connection, ConnectionSetup } from './connection.ts';
import type { Target, TransportName } from './transport.ts';

/** The connections of one transport, and which of them may carry requests to a target (RFC 5923). */
export class ConnectionTable {
  readonly #all = new Set<Connection>();
  /** By transport, address, port and checked name; a first one is not displaced by a second. */
  readonly #byTarget = new Map<string, Connection>();
  readonly #aliases = new Map<Connection, string>();
  readonly #onEmpty: (() => void)[] = [];
  #lastId = 0;

  /** Connections open, opening and ending. */
  get size(): number {
    return this.#all.size;
  }

  nextId(setup: ConnectionSetup): string {
    return detached(`${setup.transport} ${setup.remoteAddress} ${setup.remotePort} ${++this.#lastId}`);
  }

  add(connection: Connection): void {
    this.#all.add(connection);
    this.#list(detached(keyOf(connection)), connection);
  }

  /** It carries no new requests; it is still known until its socket is gone. */
  unlist(connection: Connection): void {
    this.#unlist(keyOf(connection), connection);
    const alias = this.#aliases.get(connection);
    if (alias === undefined) return;
    this.#aliases.delete(connection);
    this.#unlist(alias, connection);
  }

  remove(connection: Connection): void {
    this.unlist(connection);
    this.#all.delete(connection);
    if (this.#all.size === 0) for (const resolve of this.#onEmpty.splice(0)) resolve();
  }

  /** Resolves when the last connection's socket is gone. */
  drained(): Promise<void> {
    if (this.#all.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onEmpty.push(resolve));
  }

  /**
   * The peer offers its connection for requests to the port it hears on (RFC 5923 §5). To be called only when it proved
   * who it is: otherwise it could draw another's requests to itself.
   */
  alias(connection: Connection, port: number): void {
    if (this.#aliases.has(connection)) return;
    const key = targetKey(connection.transport, connection.remoteAddress, port);
    this.#aliases.set(connection, key);
    this.#list(key, connection);
  }

  /** A connection that requests to the target may use. */
  find(target: Target): Connection | undefined {
    const { transport, address, port, serverName } = target;
    const checked = this.#byTarget.get(targetKey(transport, address, port, serverName));
    if (checked?.isUsable) return checked;
    if (serverName === undefined) return undefined;
    const proven = this.#byTarget.get(targetKey(transport, address, port));
    return proven?.isUsable && hasName(proven, serverName) ? proven : undefined;
  }

  [Symbol.iterator](): IterableIterator<Connection> {
    return this.#all.values();
  }

  #list(key: string, connection: Connection): void {
    if (!this.#byTarget.get(key)?.isUsable) this.#byTarget.set(key, connection);
  }

  #unlist(key: string, connection: Connection): void {
    if (this.#byTarget.get(key) === connection) this.#byTarget.delete(key);
  }
}

function keyOf({ transport, remoteAddress, remotePort, serverName }: Connection): string {
  return targetKey(transport, remoteAddress, remotePort, serverName);
}

function targetKey(transport: TransportName, address: string, port: number, serverName = ''): string {
  return `${transport} ${address} ${port} ${serverName.toLowerCase()}`;
}

function hasName(connection: Connection, name: string): boolean {
  const wanted = name.toLowerCase();
  return connection.peerCertificateNames?.some((shown) => shown.toLowerCase() === wanted) ?? false;
}
