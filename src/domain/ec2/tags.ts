// CreateTags, DeleteTags and DescribeTags of EC2, for VPCs, subnets and security groups.

import type { Context, Decided } from '../decision.ts';
import type { Caller } from '../identifiers.ts';
import type { RecordList } from '../page.ts';
import { keyOf, type BaseRecord, type Tags } from '../records/base.ts';
import { ec2Refusal } from '../refusal.ts';
import { ownedIndexValue } from '../state-indexes.ts';
import { put, recordsBy, type Change, type RecordTypes, type State } from '../state.ts';
import { describeDerived, type DescribeInput } from './describe.ts';
import type { FilterTable } from './filter.ts';

/** The kinds that have tags in EC2, by the prefix of their ids: EC2's word, and the code of an id that nothing has. */
const kinds = {
  'vpc-': { kind: 'vpc', type: 'vpc', code: 'InvalidVpcID.NotFound' },
  'subnet-': { kind: 'subnet', type: 'subnet', code: 'InvalidSubnetID.NotFound' },
  'sgr-': { kind: 'securityGroupRule', type: 'security-group-rule', code: 'InvalidSecurityGroupRuleId.NotFound' },
  'pl-': { kind: 'prefixList', type: 'prefix-list', code: 'InvalidPrefixListID.NotFound' },
  'sg-': { kind: 'securityGroup', type: 'security-group', code: 'InvalidGroup.NotFound' },
} as const;

type Kind = (typeof kinds)[keyof typeof kinds]['kind'];
type Tagged = { readonly [K in Kind]: { readonly kind: K; readonly record: RecordTypes[K] } }[Kind];

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

function getTagged(state: State, { account, region }: Caller, id: string): Tagged {
  const entry = Object.entries(kinds).find(([prefix]) => id.startsWith(prefix));
  if (entry === undefined) throw ec2Refusal('InvalidID', `The ID '${id.slice(0, 255)}' is not valid`);
  const [, { kind, type, code }] = entry;
  const record = state.tables[kind].get(keyOf(account, region, id));
  if (record === undefined) throw ec2Refusal(code, `The ${type} ID '${id}' does not exist`);
  return { kind, record } as Tagged;
}

function withTags({ kind, record }: Tagged, tags: Tags): Change {
  return put<Kind>(kind, { ...record, tags });
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
  const all = Object.values(kinds).flatMap(({ kind, type }) =>
    recordsBy<Kind>(state, kind, 'owned', ownedIndexValue(kind, caller)).flatMap(({ id, tags, ...record }) =>
      Object.entries(tags).map(([key, value]): Ec2Tag => ({
        ...{ account: record.account, region: record.region, createdAt: record.createdAt },
        ...{ lastUpdatedAt: record.lastUpdatedAt, tags: { [key]: value }, id: `${id} ${key}` },
        ...{ key, value, resourceId: id, resourceType: type },
      })),
    ),
  );
  const unknown = { code: 'InvalidID', message: (id: string) => id };
  return describeDerived(all, { scope: 'tags', table: filters, unknown }, input);
}
