// Messages on a byte stream: four bytes of length (big endian), then that many bytes of JSON.

/** Largest frame that is accepted, in bytes. */
const MAX_FRAME = 16 * 1024 * 1024;

/** The frame of a message. */
export function encodeFrame(message: unknown): Buffer {
  const body = Buffer.from(JSON.stringify(message));
  const frame = Buffer.allocUnsafe(4 + body.length);
  frame.writeUInt32BE(body.length, 0);
  body.copy(frame, 4);
  return frame;
}

/** Cuts a stream into frames. */
export interface FrameReader {
  /** Takes bytes. Throws when the stream cannot be one of frames. */
  push(chunk: Buffer): void;
  /** The next whole frame's bytes, or undefined. */
  next(): Buffer | undefined;
}

/** Makes a reader. Bytes are joined only when a frame spans chunks. */
export function createFrameReader(): FrameReader {
  let chunks: Buffer[] = [];
  let size = 0;
  const join = (): Buffer => {
    const only = chunks.length === 1 ? chunks[0] : undefined;
    const all = only ?? Buffer.concat(chunks);
    chunks = [all];
    return all;
  };
  return {
    push(chunk) {
      chunks.push(chunk);
      size += chunk.length;
    },
    next() {
      if (size < 4) return undefined;
      let first = chunks[0];
      if (first === undefined || first.length < 4) first = join();
      const length = first.readUInt32BE(0);
      if (length > MAX_FRAME) throw new Error(`a frame of ${length} bytes is longer than allowed`);
      if (size < 4 + length) return undefined;
      const all = join();
      const frame = all.subarray(4, 4 + length);
      const rest = all.subarray(4 + length);
      chunks = rest.length === 0 ? [] : [rest];
      size = rest.length;
      return frame;
    },
  };
}
