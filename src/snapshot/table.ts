// Tables of a snapshot: maps that never change, of which the next one, and what is different in it, cost as much as the change and not as the table.

/** What a table was before it was laid out anew. */
interface Origin<T> {
  readonly base: ReadonlyMap<string, T>;
  /** What was different from that base. */
  readonly changes: ReadonlyMap<string, T | undefined>;
}

/** A map laid out once, and what is different from it; undefined is what was removed. */
class Table<T extends object> implements ReadonlyMap<string, T> {
  readonly #base: ReadonlyMap<string, T>;
  readonly #changes: ReadonlyMap<string, T | undefined>;
  readonly #origin: Origin<T> | undefined;
  readonly size: number;

  private constructor(
    base: ReadonlyMap<string, T>,
    changes: ReadonlyMap<string, T | undefined>,
    origin: Origin<T> | undefined,
    size: number,
  ) {
    this.#base = base;
    this.#changes = changes;
    this.#origin = origin;
    this.size = size;
  }

  static change<T extends object>(
    before: ReadonlyMap<string, T>,
    changes: Iterable<readonly [id: string, record: T | undefined]>,
  ): ReadonlyMap<string, T> {
    const table = before instanceof Table ? (before as Table<T>) : new Table(before, new Map(), undefined, before.size);
    const next = new Map(table.#changes);
    let { size } = table;
    for (const [id, record] of changes) {
      const had = next.has(id) ? next.get(id) !== undefined : table.#base.has(id);
      size += Number(record !== undefined) - Number(had);
      next.set(id, record);
    }
    // Between copying the changes at every step, and laying out all at every so many: both cost the square root.
    if (next.size <= Math.max(16, Math.sqrt(2 * table.#base.size)))
      return new Table(table.#base, next, table.#origin, size);
    const base = new Map(table.#base);
    for (const [id, record] of next)
      if (record === undefined) base.delete(id);
      else base.set(id, record);
    return new Table(base, new Map(), { base: table.#base, changes: next }, size);
  }

  /** Every id that may differ between `before` and `after`; undefined when all may. */
  static candidates<T extends object>(
    before: ReadonlyMap<string, T>,
    after: ReadonlyMap<string, T>,
  ): ReadonlySet<string> | undefined {
    if (!(before instanceof Table && after instanceof Table)) return undefined;
    const [old, now] = [before as Table<T>, after as Table<T>];
    if (old.#base === now.#base) return new Set([...old.#changes.keys(), ...now.#changes.keys()]);
    if (old.#base === now.#origin?.base)
      return new Set([...old.#changes.keys(), ...now.#origin.changes.keys(), ...now.#changes.keys()]);
    return undefined;
  }

  get(id: string): T | undefined {
    return this.#changes.get(id) ?? (this.#changes.has(id) ? undefined : this.#base.get(id));
  }

  has(id: string): boolean {
    return this.get(id) !== undefined;
  }

  *entries(): MapIterator<[string, T]> {
    for (const entry of this.#base) if (!this.#changes.has(entry[0])) yield entry;
    for (const [id, record] of this.#changes) if (record !== undefined) yield [id, record];
  }

  *keys(): MapIterator<string> {
    for (const [id] of this.entries()) yield id;
  }

  *values(): MapIterator<T> {
    for (const [, record] of this.entries()) yield record;
  }

  [Symbol.iterator](): MapIterator<[string, T]> {
    return this.entries();
  }

  forEach(visit: (record: T, id: string, table: ReadonlyMap<string, T>) => void): void {
    for (const [id, record] of this.entries()) visit(record, id, this);
  }
}

/** `before` with `changes` (undefined: removed). Neither changes any more. */
export function changeTable<T extends object>(
  before: ReadonlyMap<string, T>,
  changes: Iterable<readonly [id: string, record: T | undefined]>,
): ReadonlyMap<string, T> {
  return Table.change(before, changes);
}

/** The ids under which `after` has another record than `before`, or none; records are compared by identity. */
export function changedIds<T extends object>(
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
): readonly string[] {
  if (before === after) return [];
  const candidates = Table.candidates(before, after) ?? new Set([...before.keys(), ...after.keys()]);
  return [...candidates].filter((id) => before.get(id) !== after.get(id));
}
