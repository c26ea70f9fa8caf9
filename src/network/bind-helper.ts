// The process that binds sockets inside of namespaces, one after the other, and passes them to its parent.

import { bindHandle } from './raw-handles.ts';
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

const calls = openSystemCalls();

/** Binds what is asked for, one after the other, and goes home: a namespace that is removed shall not live on for this process. */
async function serve(requests: readonly HelperRequest[]): Promise<void> {
  let here: string | undefined;
  for (const { key, namespace, request } of requests) {
    try {
      if (namespace !== here) {
        // Where it is when this fails, nobody knows.
        here = undefined;
        calls.enter(namespace);
        here = namespace;
      }
      const { handle } = bindHandle(request);
      await send({ kind: 'socket', key }, handle);
      handle.close();
    } catch (error) {
      await send({ kind: 'socket', key, failure: error instanceof Error ? error.message : String(error) });
    }
  }
  calls.goHome();
  await send({ kind: 'done' });
}

// Without a parent there is nobody to bind for.
process.on('disconnect', () => process.exit());
process.on('message', (requests: readonly HelperRequest[]) => void serve(requests));
