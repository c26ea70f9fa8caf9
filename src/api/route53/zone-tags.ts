// Tags of hosted zones; of health checks there are none.

import type {
  ChangeTagsForResourceRequest,
  ListTagsForResourceRequest,
  ListTagsForResourceResponse,
  ListTagsForResourcesRequest,
  ListTagsForResourcesResponse,
  ResourceTagSet,
  TagResourceType,
} from '@aws-sdk/client-route-53';
import { ServiceError } from '../../aws/index.ts';
import { changeZoneTags, getHostedZone } from '../../domain/hosted-zone/index.ts';
import type { State } from '../../domain/index.ts';
import { change, read, type Valid, type Wire } from '../operation.ts';
import { plainId } from './describe-zone.ts';

function zoneIdOf(type: TagResourceType, id: string): string {
  if (type === 'healthcheck')
    throw new ServiceError('NoSuchHealthCheck', `No health check exists with the specified ID: ${id}`);
  return plainId(id);
}

/** ChangeTagsForResource. */
export const changeTagsForResource = change(
  'ChangeTagsForResource',
  changeZoneTags,
  ({ ResourceType, ResourceId, AddTags = [], RemoveTagKeys = [] }: Valid<ChangeTagsForResourceRequest>) => ({
    id: zoneIdOf(ResourceType, ResourceId),
    added: Object.fromEntries(AddTags.map(({ Key = '', Value = '' }) => [Key, Value])),
    removed: RemoveTagKeys,
  }),
  () => ({}),
);

function describeTags(
  state: State,
  caller: { readonly account: string },
  type: TagResourceType,
  id: string,
): Wire<ResourceTagSet> {
  const zone = getHostedZone(state, caller, zoneIdOf(type, id));
  return {
    ResourceType: type,
    ResourceId: zone.id,
    Tags: Object.entries(zone.tags).map(([Key, Value]) => ({ Key, Value })),
  };
}

/** ListTagsForResource. */
export const listTagsForResource = read(
  'ListTagsForResource',
  (state, request: Valid<ListTagsForResourceRequest>, call): Wire<ListTagsForResourceResponse> => ({
    ResourceTagSet: describeTags(state, call, request.ResourceType, request.ResourceId),
  }),
);

/** ListTagsForResources: up to ten at once. */
export const listTagsForResources = read(
  'ListTagsForResources',
  (state, request: Valid<ListTagsForResourcesRequest>, call): Wire<ListTagsForResourcesResponse> => ({
    ResourceTagSets: request.ResourceIds.map((id) => describeTags(state, call, request.ResourceType, id)),
  }),
);
