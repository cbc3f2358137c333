const BUFFERS = 64;
/** Longest packet that is passed on, and what securing it adds. */
const BUFFER_OCTETS = 2_048;

/** Buffers to build packets in; each comes again after 63 others, when the socket is long done with it. */
export class ScratchBuffers {
  readonly #buffers = Array.from({ length: BUFFERS }, () => Buffer.alloc(BUFFER_OCTETS));
  #next = 0;

  next(): Buffer {
    this.#next = (this.#next + 1) % BUFFERS;
    return this.#buffers[this.#next] as Buffer;
  }
}
