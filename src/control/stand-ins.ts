// Tells the state which workloads stand for instance ids, whenever that changes.

import type { Log } from '../base/log.ts';
import type { Clock } from '../base/clock.ts';
import type { Watch } from '../base/watch.ts';
import type { Context } from '../domain/index.ts';
import { placeStandIns } from '../domain/ec2/index.ts';
import type { Store } from '../store/index.ts';

export interface StandInDeps {
  readonly store: Store;
  readonly workloads: Watch<
    readonly {
      readonly vpcId: string;
      readonly address: string;
      readonly securityGroups: readonly string[];
      readonly instanceId?: string;
    }[]
  >;
  readonly clock: Clock;
  readonly log: Log;
  context(operation: string): Context;
}

/** Milliseconds until a failed write is tried again. */
const RETRY = 1000;

/** Follows the workloads, beginning with those that stand already. */
export function followStandIns(deps: StandInDeps): { close(): void } {
  const { store, workloads, clock, log } = deps;
  let written: unknown;
  let busy = false;
  let closed = false;
  const follow = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    while (!closed && written !== workloads.value) {
      const list = workloads.value;
      const standIns = list.flatMap(({ instanceId, vpcId, address, securityGroups }) =>
        instanceId === undefined ? [] : [{ instanceId, vpcId, address, securityGroups }],
      );
      try {
        await store.commit(placeStandIns, { standIns }, deps.context('PlaceStandIns'));
        written = list;
      } catch (error) {
        log.error('the workloads that stand for instances could not be written; tried again', { error });
        await new Promise<void>((resolve) => void clock.after(RETRY, resolve));
      }
    }
    busy = false;
  };
  const unsubscribe = workloads.subscribe(() => void follow());
  void follow();
  return {
    close() {
      closed = true;
      unsubscribe();
    },
  };
}
