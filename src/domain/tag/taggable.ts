// What can have tags, in VPC Lattice and in EC2, and how it is found by ARN.

import { arnKinds, parseArn, type ArnKind, type Caller } from '../identifiers.ts';
import { keyOf, type BaseRecord, type Tags } from '../records/base.ts';
import { put, type Change, type RecordTypes, type State } from '../state.ts';

/** The kinds of EC2's resources that have an ARN. */
const ec2Kinds = ['vpc', 'subnet', 'securityGroup'] as const;

/** The kinds that have an ARN and tags. */
export type TaggableKind = ArnKind | (typeof ec2Kinds)[number];

/** A resource that can have tags. */
export type Taggable = {
  readonly [K in TaggableKind]: { readonly kind: K; readonly record: RecordTypes[K] };
}[TaggableKind];

type TaggableRecord = BaseRecord & { readonly arn: string };

/** The caller's own resource with `arn`, or undefined. */
export function findTaggable(state: State, caller: Caller, arn: string): Taggable | undefined {
  const parsed = parseArn(arn);
  if (parsed === undefined || parsed.account !== caller.account || parsed.region !== caller.region) return undefined;
  const key = keyOf(caller.account, caller.region, arn.slice(arn.lastIndexOf('/') + 1));
  for (const kind of taggableKinds) {
    const record: TaggableRecord | undefined = state.tables[kind].get(key);
    if (record?.arn === arn) return { kind, record } as Taggable;
  }
  return undefined;
}

/** The change that gives `taggable` other tags. */
export function withTags({ kind, record }: Taggable, tags: Tags): Change {
  return put<TaggableKind>(kind, { ...record, tags });
}

const taggableKinds: readonly TaggableKind[] = [...arnKinds, ...ec2Kinds];

/** A resource that has tags, as the Resource Groups Tagging API shows it. */
export interface TaggedResource {
  readonly arn: string;
  readonly tags: Tags;
}

/** The caller's resources that have tags, by ARN; `isWanted` says which types (`vpc-lattice:service`, `ec2:vpc`) are looked at. */
export function taggedResources(
  state: State,
  { account, region }: Caller,
  isWanted: (type: string) => boolean = () => true,
): readonly TaggedResource[] {
  const found: TaggedResource[] = [];
  for (const kind of taggableKinds) {
    const records: Iterable<TaggableRecord & { readonly name?: string }> = state.tables[kind].values();
    for (const record of records) {
      // All of a kind have the same type, so that the first tells for all.
      if (!isWanted(typeOfArn(record.arn))) break;
      if (record.account !== account || record.region !== region) continue;
      // The name that pergola.yaml gives a VPC is its Name tag for EC2 too.
      const tags = kind === 'vpc' && record.name !== undefined ? { Name: record.name, ...record.tags } : record.tags;
      if (Object.keys(tags).length > 0) found.push({ arn: record.arn, tags });
    }
  }
  return found.sort((a, b) => (a.arn < b.arn ? -1 : 1));
}

/** The type in an ARN as `ResourceTypeFilters` has it: the service, and what precedes the id. */
function typeOfArn(arn: string): string {
  const { service = '', resource = '' } = parseArn(arn) ?? {};
  return `${service}:${resource.split('/').at(-2) ?? ''}`;
}
