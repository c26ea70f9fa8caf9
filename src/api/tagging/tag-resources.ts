// TagResources and UntagResources.

import type {
  TagResourcesInput,
  TagResourcesOutput,
  UntagResourcesInput,
  UntagResourcesOutput,
} from '@aws-sdk/client-resource-groups-tagging-api';
import {
  tagResources as decideTags,
  untagResources as decideUntag,
  type FailedResources,
} from '../../domain/tag/index.ts';
import { change, type Valid, type Wire } from '../operation.ts';

/** Adds tags to up to 20 resources; those that cannot have them are told of. */
export const tagResources = change(
  'TagResources',
  decideTags,
  ({ ResourceARNList, Tags }: Valid<TagResourcesInput>) => ({ arns: ResourceARNList, tags: Tags }),
  (failed): Wire<TagResourcesOutput> => ({ FailedResourcesMap: describeFailed(failed) }),
);

/** Removes tags from up to 20 resources; those that are not there are told of. */
export const untagResources = change(
  'UntagResources',
  decideUntag,
  ({ ResourceARNList, TagKeys }: Valid<UntagResourcesInput>) => ({ arns: ResourceARNList, tagKeys: TagKeys }),
  (failed): Wire<UntagResourcesOutput> => ({ FailedResourcesMap: describeFailed(failed) }),
);

function describeFailed(failed: FailedResources): NonNullable<Wire<TagResourcesOutput>['FailedResourcesMap']> {
  return Object.fromEntries(
    failed.map(([arn, message]) => [
      arn,
      { StatusCode: 400, ErrorCode: 'InvalidParameterException' as const, ErrorMessage: message },
    ]),
  );
}
