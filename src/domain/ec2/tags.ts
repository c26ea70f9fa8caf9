// CreateTags, DeleteTags and DescribeTags of EC2, for everything that has an id here.

import type { Context, Decided } from '../decision.ts';
import type { Caller } from '../identifiers.ts';
import type { RecordList } from '../page.ts';
import { keyOfRecord, type BaseRecord, type Tags } from '../records/base.ts';
import { ec2Refusal } from '../refusal.ts';
import { ownedIndexValue } from '../state-indexes.ts';
import { recordsBy, type Change, type RecordKind, type State } from '../state.ts';
import { describeDerived, type DescribeInput } from './describe.ts';
import type { FilterTable } from './filter.ts';
import { ec2Things, getThing, kindOf, thingOfId, wordOf } from './resource.ts';

/** The most tags that a resource can have. */
const MOST_TAGS = 50;

/** CreateTags: merges `tags` into those of each resource; all of them or none. */
export function createTags(
  state: State,
  { ids, tags }: { readonly ids: readonly string[]; readonly tags: Tags },
  context: Context,
): Decided<null> {
  const changes = [...new Set(ids)].map((id): Change => {
    const tagged = getTagged(state, context, id);
    const merged = { ...tagged.record.tags, ...tags };
    if (Object.keys(merged).length > MOST_TAGS)
      throw ec2Refusal('TagLimitExceeded', `The maximum number of Tags for resource '${id}' is ${MOST_TAGS}.`);
    return withTags(tagged, merged);
  });
  return { changes, result: null };
}

/** A tag to delete: with a value only when it has that one. */
export interface TagToDelete {
  readonly key: string;
  readonly value?: string;
}

/** DeleteTags: without `tags` all of them; what is not there is ignored. */
export function deleteTags(
  state: State,
  { ids, tags }: { readonly ids: readonly string[]; readonly tags?: readonly TagToDelete[] },
  context: Context,
): Decided<null> {
  const isGone = (key: string, value: string): boolean =>
    tags === undefined || tags.some((one) => one.key === key && (one.value === undefined || one.value === value));
  const changes = [...new Set(ids)].flatMap((id): Change[] => {
    const tagged = getTagged(state, context, id);
    const all = Object.entries(tagged.record.tags);
    const kept = all.filter(([key, value]) => !isGone(key, value));
    return kept.length === all.length ? [] : [withTags(tagged, Object.fromEntries(kept))];
  });
  return { changes, result: null };
}

/** A record of EC2, with the table that it is in. */
interface Tagged {
  readonly kind: RecordKind;
  readonly record: BaseRecord;
}

function getTagged(state: State, caller: Caller, id: string): Tagged {
  const thing = thingOfId(id);
  if (thing === undefined) throw ec2Refusal('InvalidID', `The ID '${id.slice(0, 255)}' is not valid`);
  return { kind: kindOf(thing), record: getThing(state, caller, thing, id) };
}

function withTags({ kind, record }: Tagged, tags: Tags): Change {
  // Tags are of every record's form.
  return { kind, key: keyOfRecord(record), record: { ...record, tags } } as Change;
}

/** One tag of one resource. Its id is made of both. */
export interface Ec2Tag extends BaseRecord {
  readonly key: string;
  readonly value: string;
  readonly resourceId: string;
  /** EC2's word: `vpc`, `subnet`, `security-group`. */
  readonly resourceType: string;
}

/** EC2 API: DescribeTags. */
const filters: FilterTable<Ec2Tag> = {
  key: ({ key }) => [key],
  value: ({ value }) => [value],
  'resource-id': ({ resourceId }) => [resourceId],
  'resource-type': ({ resourceType }) => [resourceType],
};

/** The tags of the caller's resources, by filter. */
export function describeTags(state: State, caller: Caller, input: Pick<DescribeInput, 'filters'>): RecordList<Ec2Tag> {
  const all = ec2Things.flatMap((thing) =>
    recordsBy(state, kindOf(thing), 'owned', ownedIndexValue(thing, caller)).flatMap(({ id, tags, ...record }) =>
      Object.entries(tags).map(([key, value]): Ec2Tag => ({
        ...{ account: record.account, region: record.region, createdAt: record.createdAt },
        ...{ lastUpdatedAt: record.lastUpdatedAt, tags: { [key]: value }, id: `${id} ${key}` },
        ...{ key, value, resourceId: id, resourceType: wordOf(thing) },
      })),
    ),
  );
  const unknown = (id: string) => ec2Refusal('InvalidID', id);
  return describeDerived(all, { scope: 'tags', table: filters, unknown }, input);
}
