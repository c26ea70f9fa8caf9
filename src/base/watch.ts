// A cell that holds the newest value and wakes whoever waits for a change.

/** A value that changes over time. Readers see the newest value; values in between may be skipped. */
export interface Watch<T> {
  readonly value: T;
  /** Calls `listener` after every change; the returned function ends that. A listener that throws ends the process. */
  subscribe(listener: (value: T) => void): () => void;
}

/** A `Watch` that its owner can set. */
export interface WatchCell<T> extends Watch<T> {
  set(value: T): void;
}

/** Makes a cell that holds `initial`. Setting a value identical to the held one wakes nobody. */
export function createWatch<T>(initial: T): WatchCell<T> {
  let value = initial;
  const listeners = new Set<(value: T) => void>();
  return {
    get value() {
      return value;
    },
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of listeners) listener(next);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** Resolves with the first value (the held one included) for which `test` holds; rejects with `signal.reason` when aborted. */
export function waitFor<T>(watch: Watch<T>, test: (value: T) => boolean, signal?: AbortSignal): Promise<T> {
  if (test(watch.value)) return Promise.resolve(watch.value);
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      stop();
      reject(signal?.reason);
    };
    const end = watch.subscribe((value) => {
      if (!test(value)) return;
      stop();
      resolve(value);
    });
    const stop = (): void => {
      end();
      signal?.removeEventListener('abort', onAbort);
    };
    if (signal?.aborted === true) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
  });
}
