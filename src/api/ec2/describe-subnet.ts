// A subnet in EC2's shape.

import type { Subnet as WireSubnet } from '@aws-sdk/client-ec2';
import { subnetAvailableAddresses, zoneId } from '../../domain/ec2/index.ts';
import type { Subnet } from '../../domain/records/index.ts';
import type { Wire } from '../operation.ts';
import { describeTags } from './tags.ts';

/** A subnet. */
export function describeSubnet(subnet: Subnet): Wire<WireSubnet> {
  return {
    SubnetId: subnet.id,
    SubnetArn: subnet.arn,
    VpcId: subnet.vpcId,
    State: 'available',
    CidrBlock: subnet.cidr,
    AvailabilityZone: subnet.zone,
    AvailabilityZoneId: zoneId(subnet.zone),
    AvailableIpAddressCount: subnetAvailableAddresses(subnet),
    DefaultForAz: false,
    MapPublicIpOnLaunch: false,
    AssignIpv6AddressOnCreation: false,
    Ipv6Native: false,
    OwnerId: subnet.account,
    Tags: describeTags(subnet.tags),
  };
}
