// A resource gateway in the wire's shape.

import type { ResourceGateway } from '../../../domain/records/index.ts';
import { describeTimes } from '../time.ts';

/** The whole; each call's schema takes the members that it has (the VPC has a name in some and another in others). */
export function describeResourceGateway(gateway: ResourceGateway) {
  const { id, arn, name, status, vpcId, subnetIds, securityGroupIds, ipAddressType, ipv4AddressesPerEni } = gateway;
  return {
    ...{ id, arn, name, status, vpcId, vpcIdentifier: vpcId, subnetIds, securityGroupIds, ipv4AddressesPerEni },
    ipAddressType,
    resourceConfigDnsResolution: gateway.dnsResolution,
    serviceManaged: false,
    ...describeTimes(gateway),
  };
}
