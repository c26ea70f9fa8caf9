// A subnet in EC2's shape.

import type { SubnetIpv6CidrBlockAssociation, Subnet as WireSubnet } from '@aws-sdk/client-ec2';
import { countFreeAddresses, subnetIpv6Id, zoneId } from '../../domain/ec2/index.ts';
import type { State } from '../../domain/index.ts';
import type { Subnet } from '../../domain/records/index.ts';
import type { Wire } from '../operation.ts';
import { describeTags } from './tags.ts';

/** A subnet. */
export function describeSubnet(subnet: Subnet, state: State): Wire<WireSubnet> {
  const { attributes = {}, ipv6Cidr } = subnet;
  return {
    SubnetId: subnet.id,
    SubnetArn: subnet.arn,
    VpcId: subnet.vpcId,
    State: 'available',
    CidrBlock: subnet.cidr,
    AvailabilityZone: subnet.zone,
    AvailabilityZoneId: zoneId(subnet.zone),
    AvailableIpAddressCount: countFreeAddresses(state, subnet),
    DefaultForAz: subnet.isDefault ?? false,
    MapPublicIpOnLaunch: attributes.mapPublicIpOnLaunch ?? false,
    AssignIpv6AddressOnCreation: attributes.assignIpv6AddressOnCreation ?? false,
    EnableDns64: attributes.enableDns64 ?? false,
    PrivateDnsNameOptionsOnLaunch: {
      HostnameType: attributes.privateDnsHostnameTypeOnLaunch ?? 'ip-name',
      EnableResourceNameDnsARecord: attributes.enableResourceNameDnsARecordOnLaunch ?? false,
      EnableResourceNameDnsAAAARecord: attributes.enableResourceNameDnsAAAARecordOnLaunch ?? false,
    },
    Ipv6Native: false,
    Ipv6CidrBlockAssociationSet: ipv6Cidr === undefined ? [] : [describeSubnetIpv6(subnet, ipv6Cidr)],
    MapCustomerOwnedIpOnLaunch: false,
    OwnerId: subnet.account,
    Tags: describeTags(subnet.tags),
  };
}

/** The association of a subnet with its range of IPv6. */
export function describeSubnetIpv6(subnet: Subnet, cidr: string): Wire<SubnetIpv6CidrBlockAssociation> {
  return {
    ...{ AssociationId: subnetIpv6Id(subnet), Ipv6CidrBlock: cidr, Ipv6CidrBlockState: { State: 'associated' } },
  };
}
