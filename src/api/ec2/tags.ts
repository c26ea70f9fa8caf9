// EC2's tags: specifications in requests, lists of key and value in answers, filters by name.

import type { Filter, ResourceType, Tag, TagSpecification } from '@aws-sdk/client-ec2';
import { ServiceError } from '../../aws/index.ts';
import type { Ec2Filter } from '../../domain/ec2/index.ts';
import type { Tags } from '../../domain/records/index.ts';
import type { Valid } from '../operation.ts';

/** The tags that `specifications` give to the one resource of `resourceType` that a call makes. */
export function readTags(
  specifications: readonly Valid<TagSpecification>[] | undefined,
  resourceType: ResourceType,
): { readonly tags?: Tags } {
  if (specifications === undefined) return {};
  let tags: Tags = {};
  for (const { ResourceType, Tags: given = [] } of specifications) {
    if (ResourceType !== resourceType)
      throw new ServiceError(
        'InvalidParameterValue',
        `'${ResourceType}' is not a valid taggable resource type for this operation.`,
      );
    tags = { ...tags, ...readTagList(given) };
  }
  return { tags };
}

/** Tags by name; one without a value has the empty text. */
export function readTagList(tags: readonly Valid<Tag>[]): Tags {
  return Object.fromEntries(tags.map(({ Key, Value = '' }) => [readKey(Key), readValue(Value)]));
}

function readValue(value: string): string {
  if (value.length > 255) throw new ServiceError('InvalidParameterValue', 'Tag values have at most 255 characters.');
  return value;
}

/** A tag's key, as EC2 takes it. */
export function readKey(key: string | undefined): string {
  if (key === undefined || key === '' || key.length > 127 || key.startsWith('aws:'))
    throw new ServiceError('InvalidParameterValue', `Tag key '${key ?? ''}' is not allowed.`);
  return key;
}

/** Tags as EC2 lists them. */
export function describeTags(tags: Tags): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** Filters as the domain takes them. */
export function readFilters(filters: readonly Valid<Filter>[] | undefined): {
  readonly filters?: readonly Ec2Filter[];
} {
  if (filters === undefined) return {};
  return {
    filters: filters.map(({ Name, Values = [] }) => {
      if (Name === undefined) throw new ServiceError('InvalidParameterValue', 'The filter name is missing.');
      return { name: Name, values: Values };
    }),
  };
}
