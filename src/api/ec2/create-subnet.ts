// CreateSubnet.

import type { CreateSubnetRequest, CreateSubnetResult } from '@aws-sdk/client-ec2';
import { ServiceError } from '../../aws/index.ts';
import { createSubnet as decide } from '../../domain/ec2/index.ts';
import type { Valid, Wire } from '../operation.ts';
import { changeEc2 } from './change-ec2.ts';
import { describeSubnet } from './describe-subnet.ts';
import { readTags } from './tags.ts';
import { refuseUnsupported } from './unsupported.ts';

/** Subnets have an IPv4 range of their own choice, here. */
const unsupported = [
  ...['Ipv6Native', 'OutpostArn', 'Ipv4IpamPoolId', 'Ipv4NetmaskLength'],
  ...['Ipv6IpamPoolId', 'Ipv6NetmaskLength'],
];

/** Makes an IPv4 subnet of a VPC. */
export const createSubnet = changeEc2(
  'CreateSubnet',
  decide,
  (request: Valid<CreateSubnetRequest>) => {
    const { VpcId, CidrBlock, AvailabilityZone, AvailabilityZoneId, TagSpecifications, Ipv6CidrBlock } = request;
    refuseUnsupported({ ...request }, unsupported);
    if (AvailabilityZone !== undefined && AvailabilityZoneId !== undefined)
      throw new ServiceError('InvalidParameterCombination', 'Give a zone by its name or by its id, not both.');
    if (CidrBlock === undefined)
      throw new ServiceError('MissingParameter', 'The request must contain the parameter cidrBlock');
    return {
      vpcId: VpcId,
      cidrBlock: CidrBlock,
      ...(AvailabilityZone === undefined ? {} : { availabilityZone: AvailabilityZone }),
      ...(AvailabilityZoneId === undefined ? {} : { availabilityZoneId: AvailabilityZoneId }),
      ...(Ipv6CidrBlock === undefined ? {} : { ipv6CidrBlock: Ipv6CidrBlock }),
      ...readTags(TagSpecifications, 'subnet'),
    };
  },
  (subnet, state): Wire<CreateSubnetResult> => ({ Subnet: describeSubnet(subnet, state) }),
);
