// A VPC in EC2's shape.

import type { Vpc as WireVpc, VpcIpv6CidrBlockAssociation } from '@aws-sdk/client-ec2';
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
    CidrBlockAssociationSet: vpc.cidrs.map((CidrBlock) => ({
      ...{ AssociationId: cidrAssociationId(vpc, CidrBlock), CidrBlock, CidrBlockState: { State: 'associated' } },
    })),
    Ipv6CidrBlockAssociationSet: (vpc.ipv6Cidrs ?? []).map((cidr) => describeIpv6(vpc, cidr)),
    DhcpOptionsId: vpc.dhcpOptionsId ?? 'default',
    IsDefault: vpc.isDefault ?? false,
    InstanceTenancy: vpc.tenancy ?? 'default',
    OwnerId: vpc.account,
    Tags: describeTags({ ...named, ...vpc.tags }),
  };
}

/** The association of a VPC with a range of IPv6. */
export function describeIpv6(vpc: Vpc, cidr: string): Wire<VpcIpv6CidrBlockAssociation> {
  return {
    ...{ AssociationId: cidrAssociationId(vpc, cidr), Ipv6CidrBlock: cidr, Ipv6Pool: 'Amazon' },
    ...{ Ipv6CidrBlockState: { State: 'associated' }, NetworkBorderGroup: vpc.region },
  };
}
