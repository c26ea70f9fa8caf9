// How control asks the supervisor for sockets.

import type { SocketSpec } from '../network/index.ts';
import type { SocketsAnswer } from './agent.ts';
import type { FromControl, ToControl } from './messages.ts';

/** The asking side. */
export interface SocketClient {
  sync(specs: readonly SocketSpec[]): Promise<SocketsAnswer>;
  onSynced(message: Extract<ToControl, { type: 'synced' }>): void;
}

/** Makes a client that asks through `say`. */
export function createSocketClient(say: (message: FromControl) => void): SocketClient {
  const waiting = new Map<number, (answer: SocketsAnswer) => void>();
  let last = 0;
  return {
    sync(specs) {
      const id = ++last;
      return new Promise((resolve) => {
        waiting.set(id, resolve);
        say({ type: 'sync', id, specs });
      });
    },
    onSynced({ id, opened, failed }) {
      waiting.get(id)?.({ opened: new Set(opened), failed: new Map(failed) });
      waiting.delete(id);
    },
  };
}
