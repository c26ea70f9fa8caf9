// Collects the bytes of a body in one buffer: a body that comes byte by byte costs no more memory than one that comes at once.

/** A body that grows. */
export interface CollectedBody {
  readonly length: number;
  /** Takes the bytes from `start` to `end`, without keeping the rest alive. */
  append(bytes: Buffer, start: number, end: number): void;
  /** What was collected; nothing is kept. */
  take(): Buffer;
}

/** Makes an empty one. */
export function createCollectedBody(): CollectedBody {
  let held = Buffer.alloc(0);
  let length = 0;
  return {
    get length() {
      return length;
    },
    append(bytes, start, end) {
      const needed = length + end - start;
      if (needed > held.length) {
        const larger = Buffer.allocUnsafeSlow(Math.max(2 * held.length, needed));
        held.copy(larger, 0, 0, length);
        held = larger;
      }
      bytes.copy(held, length, start, end);
      length = needed;
    },
    take() {
      const whole = held.subarray(0, length);
      held = Buffer.alloc(0);
      length = 0;
      return whole;
    },
  };
}
