// CreateTags.

import type { CreateTagsRequest } from '@aws-sdk/client-ec2';
import { createTags as decide } from '../../domain/ec2/index.ts';
import type { Valid } from '../operation.ts';
import { changeEc2 } from './change-ec2.ts';
import { readTagList } from './tags.ts';

/** Gives VPCs, subnets and security groups tags. */
export const createTags = changeEc2(
  'CreateTags',
  decide,
  ({ Resources, Tags }: Valid<CreateTagsRequest>) => ({ ids: Resources, tags: readTagList(Tags) }),
  () => ({}),
);
