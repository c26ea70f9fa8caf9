// TagResource.

import type { TagResourceRequest, TagResourceResponse } from '@aws-sdk/client-vpc-lattice';
import { tagResource as decide, judgeTags } from '../../../domain/tag/index.ts';
import { change, type Valid, type Wire } from '../../operation.ts';

/** Adds tags to a resource. */
export const tagResource = change(
  'TagResource',
  decide,
  (request: Valid<TagResourceRequest>) => request,
  (): Wire<TagResourceResponse> => ({}),
  judgeTags,
);
