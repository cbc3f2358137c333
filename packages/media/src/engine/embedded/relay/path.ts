import { Peer } from '../../../endpoint/peer.ts';
import { IceLite, type IceOutcome } from '../../../ice/lite.ts';
import type { LegConfig } from '../control.ts';

/**
 * Where a party is: by the checks of ICE, or by what it signalled and the port that speaks first (`Peer`). Once a party
 * that was offered ICE answers without it, the second counts.
 */
export class PartyPath {
  #ice: IceLite | undefined;
  #hasConsent = false;
  readonly #rtp = new Peer();
  readonly #rtcp = new Peer();
  #isMux = true;

  configure(config: LegConfig): void {
    this.#isMux = config.rtcpMux || !config.hasRtcpPort;
    if (config.ice) {
      this.#ice ??= new IceLite();
      this.#ice.setCredentials(config.ice.local, config.ice.remoteUfrag);
      return;
    }
    this.#ice = undefined;
    const { remote, signalledFrom } = config;
    const address = remote?.address;
    if (!remote || address === undefined || remote.port === 0) {
      this.#rtp.retarget(null, []);
      this.#rtcp.retarget(null, []);
      return;
    }
    const rtcpPort = this.#isMux ? remote.port : remote.rtcpPort;
    this.#rtp.retarget({ address, port: remote.port, rtcpPort }, signalledFrom);
    this.#rtcp.retarget({ address, port: rtcpPort, rtcpPort }, signalledFrom);
  }

  get usesIce(): boolean {
    return this.#ice !== undefined;
  }

  /** True when it is known where to send. */
  get isReady(): boolean {
    return this.#ice ? this.#ice.selected !== undefined : this.#rtp.port !== 0;
  }

  /** True when a packet may be the party's, before it has proved authentic. Latches nothing. */
  mayCome(isRtcpPort: boolean, address: string, port: number): boolean {
    if (this.#ice) return this.#ice.isValid(address, port);
    return (isRtcpPort ? this.#rtcp : this.#rtp).mayAccept(address, port);
  }

  /** The party has spoken from there; false: it is not heard from there. */
  latch(isRtcpPort: boolean, address: string, port: number): boolean {
    if (this.#ice) return true;
    return (isRtcpPort ? this.#rtcp : this.#rtp).accepts(address, port);
  }

  /** True for addresses the party was signalled from: what they send is a sign of life at most. */
  isKnownAddress(address: string): boolean {
    return this.#rtp.isKnownAddress(address);
  }

  /** A datagram that says STUN; undefined where no ICE was agreed. */
  check(datagram: Buffer, address: string, port: number, nowMs: number): IceOutcome | undefined {
    const outcome = this.#ice?.receive(datagram, address, port, nowMs);
    if (outcome?.valid) this.#hasConsent = true;
    return outcome;
  }

  /** Looks at the consent of the party; true once when it has run out (RFC 7675 §5.1). */
  expireConsent(nowMs: number): boolean {
    if (!this.#ice?.selected || !this.#hasConsent) return false;
    this.#hasConsent = this.#ice.hasConsent(nowMs);
    return !this.#hasConsent;
  }

  /** Port to send RTP to, 0 when there is none or the party has withdrawn its consent. */
  get port(): number {
    if (this.#ice) return this.#hasConsent ? (this.#ice.selected?.port ?? 0) : 0;
    return this.#rtp.port;
  }

  get address(): string {
    return this.#ice ? (this.#ice.selected?.address ?? '') : this.#rtp.address;
  }

  get isMux(): boolean {
    return this.#isMux;
  }

  get rtcpPort(): number {
    return this.#isMux ? this.port : this.#rtcp.port;
  }

  get rtcpAddress(): string {
    return this.#isMux ? this.address : this.#rtcp.address;
  }
}
