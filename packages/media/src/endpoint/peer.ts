import { canonicalAddress } from '../canonical-address.ts';
import { aliasesOf } from '../same-host.ts';
import type { RemoteTarget } from '../sdp/target.ts';

/**
 * Where packets go and from whom they are taken. A peer behind a port-changing NAT sends from another port than it
 * announced: the first port that speaks is latched to and answered. This is limited to the addresses that were
 * signalled (of a program on this machine, to those it may send from), and once latched to no other port is heard, so that nobody else can take or feed the stream. The announced
 * port always wins.
 */
export class Peer {
  #announced: RemoteTarget | null = null;
  #addresses: readonly string[] = [];
  #latchedAddress = '';
  #latchedPort = 0;
  /** Where the one before was: after a transfer it goes on sending for a moment, often from the same address. */
  #former: { readonly address: string; readonly port: number } | undefined;
  /** The last target that there was, also when there is none now. */
  #last: RemoteTarget | null = null;

  /** New target from offer or answer; `alsoFrom` are further addresses the peer was signalled from. */
  retarget(remote: RemoteTarget | null, alsoFrom: readonly string[]): void {
    const before = this.#last;
    if (remote) this.#keepFormer(before, remote);
    this.#announced = remote;
    const named = [...(remote ? [remote.address] : []), ...alsoFrom].map(canonicalAddress);
    this.#addresses = named.flatMap((address) => [address, ...aliasesOf(address)]);
    if (!remote || !isSamePlace(remote, before)) this.#latchedPort = 0;
    if (remote) this.#last = remote;
  }

  /** True when a media packet from there is the peer's; the first one latches. */
  accepts(address: string, port: number): boolean {
    if (!this.mayAccept(address, port)) return false;
    this.#latchedAddress = address;
    this.#latchedPort = port;
    return true;
  }

  /** As `accepts`, without latching: for packets that still have to prove authentic. */
  mayAccept(address: string, port: number): boolean {
    if (this.#latchedPort === port && this.#latchedAddress === address) return true;
    if (!this.isKnownAddress(address)) return false;
    if (port === this.#announced?.port) return true;
    return this.#latchedPort === 0 && !(port === this.#former?.port && address === this.#former.address);
  }

  /**
   * Two that were brought together by a transfer would both latch to who brought them together, each waiting for the other to speak
   * from where it was announced, and neither would be heard.
   */
  #keepFormer(before: RemoteTarget | null, remote: RemoteTarget): void {
    if (before === null || isSamePlace(remote, before)) return;
    this.#former = this.#latchedPort === 0 ? before : { address: this.#latchedAddress, port: this.#latchedPort };
  }

  /** True for the addresses that were signalled. */
  isKnownAddress(address: string): boolean {
    return this.#announced !== null && this.#addresses.includes(canonicalAddress(address));
  }

  /** Address to send to, empty when there is none. */
  get address(): string {
    return this.#latchedPort !== 0 ? this.#latchedAddress : (this.#announced?.address ?? '');
  }

  /** Port to send to, 0 when there is none. */
  get port(): number {
    return this.#latchedPort !== 0 ? this.#latchedPort : (this.#announced?.port ?? 0);
  }

  /** Port for RTCP; with rtcp-mux that of RTP, latched or not. */
  get rtcpPort(): number {
    const isMux = this.#announced?.rtcpPort === this.#announced?.port;
    return isMux ? this.port : (this.#announced?.rtcpPort ?? 0);
  }
}

function isSamePlace(a: RemoteTarget, b: RemoteTarget | null): boolean {
  return b !== null && a.address === b.address && a.port === b.port;
}
