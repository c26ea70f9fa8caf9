// The short-lived process that binds sockets inside of namespaces, one after the other, and passes them to its parent.

import { bindHandle, type RawHandle } from './raw-handles.ts';
import { openSystemCalls } from './system-calls.ts';
import type { HelperAnswer, HelperRequest } from './open-sockets.ts';

function send(answer: HelperAnswer, handle?: unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null): void => (error === null ? resolve() : reject(error));
    if (process.send === undefined) reject(new Error('started without a channel to a parent'));
    // Node passes raw handles, its types know only servers and sockets.
    else process.send(answer, handle as undefined, {}, done);
  });
}

/** Binds each in its namespace. */
function createBinder(): (request: HelperRequest) => RawHandle {
  const calls = openSystemCalls();
  let here: string | undefined;
  return ({ namespace, request }) => {
    if (namespace !== here) {
      // Where it is when this fails, nobody knows.
      here = undefined;
      calls.enter(namespace);
      here = namespace;
    }
    return bindHandle(request).handle;
  };
}

// `on`, not `once`: without a listener the channel would not keep this process alive.
process.on('message', (requests: readonly HelperRequest[]) => {
  void (async () => {
    const bind = createBinder();
    for (const request of requests) {
      const { key } = request;
      try {
        await send({ key }, bind(request));
      } catch (error) {
        await send({ key, failure: error instanceof Error ? error.message : String(error) });
      }
    }
    process.exit();
  })();
});
