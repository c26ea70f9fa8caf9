// VPCs, subnets, security groups and instances, and what EC2 tells of them.

export { familiesOf, findSubnets, findVpc, wrongSecurityGroups } from './check-placement.ts';
export { applyConfiguredVpcs, configuredId, type ConfiguredRule, type ConfiguredVpc } from './configuration.ts';
export type { Ec2Filter } from './filter.ts';
export { applyConfiguredLoadBalancers, findLoadBalancer, type ConfiguredLoadBalancer } from './load-balancer.ts';
export { describePrefixLists, listPrefixListEntries, findPrefixListRanges, type PrefixList } from './prefix-list.ts';
export { cidrAssociationId, describeSubnets, describeVpcs, subnetIpv6Id } from './read.ts';
export { countFreeAddresses, findFreeAddress, findFreePrefix28 } from './address.ts';
export { placeStandIns } from './stand-in.ts';
export { addressesOfPrefix } from '../ec2-uses.ts';
export { findThing, getThing, thingOfId, wordOf, type Ec2Thing } from './resource.ts';
export { createSubnet, deleteSubnet, type CreateSubnetInput } from './subnet.ts';
export {
  associateSubnetCidr,
  associateVpcCidr,
  disassociateSubnetCidr,
  disassociateVpcCidr,
  modifySubnetAttribute,
  modifyVpcAttribute,
  type VpcRange,
} from './modify-vpc.ts';
export { createDefaultVpc, findDefaultSubnet, findDefaultVpc } from './default-vpc.ts';
export { createTags, deleteTags, describeTags } from './tags.ts';
export { createVpc, deleteVpc, getVpc, type AttachmentInput, type CreateVpcInput } from './vpc.ts';
export { describeRegions, describeZones, zoneId } from './zone.ts';
