// ListTagsForResource.

import type { ListTagsForResourceRequest, ListTagsForResourceResponse } from '@aws-sdk/client-vpc-lattice';
import { tagsOf } from '../../../domain/tag/index.ts';
import { read, type Valid, type Wire } from '../../operation.ts';

/** Lists the tags of a resource. */
export const listTagsForResource = read(
  'ListTagsForResource',
  (state, request: Valid<ListTagsForResourceRequest>, call): Wire<ListTagsForResourceResponse> => ({
    tags: tagsOf(state, call, request.resourceArn),
  }),
);
