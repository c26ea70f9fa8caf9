// The operations of EC2 that are implemented; the others answer 501.

import type { Operation } from '../operation.ts';
import { createSubnet } from './create-subnet.ts';
import { createTags } from './create-tags.ts';
import { createVpc } from './create-vpc.ts';
import { deleteSubnet } from './delete-subnet.ts';
import { deleteTags } from './delete-tags.ts';
import { deleteVpc } from './delete-vpc.ts';
import type { Ec2Deps } from './deps.ts';
import { describeAccountAttributes } from './describe-account-attributes.ts';
import { describeAvailabilityZones } from './describe-availability-zones.ts';
import { describeManagedPrefixLists } from './describe-managed-prefix-lists.ts';
import { describePrefixLists } from './describe-prefix-lists.ts';
import { describeRegions } from './describe-regions.ts';
import { describeSecurityGroupRules } from './describe-security-group-rules.ts';
import { describeSecurityGroups } from './describe-security-groups.ts';
import { describeSubnets } from './describe-subnets.ts';
import { describeTags } from './describe-tags.ts';
import { describeVpcAttribute } from './describe-vpc-attribute.ts';
import { describeVpcs } from './describe-vpcs.ts';
import { getManagedPrefixListEntries } from './get-managed-prefix-list-entries.ts';
import { instanceOperations } from './instance/instances.ts';
import { profileOperations } from './instance/profile-associations.ts';
import { modifyVpcOperations } from './modify-vpcs.ts';
import { networkInterfaceOperations } from './network-interfaces.ts';
import { prefixListOperations } from './prefix-lists.ts';
import { securityGroupOperations } from './security-groups.ts';
import { vpcEndpointOperations } from './vpc-endpoints.ts';
import { addressOperations } from './vpc-part/addresses.ts';
import { dhcpOperations } from './vpc-part/dhcp-options.ts';
import { gatewayOperations } from './vpc-part/gateways.ts';
import { networkAclOperations } from './vpc-part/network-acls.ts';
import { routeTableOperations } from './vpc-part/route-tables.ts';

/** The implemented operations of a server with these regions. */
export const ec2Operations = (regions: readonly string[]): readonly Operation<Ec2Deps>[] => [
  createSubnet,
  createTags,
  createVpc,
  deleteSubnet,
  deleteTags,
  deleteVpc,
  describeAccountAttributes,
  describeAvailabilityZones,
  describeManagedPrefixLists,
  describePrefixLists,
  describeRegions(regions),
  describeSecurityGroupRules,
  describeSecurityGroups,
  describeSubnets,
  describeTags,
  describeVpcAttribute,
  describeVpcs,
  getManagedPrefixListEntries,
  ...instanceOperations,
  ...profileOperations,
  ...modifyVpcOperations,
  ...networkInterfaceOperations,
  ...prefixListOperations,
  ...securityGroupOperations,
  ...vpcEndpointOperations,
  ...routeTableOperations,
  ...gatewayOperations,
  ...addressOperations,
  ...networkAclOperations,
  ...dhcpOperations,
];
