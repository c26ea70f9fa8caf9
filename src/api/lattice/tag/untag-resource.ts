// UntagResource.

import type { UntagResourceRequest, UntagResourceResponse } from '@aws-sdk/client-vpc-lattice';
import { untagResource as decide } from '../../../domain/tag/index.ts';
import { change, type Valid, type Wire } from '../../operation.ts';

/** Removes tags from a resource. */
export const untagResource = change(
  'UntagResource',
  decide,
  (request: Valid<UntagResourceRequest>) => request,
  (): Wire<UntagResourceResponse> => ({}),
);
