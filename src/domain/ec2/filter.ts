// EC2's filters: names with values in which `*` and `?` are wildcards (EC2 User Guide: List and filter your resources).

import { matchesPattern } from '../../policy/index.ts';
import type { ListFilter } from '../page.ts';
import type { BaseRecord } from '../records/base.ts';
import { ec2Refusal } from '../refusal.ts';

/** One filter: a record passes when any of its values under `name` fits any of `values`. */
export interface Ec2Filter {
  readonly name: string;
  readonly values: readonly string[];
}

/** What a record has under each name by which a call filters. Every call has `tag:KEY` and `tag-key` too. */
export type FilterTable<T> = Readonly<Record<string, (record: T) => readonly string[]>>;

/** The most values that the filters of one call have together. */
const MOST_VALUES = 200;

/** All of `filters` as one; undefined when there are none. Refused: a name that the call does not filter by, too many values. */
export function ec2Filter<T extends BaseRecord>(
  table: FilterTable<T>,
  filters: readonly Ec2Filter[],
): ListFilter<T> | undefined {
  if (filters.length === 0) return undefined;
  if (filters.reduce((sum, { values }) => sum + values.length, 0) > MOST_VALUES)
    throw ec2Refusal('FilterLimitExceeded', `The filters of one call have at most ${MOST_VALUES} values together.`);
  const wanted = filters.map(({ name, values }) => ({ valuesOf: valuesUnder(table, name), values }));
  return {
    name: JSON.stringify(filters),
    passes: (record) =>
      wanted.every(({ valuesOf, values }) => {
        const has = valuesOf(record);
        return values.some((pattern) => has.some((value) => matchesPattern(pattern, value)));
      }),
  };
}

function valuesUnder<T extends BaseRecord>(table: FilterTable<T>, name: string): (record: T) => readonly string[] {
  if (name === 'tag-key') return ({ tags }) => Object.keys(tags);
  if (name.startsWith('tag:')) {
    const key = name.slice('tag:'.length);
    return ({ tags }) => (Object.hasOwn(tags, key) ? [tags[key] ?? ''] : []);
  }
  const valuesOf = Object.hasOwn(table, name) ? table[name] : undefined;
  if (valuesOf === undefined) throw ec2Refusal('InvalidParameterValue', `The filter '${name}' is invalid`);
  return valuesOf;
}
