import type { StreamLike } from '../ports.ts';
import type { OfferWish } from './offers.ts';

/** RTCPeerConnection as far as it is used here. */
export interface Peer {
  readonly iceConnectionState: string;
  readonly iceGatheringState: string;
  readonly signalingState: string;
  readonly localDescription: { readonly sdp: string } | null;
  addEventListener(name: string, listener: (event: never) => void): void;
  removeEventListener(name: string, listener: (event: never) => void): void;
  createOffer(options: { readonly iceRestart: boolean }): Promise<object>;
  setLocalDescription(description: object): Promise<void>;
  setRemoteDescription(description: object): Promise<void>;
  getStats(): Promise<Map<string, Record<string, unknown>>>;
  getSenders(): PeerSender[];
  getTransceivers(): Transceiver[];
}

interface PeerSender {
  readonly track: { readonly kind: string; enabled: boolean } | null;
  readonly dtmf: DtmfSender | null;
  replaceTrack(track: unknown): Promise<void>;
}

interface DtmfSender {
  readonly canInsertDTMF: boolean;
  readonly toneBuffer: string;
  insertDTMF(tones: string, durationMs: number, gapMs: number): void;
}

interface Transceiver {
  direction: string;
  readonly receiver: { readonly track: { readonly kind: string } };
}

/** Candidates that come late are not waited for: the border learns them from the checks (it is ICE-lite, RFC 8445 §2.5). */
export const GATHER_MS = 20;
/** Without any network there is no candidate at all. */
const FIRST_CANDIDATE_MS = 300;

/** One offer of a connection, until it is agreed or taken back. */
export class PeerOffer {
  readonly #peer: Peer;
  readonly #directionBefore: string | undefined;

  constructor(peer: Peer) {
    this.#peer = peer;
    this.#directionBefore = audioOf(peer)?.direction;
  }

  /** Gives the description, which is our own from now on. */
  async describe({ isHeld, isIceRestart }: OfferWish): Promise<string> {
    const peer = this.#peer;
    const audio = audioOf(peer);
    if (audio) audio.direction = isHeld ? 'sendonly' : 'sendrecv';
    await peer.setLocalDescription(await peer.createOffer({ iceRestart: isIceRestart }));
    if (isIceRestart) await someCandidates(peer);
    return peer.localDescription?.sdp ?? '';
  }

  accept(sdp: string): Promise<void> {
    return this.#peer.setRemoteDescription({ type: 'answer', sdp });
  }

  async rollBack(): Promise<void> {
    const audio = audioOf(this.#peer);
    if (audio && this.#directionBefore !== undefined) audio.direction = this.#directionBefore;
    if (this.#peer.signalingState === 'have-local-offer') await this.#peer.setLocalDescription({ type: 'rollback' });
  }
}

function audioOf(peer: Peer): Transceiver | undefined {
  return peer.getTransceivers().find(({ receiver }) => receiver.track.kind === 'audio');
}

/** Until the first candidates are there, or there are none. */
async function someCandidates(peer: Peer): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let timer = setTimeout(resolve, FIRST_CANDIDATE_MS);
  const heard = ({ candidate }: { readonly candidate: unknown }): void => {
    clearTimeout(timer);
    timer = setTimeout(resolve, candidate ? GATHER_MS : 0);
  };
  peer.addEventListener('icecandidate', heard);
  await promise;
  clearTimeout(timer);
  peer.removeEventListener('icecandidate', heard);
}

export function audioTrackOf(stream: StreamLike) {
  return stream.getTracks().find(({ kind }) => kind === 'audio');
}
