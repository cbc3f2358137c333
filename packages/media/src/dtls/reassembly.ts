import type { HandshakeFragment, HandshakeMessage } from './records.ts';

/** Larger than a hello with post-quantum keys and a chain of certificates. */
export const MAX_HANDSHAKE_OCTETS = 32_768;
/** So many messages ahead of the one that is due are kept: a flight has at most six. */
const MAX_AHEAD = 8;

interface Pending {
  readonly type: number;
  readonly octets: Buffer;
  readonly have: Uint8Array;
  missing: number;
}

/**
 * Puts handshake messages together and hands them out whole, in order, and each once (RFC 6347 §4.2.2, §4.2.3). Memory
 * is bounded whatever comes.
 */
export class HandshakeReassembly {
  #due = 0;
  #held = 0;
  readonly #pending = new Map<number, Pending>();

  /** Sequence number of the message that is due. */
  get due(): number {
    return this.#due;
  }

  /**
   * Takes one piece. `ready` are whole messages, oldest first; `isRepeated` tells that the piece belongs to a message handed
   * out before: the peer has not seen our answer to it.
   */
  take(fragment: HandshakeFragment): { readonly ready: readonly HandshakeMessage[]; readonly isRepeated: boolean } {
    if (fragment.sequence < this.#due) return { ready: [], isRepeated: true };
    if (fragment.sequence < this.#due + MAX_AHEAD) this.#store(fragment);
    const ready: HandshakeMessage[] = [];
    for (let next = this.#pending.get(this.#due); next?.missing === 0; next = this.#pending.get(this.#due)) {
      this.#pending.delete(this.#due);
      this.#held -= next.octets.length;
      ready.push({ type: next.type, sequence: this.#due, body: next.octets });
      this.#due++;
    }
    return { ready, isRepeated: false };
  }

  /** The message that was due has come by another way. */
  skip(): void {
    const pending = this.#pending.get(this.#due);
    if (pending) this.#held -= pending.octets.length;
    this.#pending.delete(this.#due);
    this.#due++;
  }

  #store(fragment: HandshakeFragment): void {
    let pending = this.#pending.get(fragment.sequence);
    if (!pending) {
      if (this.#held + fragment.length > MAX_HANDSHAKE_OCTETS) return;
      this.#held += fragment.length;
      const { type, length } = fragment;
      pending = { type, octets: Buffer.alloc(length), have: new Uint8Array(length), missing: length };
      this.#pending.set(fragment.sequence, pending);
    }
    if (pending.type !== fragment.type || pending.octets.length !== fragment.length) return;
    // Pieces may overlap; the first that said an octet counts.
    for (let i = 0; i < fragment.octets.length; i++) {
      const at = fragment.offset + i;
      if (pending.have[at] === 1) continue;
      pending.have[at] = 1;
      pending.octets[at] = fragment.octets[i] as number;
      pending.missing--;
    }
  }
}
