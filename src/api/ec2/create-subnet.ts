// CreateSubnet.

import type { CreateSubnetRequest, CreateSubnetResult } from '@aws-sdk/client-ec2';
import { ServiceError } from '../../aws/index.ts';
import { createSubnet as decide } from '../../domain/ec2/index.ts';
import type { Valid, Wire } from '../operation.ts';
import { changeEc2 } from './change-ec2.ts';
import { describeSubnet } from './describe-subnet.ts';
import { readTags } from './tags.ts';

/** Makes an IPv4 subnet of a VPC. */
export const createSubnet = changeEc2(
  'CreateSubnet',
  decide,
  ({ VpcId, CidrBlock, AvailabilityZone, TagSpecifications }: Valid<CreateSubnetRequest>) => {
    if (CidrBlock === undefined)
      throw new ServiceError('MissingParameter', 'The request must contain the parameter cidrBlock');
    return {
      vpcId: VpcId,
      cidrBlock: CidrBlock,
      ...(AvailabilityZone === undefined ? {} : { availabilityZone: AvailabilityZone }),
      ...readTags(TagSpecifications, 'subnet'),
    };
  },
  (subnet): Wire<CreateSubnetResult> => ({ Subnet: describeSubnet(subnet) }),
);
