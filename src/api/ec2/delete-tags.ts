// DeleteTags.

import type { DeleteTagsRequest } from '@aws-sdk/client-ec2';
import { deleteTags as decide } from '../../domain/ec2/index.ts';
import type { Valid } from '../operation.ts';
import { changeEc2 } from './change-ec2.ts';
import { readKey } from './tags.ts';

/** Takes tags of VPCs, subnets and security groups away. */
export const deleteTags = changeEc2(
  'DeleteTags',
  decide,
  ({ Resources, Tags }: Valid<DeleteTagsRequest>) => ({
    ids: Resources,
    ...(Tags === undefined
      ? {}
      : {
          tags: Tags.map(({ Key, Value }) => ({
            key: readKey(Key),
            ...(Value === undefined ? {} : { value: Value }),
          })),
        }),
  }),
  () => ({}),
);
