// Counters that cost one addition on the hot path, and their Prometheus text.

/** A value that only grows. The hot path keeps the object and adds to `value`. */
export interface Counter {
  value: number;
}

/** How many values were how large. */
export interface Histogram {
  /** Counts one value. */
  observe(value: number): void;
}

/** Counters by series: `name` or `name{label="value"}`. */
export type CounterValues = Readonly<Record<string, number>>;

/** The counters of one process. */
export interface CounterSet {
  /** The counter of a series, made when it does not exist. `name` follows Prometheus: snake case, unit, `_total`. */
  counter(name: string, labels?: Readonly<Record<string, string>>): Counter;
  /**
   * The histogram of a name, made when it does not exist, as Prometheus has it: the series `_bucket` (up to and with each of `bounds`, which ascend, and +Inf),
   * `_count` and `_sum`.
   */
  histogram(name: string, bounds: readonly number[], labels?: Readonly<Record<string, string>>): Histogram;
  /** The present value of every series that has counted something. */
  values(): CounterValues;
  /**
   * The series that have another value than when this was last called, in parts that are small enough to be sent; the last part is empty, and the
   * only one that is: everything is told then.
   */
  changes(): Iterable<CounterValues>;
  /** Lets the next `changes()` tell everything. */
  forget(): void;
}

/** A series. */
interface Kept {
  readonly value: number;
  /** What it was when it was told; NaN: it must be told again. */
  told: number;
}

class KeptCounter implements Kept, Counter {
  value = 0;
  told = 0;
}

/** Each value is counted in one place and added up when somebody reads: most are small, and would be in every bucket. */
class KeptHistogram implements Histogram {
  readonly #bounds: readonly number[];
  /** By bound, the last of them for what is above. */
  readonly #places: Float64Array;
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#places = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    const bounds = this.#bounds;
    let place = 0;
    while (place < bounds.length && value > (bounds[place] ?? 0)) place++;
    this.#places[place] = (this.#places[place] ?? 0) + 1;
    this.sum += value;
  }

  /** How many values were at most the bound at `place`. */
  upTo(place: number): number {
    let total = 0;
    for (let i = 0; i <= place; i++) total += this.#places[i] ?? 0;
    return total;
  }
}

class KeptBucket implements Kept {
  told = 0;
  readonly #of: KeptHistogram;
  readonly #place: number;

  constructor(of: KeptHistogram, place: number) {
    this.#of = of;
    this.#place = place;
  }

  get value(): number {
    return this.#of.upTo(this.#place);
  }
}

class KeptSum implements Kept {
  told = 0;
  readonly of: KeptHistogram;

  constructor(of: KeptHistogram) {
    this.of = of;
  }

  get value(): number {
    return this.of.sum;
  }
}

/** Series in one part of changes. */
const PART = 2000;

/** Makes an empty set. */
export function createCounterSet(): CounterSet {
  const all = new Map<string, Kept>();
  const addHistogram = (
    name: string,
    bounds: readonly number[],
    labels: Readonly<Record<string, string>>,
  ): KeptHistogram => {
    const made = new KeptHistogram(bounds);
    for (const [place, le] of [...bounds, '+Inf'].entries())
      all.set(formatSeries(`${name}_bucket`, { ...labels, le: String(le) }), new KeptBucket(made, place));
    all.set(formatSeries(`${name}_count`, labels), new KeptBucket(made, bounds.length));
    all.set(formatSeries(`${name}_sum`, labels), new KeptSum(made));
    return made;
  };
  return {
    counter(name, labels = {}) {
      const series = formatSeries(name, labels);
      const known = all.get(series);
      if (known instanceof KeptCounter) return known;
      if (known !== undefined) throw new Error(`${series} belongs to a histogram`);
      const counter = new KeptCounter();
      all.set(series, counter);
      return counter;
    },
    histogram(name, bounds, labels = {}) {
      const known = all.get(formatSeries(`${name}_sum`, labels));
      return known instanceof KeptSum ? known.of : addHistogram(name, bounds, labels);
    },
    values: () => Object.fromEntries([...all].flatMap(([series, { value }]) => (value === 0 ? [] : [[series, value]]))),
    *changes() {
      let part: Record<string, number> = {};
      let size = 0;
      for (const [series, counter] of all) {
        const { value } = counter;
        if (value === counter.told) continue;
        part[series] = counter.told = value;
        if (++size < PART) continue;
        yield part;
        part = {};
        size = 0;
      }
      if (size > 0) yield part;
      yield {};
    },
    forget() {
      // One that is back at zero too: who was told another value may be who is told again.
      for (const counter of all.values()) if (counter.told !== 0) counter.told = Number.NaN;
    },
  };
}

function formatSeries(name: string, labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(
    ([key, value]) => `${key}="${value.replace(/[\\"\n]/g, (c) => (c === '\n' ? '\\n' : `\\${c}`))}"`,
  );
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`;
}

/** The sum of several sets, series by series. */
export function sumCounters(sets: Iterable<CounterValues>): CounterValues {
  const sum: Record<string, number> = {};
  for (const set of sets) for (const [series, value] of Object.entries(set)) sum[series] = (sum[series] ?? 0) + value;
  return sum;
}

/** Whether a series may go down: everything but `_total`, the metrics of VPC Lattice that do not begin with Active, and the parts of histograms. */
export function isGauge(series: string): boolean {
  return !/^(\w+_total|AWS_VpcLattice_(?!Active)\w+)(\{|$)/.test(series);
}

/** Prometheus text exposition (version 0.0.4) of counters, gauges and histograms (`_bucket`, `_count` and `_sum` of one name). */
export function formatPrometheus(values: CounterValues): string {
  const byName = new Map<string, string[]>();
  for (const [series, value] of Object.entries(values)) {
    const name = series.replace(/\{.*$/s, '').replace(/_RequestTime_(bucket|count|sum)$/, '_RequestTime');
    const lines = byName.get(name) ?? [];
    lines.push(`${series} ${value}`);
    byName.set(name, lines);
  }
  const blocks = [...byName]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([name, lines]) =>
        `# TYPE ${name} ${name.endsWith('_RequestTime') ? 'histogram' : isGauge(name) ? 'gauge' : 'counter'}\n${lines.sort(compareSeries).join('\n')}\n`,
    );
  return blocks.join('');
}

/** By name and labels; buckets by their bound. */
function compareSeries(a: string, b: string): number {
  const bound = /,?le="([^"]+)"/;
  const [x, y] = [bound.exec(a)?.[1], bound.exec(b)?.[1]];
  const [left, right] = [a.replace(/ \S+$/, '').replace(bound, ''), b.replace(/ \S+$/, '').replace(bound, '')];
  if (left !== right) return left < right ? -1 : 1;
  const number = (text: string | undefined): number => (text === '+Inf' ? Infinity : Number(text ?? -1));
  return number(x) - number(y);
}
