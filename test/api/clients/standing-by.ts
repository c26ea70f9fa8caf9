// What control does beside an API: statuses move on when data planes obey, drained targets go. Here a moment after each change.

import { systemRandom } from '../../../src/base/random.ts';
import type { Context } from '../../../src/domain/index.ts';
import { advanceStatuses, defaultSweep, sweep } from '../../../src/domain/upkeep/index.ts';
import type { RunningApi } from '../running-api.ts';

/** Obeys every revision of the API and takes drained targets away after 50 ms, until the returned function is called. */
export function standBy({ store }: RunningApi): () => void {
  let obeyed = 0;
  const timer = setInterval(() => {
    const context: Context = {
      ...{ account: '123456789012', region: 'us-east-1', operation: 'Upkeep', now: Date.now(), random: systemRandom },
      ...{ principalArn: 'arn:aws:iam::123456789012:root', quotas: 'none' },
    };
    const { revision } = store.state.value;
    if (revision !== obeyed) void store.commit(advanceStatuses, { obeyedRevision: revision }, context);
    obeyed = revision;
    void store.commit(sweep, { ...defaultSweep, drain: 50 }, context);
  }, 5);
  return () => clearInterval(timer);
}
