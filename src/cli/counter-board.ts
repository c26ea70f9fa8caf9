// The counters of all workers, kept over their restarts.

import { formatPrometheus, sumCounters, type CounterValues } from '../telemetry/index.ts';

/** The counters of one server. */
export interface CounterBoard {
  put(worker: number, values: CounterValues): void;
  /** Prometheus text of every series, with `extra` gauges. */
  format(extra: CounterValues): string;
}

/** Makes an empty board. A worker whose connection counter went back was started anew: what it had counted is kept. */
export function createCounterBoard(): CounterBoard {
  const current = new Map<number, CounterValues>();
  let ended: CounterValues = {};
  return {
    put(worker, values) {
      const before = current.get(worker);
      if (
        before !== undefined &&
        Object.entries(before).some(([series, value]) => series.includes('_total') && (values[series] ?? 0) < value)
      )
        ended = sumCounters([
          ended,
          Object.fromEntries(Object.entries(before).filter(([series]) => series.includes('_total'))),
        ]);
      current.set(worker, values);
    },
    format: (extra) => formatPrometheus(sumCounters([ended, ...current.values(), extra])),
  };
}
