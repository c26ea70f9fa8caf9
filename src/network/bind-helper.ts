// The short-lived process that binds sockets inside of a namespace and passes them to its parent.

import { bindHandle } from './raw-handles.ts';
import type { HelperAnswer, HelperRequest } from './open-sockets.ts';

function send(answer: HelperAnswer, handle?: unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null): void => (error === null ? resolve() : reject(error));
    if (process.send === undefined) reject(new Error('started without a channel to a parent'));
    // Node passes raw handles, its types know only servers and sockets.
    else process.send(answer, handle as undefined, {}, done);
  });
}

// `on`, not `once`: without a listener the channel would not keep this process alive.
process.on('message', (requests: readonly HelperRequest[]) => {
  void (async () => {
    for (const { key, request } of requests) {
      try {
        const { handle } = bindHandle(request);
        await send({ key }, handle);
      } catch (error) {
        await send({ key, failure: error instanceof Error ? error.message : String(error) });
      }
    }
    process.exit();
  })();
});
