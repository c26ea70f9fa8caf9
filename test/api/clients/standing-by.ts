// What control does beside an API: statuses move on when data planes obey, drained targets go. Here a moment after each change.

import { setTimeout as sleep } from 'node:timers/promises';
import { systemRandom } from '../../../src/base/random.ts';
import type { Context } from '../../../src/domain/index.ts';
import { advanceStatuses, defaultSweep, sweep } from '../../../src/domain/upkeep/index.ts';
import type { RunningApi } from '../running-api.ts';

/** Obeys every revision of the API and takes drained targets away after 50 ms, until it is disposed; that is before the API is. */
export function standBy({ store }: RunningApi): AsyncDisposable {
  const ended = new AbortController();
  const context = (): Context => ({
    ...{ account: '123456789012', region: 'us-east-1', operation: 'Upkeep', now: Date.now(), random: systemRandom },
    ...{ principalArn: 'arn:aws:iam::123456789012:root', quotas: 'none' },
  });
  const upkeep = async (): Promise<void> => {
    let obeyed = 0;
    while (!ended.signal.aborted) {
      const { revision } = store.state.value;
      if (revision !== obeyed) await store.commit(advanceStatuses, { obeyedRevision: revision }, context());
      obeyed = revision;
      await store.commit(sweep, { ...defaultSweep, drain: 50 }, context());
      await sleep(5);
    }
  };
  const running = upkeep();
  return {
    async [Symbol.asyncDispose]() {
      ended.abort();
      await running;
    },
  };
}
