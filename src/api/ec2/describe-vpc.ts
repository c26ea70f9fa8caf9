// A VPC in EC2's shape.

import type { Vpc as WireVpc } from '@aws-sdk/client-ec2';
import { cidrAssociationId } from '../../domain/ec2/index.ts';
import type { Vpc } from '../../domain/records/index.ts';
import type { Wire } from '../operation.ts';
import { describeTags } from './tags.ts';

/** A VPC; one of the configuration shows its name as Name tag. */
export function describeVpc(vpc: Vpc): Wire<WireVpc> {
  const named = vpc.name === undefined || vpc.tags['Name'] !== undefined ? {} : { Name: vpc.name };
  return {
    VpcId: vpc.id,
    State: 'available',
    CidrBlock: vpc.cidrs[0],
    CidrBlockAssociationSet: vpc.cidrs.map((CidrBlock, index) => ({
      AssociationId: cidrAssociationId(vpc, index),
      CidrBlock,
      CidrBlockState: { State: 'associated' },
    })),
    DhcpOptionsId: 'default',
    IsDefault: false,
    InstanceTenancy: 'default',
    OwnerId: vpc.account,
    Tags: describeTags({ ...named, ...vpc.tags }),
  };
}
