// The counters of all workers, also of those that ended.

import { formatPrometheus, isGauge, sumCounters, type CounterValues } from '../telemetry/index.ts';

/** What another board can go on from: what does not go back, by process, and of processes that nobody will hear from again. */
export interface CounterTotals {
  readonly ended: CounterValues;
  readonly processes: Readonly<Record<string, CounterValues>>;
}

/** The counters of one server. */
export interface CounterBoard {
  /** Takes what of the process `name` is not as it was told before. */
  put(name: string, changed: CounterValues): void;
  /** What all processes have counted in one series. */
  total(series: string): number;
  /** Prometheus text of every series, with `extra` gauges; of processes that are not in `running` only what does not go back. */
  format(extra: CounterValues, running: ReadonlySet<string>): string;
  totals(): CounterTotals;
}

/** Processes that are kept apart: one that is forgotten and comes back would be counted twice, and one that ended does not. */
const MAX_PROCESSES = 256;

/** Makes a board, empty or with the totals of an earlier one. */
export function createCounterBoard(totals: CounterTotals = { ended: {}, processes: {} }): CounterBoard {
  const processes = new Map<string, Record<string, number>>();
  for (const [name, values] of Object.entries(totals.processes)) processes.set(name, { ...values });
  let { ended } = totals;
  return {
    put(name, changed) {
      const values = processes.get(name) ?? {};
      // The one that has not said anything for longest is the first.
      processes.delete(name);
      processes.set(name, Object.assign(values, changed));
      if (processes.size <= MAX_PROCESSES) return;
      for (const [oldest, last] of processes) {
        processes.delete(oldest);
        ended = sumCounters([ended, withoutGauges(last)]);
        return;
      }
    },
    total: (series) => [ended, ...processes.values()].reduce((sum, values) => sum + (values[series] ?? 0), 0),
    format(extra, running) {
      const parts = [...processes].map(([name, values]) => (running.has(name) ? values : withoutGauges(values)));
      return formatPrometheus(sumCounters([ended, ...parts, extra]));
    },
    totals: () => ({
      ended,
      processes: Object.fromEntries([...processes].map(([name, values]) => [name, withoutGauges(values)])),
    }),
  };
}

function withoutGauges(values: CounterValues): CounterValues {
  return Object.fromEntries(Object.entries(values).filter(([series]) => !isGauge(series)));
}
