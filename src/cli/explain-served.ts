// Explains requests that were served: their records in the access logs of all workers, and the state of then from the store.

import { join } from 'node:path';
import { sleep, type Clock } from '../base/clock.ts';
import type { ExplainFailure } from '../base/explain-question.ts';
import type { ServedRequest } from '../api/index.ts';
import { compile, nothingCompiled } from '../compiler/index.ts';
import { explainLogged, type ExplainDeps, type LoggedExplanation } from '../explain/index.ts';
import { formatDay } from '../sigv4/index.ts';
import type { Snapshot } from '../snapshot/index.ts';
import type { Store } from '../store/index.ts';
import { findLoggedRequest, type LoggedRequest } from '../telemetry/index.ts';
import type { ServerSettings } from './settings.ts';

/** Explains one. */
export type ServedExplainer = (request: ServedRequest) => Promise<LoggedExplanation | ExplainFailure>;

export interface ServedExplainerDeps extends Pick<ExplainDeps, 'limits' | 'findName'> {
  readonly settings: Pick<ServerSettings, 'dataDirectory'>;
  readonly store: Pick<Store, 'at' | 'timeOf'>;
  readonly clock: Clock;
}

/** How far back requests are looked for, in milliseconds. The store keeps the log of changes for longer (`defaultRetention`). */
const HOUR = 3_600_000;

/** Milliseconds that a record's time can be off: it has whole seconds. */
const ROUNDED = 1000;

/** Milliseconds until a record that was just made is in its file for certain, on a machine with much to do. */
const WRITTEN = 500;

/** How long the snapshot is kept that was asked about last, in milliseconds. */
const KEPT = 60_000;

/** How many may wait: files are read and states made for one at a time. */
const MOST_WAITING = 8;

/** Makes the explainer; it keeps the snapshot of one revision, for who asks about several requests of a time. */
export function createServedExplainer({ settings, store, clock, ...deps }: ServedExplainerDeps): ServedExplainer {
  const folder = join(settings.dataDirectory, 'access');
  let kept: Snapshot | undefined;
  let forget = (): void => {};
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();

  const find = async (requestId: string): Promise<LoggedRequest | undefined> => {
    const now = clock.now();
    const found = await findLoggedRequest(folder, requestId, now - HOUR);
    if (found !== undefined) return found;
    await sleep(clock, WRITTEN);
    // Only what came since.
    return findLoggedRequest(folder, requestId, now - WRITTEN);
  };
  /** Whether the server was restored since: then it has come to the same number once more. */
  const isAnother = async ({ revision, startTime, duration }: LoggedRequest): Promise<boolean> =>
    ((await store.timeOf(revision)) ?? 0) > Date.parse(startTime) + duration + ROUNDED;
  const snapshotAt = async (revision: number): Promise<Snapshot | undefined> => {
    if (kept?.revision === revision) return kept;
    const state = await store.at(revision);
    if (state === undefined) return undefined;
    // Callers are known by their ARNs: no key of anybody is derived.
    const nothing = { day: formatDay(clock.now()), regions: [], secretOf: () => undefined, sessionKeys: () => [] };
    kept = compile(nothingCompiled, state, undefined, nothing).snapshot;
    forget();
    forget = clock.after(KEPT, () => (kept = undefined));
    return kept;
  };
  const explain = async ({
    requestId,
    account,
    region,
  }: ServedRequest): Promise<LoggedExplanation | ExplainFailure> => {
    const found = await find(requestId);
    const own = found !== undefined && isOf(found, `:${region}:${account}:`);
    if (found === undefined || !own)
      return { failure: 'not found', message: `The access logs have no request ${requestId} of the last hour.` };
    const snapshot = (await isAnother(found)) ? undefined : await snapshotAt(found.revision);
    return explainLogged(found, snapshot, deps);
  };
  return async (request) => {
    if (waiting >= MOST_WAITING)
      return { failure: 'unavailable', message: 'Too many requests are being explained: ask again.' };
    waiting++;
    const turn = last.then(() => explain(request));
    last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      waiting--;
    }
  };
}

/** Whether the VPC, the service or the network is of an account and region. */
function isOf({ vpcArn, serviceArn, serviceNetworkArn }: LoggedRequest, place: string): boolean {
  return [vpcArn, serviceArn, serviceNetworkArn].some((arn) => arn?.includes(place) === true);
}
