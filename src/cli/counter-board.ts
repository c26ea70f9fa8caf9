// The counters of all workers, also of those that ended.

import { formatPrometheus, isGauge, sumCounters, type CounterValues } from '../telemetry/index.ts';

/** The counters of one server. */
export interface CounterBoard {
  /** Takes series of the process `name` that changed, with all that they have counted. */
  put(name: string, values: CounterValues): void;
  /** What all processes have counted in one series. */
  total(series: string): number;
  /** Prometheus text of every series, with `extra` gauges; of processes that are not in `running` only what does not go back. */
  format(extra: CounterValues, running: ReadonlySet<string>): string;
}

/** Processes that are kept apart: one that is forgotten and comes back would be counted twice, and one that ended does not. */
const MAX_PROCESSES = 256;

/** Makes an empty board. */
export function createCounterBoard(): CounterBoard {
  const processes = new Map<string, Record<string, number>>();
  let ended: CounterValues = {};
  return {
    put(name, values) {
      // The one that has not said anything for longest is the first.
      const known = processes.get(name) ?? {};
      processes.delete(name);
      processes.set(name, Object.assign(known, values));
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
  };
}

function withoutGauges(values: CounterValues): CounterValues {
  return Object.fromEntries(Object.entries(values).filter(([series]) => !isGauge(series)));
}
