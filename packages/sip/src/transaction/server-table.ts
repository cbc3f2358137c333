import { ChainMap } from '../chain-map.ts';
import type { SipRequest } from '../message/message.ts';
import type { TransportName } from '../transport/transport.ts';
import { branchKey } from './keys.ts';
import type { ServerDriver } from './server-driver.ts';

/** The server transactions of a node, by the branch of their request; a CANCEL has that of its INVITE. */
export class ServerTable {
  readonly #byBranch = new ChainMap<ServerDriver>();

  get size(): number {
    return this.#byBranch.size;
  }

  add(driver: ServerDriver): void {
    this.#byBranch.add(driver.key, driver);
  }

  remove(driver: ServerDriver): void {
    this.#byBranch.remove(driver.key, driver);
  }

  /**
   * The transaction that a request belongs to (RFC 3261 §17.2.3): branch, sent-by and method agree; an ACK belongs to its
   * INVITE. The transport must be the same too: an answer must not go to another connection because somebody reuses
   * branches. `method` finds another request of the same branch.
   */
  find(request: SipRequest, transport: TransportName, method = request.method): ServerDriver | undefined {
    const { host, port } = request.via;
    const keyed = method === 'ACK' ? 'INVITE' : method;
    let driver = this.#byBranch.first(branchKey(request));
    while (driver && !(driver.method === keyed && driver.isFrom(host, port, transport))) driver = driver.sibling;
    return driver;
  }

  [Symbol.iterator](): Generator<ServerDriver> {
    return this.#byBranch[Symbol.iterator]();
  }
}
