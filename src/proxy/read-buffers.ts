// What connections read into: one buffer for all of a worker, and one of its own for a connection on which much comes at once.

/** Bytes of the buffer that all share, and of one that a connection has alone: half as many reads for large bodies. */
const SHARED_SIZE = 64 * 1024;
const OWN_SIZE = 128 * 1024;

/** Own buffers that are kept for the next large body. */
const MAX_SPARE = 64;

/** The buffers of one worker. */
export class ReadBuffers {
  /** A buffer of 64 KB for each read cost a tenth of a worker's time. */
  readonly shared: Buffer = Buffer.allocUnsafeSlow(SHARED_SIZE);
  readonly #spare: Buffer[] = [];

  /** A buffer that nobody else reads into. */
  take(): Buffer {
    return this.#spare.pop() ?? Buffer.allocUnsafeSlow(OWN_SIZE);
  }

  /** Takes a buffer back from which nobody writes any more. */
  give(buffer: Buffer): void {
    if (this.#spare.length < MAX_SPARE) this.#spare.push(buffer);
  }
}

/** What one connection reads into now. */
export class ConnectionReads {
  readonly #buffers: ReadBuffers;
  #own: Buffer | undefined;

  constructor(buffers: ReadBuffers) {
    this.#buffers = buffers;
  }

  /** Where the next read goes. */
  get next(): Buffer {
    return this.#own ?? this.#buffers.shared;
  }

  /**
   * Whether what was read stays as it is until the next read: it can be written on without a copy by whoever stops reading until it is
   * taken (a copy of each piece was half of what a large body cost).
   */
  get own(): boolean {
    return this.#own !== undefined;
  }

  /** Notes a read of `size` bytes during a body: one that fills the shared buffer has more behind it. TLS brings at most 16 KB at a time. */
  note(size: number): void {
    if (this.#own === undefined && size === SHARED_SIZE) this.#own = this.#buffers.take();
  }

  /** The body is over. `written` tells whether everything of it was taken: else the buffer is left to who still writes from it. */
  reset(written: boolean): void {
    if (this.#own !== undefined && written) this.#buffers.give(this.#own);
    this.#own = undefined;
  }
}
