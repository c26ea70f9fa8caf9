// What every Describe call of EC2 does: by id (an unknown one is refused), else all that the caller has, and by filter.

import type { Caller } from '../identifiers.ts';
import { listBy, listOf, type RecordList } from '../page.ts';
import { keyOf, type BaseRecord } from '../records/base.ts';
import { ec2Refusal } from '../refusal.ts';
import { ownedIndexValue, type Ec2Kind } from '../state-indexes.ts';
import type { RecordTypes, State } from '../state.ts';
import { ec2Filter, type Ec2Filter, type FilterTable } from './filter.ts';

/** What a Describe call asks for. */
export interface DescribeInput {
  /** Absent or empty: all. */
  readonly ids?: readonly string[];
  readonly filters?: readonly Ec2Filter[];
}

/** The code and the sentence of an id that nothing has. */
export interface UnknownId {
  readonly code: string;
  readonly message: (id: string) => string;
}

/** Stored records of `kind`. */
export function describeStored<K extends Ec2Kind>(
  state: State,
  caller: Caller,
  {
    kind,
    table,
    unknown,
  }: { readonly kind: K; readonly table: FilterTable<RecordTypes[K]>; readonly unknown: UnknownId },
  { ids = [], filters = [] }: DescribeInput,
): RecordList<RecordTypes[K]> {
  const filter = ec2Filter<RecordTypes[K]>(table, filters);
  if (ids.length === 0) return listBy(state, kind, 'owned', ownedIndexValue(kind, caller), filter);
  const records: ReadonlyMapLike<RecordTypes[K]> = state.tables[kind];
  const found = ids.map((id) => {
    const record = records.get(keyOf(caller.account, caller.region, id));
    if (record === undefined) throw ec2Refusal(unknown.code, unknown.message(id));
    return record;
  });
  return listOf<RecordTypes[K]>(
    `${ids.join(' ')} ${filter?.name}`,
    filter === undefined ? found : found.filter(filter.passes),
  );
}

/** What tables have in common for a lookup. */
interface ReadonlyMapLike<T> {
  get(key: ReturnType<typeof keyOf>): T | undefined;
}

/** Records that follow from others and are stored nowhere; `all` are the caller's. `scope` says which list it is. */
export function describeDerived<T extends BaseRecord>(
  all: readonly T[],
  { scope, table, unknown }: { readonly scope: string; readonly table: FilterTable<T>; readonly unknown: UnknownId },
  { ids = [], filters = [] }: DescribeInput,
): RecordList<T> {
  const filter = ec2Filter(table, filters);
  const byId = new Map(all.map((one) => [one.id, one]));
  const named = ids.map((id) => {
    const record = byId.get(id);
    if (record === undefined) throw ec2Refusal(unknown.code, unknown.message(id));
    return record;
  });
  const found = ids.length === 0 ? all : named;
  return listOf(
    `${scope} ${ids.join(' ')} ${filter?.name}`,
    filter === undefined ? found : found.filter(filter.passes),
  );
}
