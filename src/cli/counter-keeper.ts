// Counters over the lives of control processes: what ended workers have counted is on disk, and of the others nothing is said before they have told it.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { createWatch, waitFor } from '../base/watch.ts';
import type { FeedPeer } from '../feed/index.ts';
import type { CounterValues } from '../telemetry/index.ts';
import { createCounterBoard, type CounterTotals } from './counter-board.ts';

export interface CounterKeeperDeps {
  /** The file with the totals; another control process of the same supervisor goes on from them. */
  readonly path: string;
  /** Names the supervisor's life: with it all counters begin anew. */
  readonly history: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** The counters that a control process knows. */
export interface CounterKeeper {
  /** Takes what changed in a process; nothing: it has told everything. */
  put(process: string, changed: CounterValues): void;
  /** The processes that are connected now. What one that went has counted is written down. */
  follow(peers: Iterable<Pick<FeedPeer, 'worker' | 'process'>>): void;
  /** Resolves when every process of these workers has told everything, or after a while: a sum without them would go down and up again. */
  told(workers: readonly number[]): Promise<void>;
  /** What all processes have counted in one series. */
  total(series: string): number;
  /** Prometheus text of everything, with `extra` gauges. */
  format(extra: CounterValues): string;
}

/** How long somebody who asks waits for workers that have not told yet, in milliseconds. */
const PATIENCE = 1000;

/** Makes a keeper that goes on from the file, if it is of this history. */
export function createCounterKeeper({ path, history, clock, log }: CounterKeeperDeps): CounterKeeper {
  const board = createCounterBoard(readTotals(path, history, log));
  const running = createWatch<ReadonlyMap<string, number>>(new Map());
  const whole = createWatch<ReadonlySet<string>>(new Set());

  const save = (): void => {
    try {
      writeFileSync(`${path}.new`, JSON.stringify({ history, ...board.totals() }), { mode: 0o600 });
      renameSync(`${path}.new`, path);
    } catch (error) {
      log.warn('what ended workers have counted cannot be written; the next control process will not know it', {
        error,
      });
    }
  };

  return {
    put(name, changed) {
      board.put(name, changed);
      if (Object.keys(changed).length === 0 && !whole.value.has(name)) whole.set(new Set([...whole.value, name]));
    },
    follow(peers) {
      const before = running.value;
      running.set(new Map([...peers].map(({ process, worker }) => [process, worker])));
      if (![...before.keys()].some((name) => !running.value.has(name))) return;
      whole.set(new Set([...whole.value].filter((name) => running.value.has(name))));
      save();
    },
    async told(workers) {
      const late = new AbortController();
      const cancel = clock.after(PATIENCE, () => late.abort());
      const all = (told: ReadonlySet<string>): boolean => {
        const names = [...running.value.keys()];
        const here = new Set(running.value.values());
        return names.every((name) => told.has(name)) && workers.every((worker) => here.has(worker));
      };
      try {
        await waitFor(whole, all, late.signal);
      } catch {
        // A worker that stands still is left out as long as it does.
      } finally {
        cancel();
      }
    },
    total: (series) => board.total(series),
    format: (extra) => board.format(extra, new Set(running.value.keys())),
  };
}

/** The totals in the file; none when there is no file, or one of another history or that cannot be read. */
function readTotals(path: string, history: string, log: Log): CounterTotals | undefined {
  try {
    const read: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (!isRecord(read) || read['history'] !== history) return undefined;
    const { ended, processes } = read;
    if (isCounters(ended) && isRecord(processes) && Object.values(processes).every(isCounters))
      return { ended, processes: processes as CounterTotals['processes'] };
    throw new Error('it is not what was written');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT'))
      log.warn('what ended workers have counted cannot be read; their part of the metrics is lost', { path, error });
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounters(value: unknown): value is CounterValues {
  return isRecord(value) && Object.values(value).every((one) => typeof one === 'number');
}
