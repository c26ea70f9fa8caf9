// Moves statuses on as the data plane obeys, and fails those that it does not confirm in time.

import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { createWatch, type Watch } from '../base/watch.ts';
import type { Context } from '../domain/index.ts';
import { advanceStatuses, defaultSweep, failOverdue, hasWaiting, sweep } from '../domain/upkeep/index.ts';
import type { Store } from '../store/index.ts';

/** The background task. */
export interface StatusTask {
  /** The newest revision that is obeyed and whose statuses are durable. */
  readonly settled: Watch<number>;
  close(): void;
}

export interface StatusTaskDeps {
  readonly store: Store;
  /** The newest revision that every attached data-plane node obeys. */
  readonly obeyed: Watch<number>;
  readonly clock: Clock;
  readonly log: Log;
  context(operation: string): Context;
  /** Milliseconds after which an unconfirmed creation, update or deletion has failed; counted while this task runs. */
  readonly associationTimeout: number;
  /** Milliseconds that a deregistered target drains. */
  readonly targetDrainTime: number;
  /** Milliseconds that the TXT record of a domain verification is waited for. */
  readonly verificationTime: number;
}

/** Milliseconds between looks at what is overdue or has rested long enough. */
const LOOK = 1000;

/** Starts the task. */
export function startStatusTask(deps: StatusTaskDeps): StatusTask {
  const { store, obeyed, clock, log } = deps;
  const settled = createWatch(0);
  const countedFrom = clock.now();
  let running = false;
  let closed = false;
  let cancel = (): void => {};

  const advance = async (): Promise<void> => {
    if (running) return;
    running = true;
    try {
      while (!closed && settled.value < obeyed.value) {
        const revision = obeyed.value;
        // A status that became durable after `revision` was obeyed cannot have been decided without it.
        if (hasWaiting(store.state.value))
          await store.commit(advanceStatuses, { obeyedRevision: revision }, deps.context('AdvanceStatuses'));
        settled.set(revision);
      }
    } catch (error) {
      log.error('statuses could not be written; tried again', { error });
    } finally {
      running = false;
    }
  };

  const look = async (): Promise<void> => {
    try {
      if (hasWaiting(store.state.value))
        await store.commit(failOverdue, { timeout: deps.associationTimeout, countedFrom }, deps.context('FailOverdue'));
      await store.commit(
        sweep,
        { ...defaultSweep, drain: deps.targetDrainTime, verificationTime: deps.verificationTime },
        deps.context('Sweep'),
      );
    } catch (error) {
      log.error('upkeep could not be written; tried again', { error });
    }
    if (closed) return;
    void advance();
    cancel = clock.after(LOOK, () => void look());
  };

  const unsubscribe = obeyed.subscribe(() => void advance());
  void advance();
  void look();
  return {
    settled,
    close() {
      closed = true;
      unsubscribe();
      cancel();
    },
  };
}
