// What every Describe call of EC2 does: by id (an unknown one is refused), else all that the caller has, and by filter.

import type { Caller } from '../identifiers.ts';
import { listOf, type RecordList } from '../page.ts';
import type { BaseRecord } from '../records/base.ts';
import type { Refusal } from '../refusal.ts';
import { ownedIndexValue } from '../state-indexes.ts';
import { recordsAfter, type State } from '../state.ts';
import { ec2Filter, type Ec2Filter, type FilterTable } from './filter.ts';
import { getThing, kindOf, type Ec2Thing, type ThingRecord } from './resource.ts';

/** What a Describe call asks for. */
export interface DescribeInput {
  /** Absent or empty: all. */
  readonly ids?: readonly string[];
  readonly filters?: readonly Ec2Filter[];
}

/** The caller's records of `thing`, by id and by what `table` filters by. */
export function describeThings<T extends Ec2Thing>(
  state: State,
  caller: Caller,
  thing: T,
  table: FilterTable<ThingRecord<T>>,
  { ids = [], filters = [] }: DescribeInput,
): RecordList<ThingRecord<T>> {
  const filter = ec2Filter<ThingRecord<T>>(table, filters);
  if (ids.length > 0) {
    const found = [...new Set(ids)].map((id) => getThing(state, caller, thing, id));
    const passing = filter === undefined ? found : found.filter(filter.passes);
    return listOf(`${thing} ${ids.join(' ')} ${filter?.name}`, passing);
  }
  const value = ownedIndexValue(thing, caller);
  return {
    scope: `owned ${value} ${filter?.name}`,
    *read(after) {
      // What an account has under a thing's name is of that thing.
      for (const record of recordsAfter(state, kindOf(thing), 'owned', value, after) as Iterable<ThingRecord<T>>)
        if (filter === undefined || filter.passes(record)) yield record;
    },
  };
}

/** Records that follow from others and are stored nowhere; `all` are the caller's. `scope` says which list it is. */
export function describeDerived<T extends BaseRecord>(
  all: readonly T[],
  {
    scope,
    table,
    unknown,
  }: { readonly scope: string; readonly table: FilterTable<T>; readonly unknown: (id: string) => Refusal },
  { ids = [], filters = [] }: DescribeInput,
): RecordList<T> {
  const filter = ec2Filter(table, filters);
  const byId = new Map(all.map((one) => [one.id, one]));
  const named = ids.map((id) => {
    const record = byId.get(id);
    if (record === undefined) throw unknown(id);
    return record;
  });
  const found = ids.length === 0 ? all : named;
  return listOf(
    `${scope} ${ids.join(' ')} ${filter?.name}`,
    filter === undefined ? found : found.filter(filter.passes),
  );
}
