// What records of EC2 use, so that it cannot go before them: the keys under which the index `ec2Users` finds them.

import { cidrAddress, parseCidr } from '../base/cidr.ts';
import { keyOf, type BaseRecord, type Key } from './records/base.ts';
import type { NetworkInterface, SecurityGroupRule, Vpc } from './records/ec2.ts';
import type { VpcEndpoint } from './records/vpc-endpoint.ts';
import type { VpcPart } from './records/vpc-part.ts';

const own = (record: BaseRecord, ids: readonly (string | undefined)[]): readonly Key[] =>
  [...new Set(ids)].flatMap((id) => (id === undefined ? [] : [keyOf(record.account, record.region, id)]));

/** A VPC uses its DHCP options. */
export function usedByVpc(vpc: Vpc): readonly string[] {
  return own(vpc, [vpc.dhcpOptionsId]);
}

/** A rule of a group uses another group, or a prefix list. */
export function usedByRule(rule: SecurityGroupRule): readonly string[] {
  const { peer, groupId } = rule;
  if (peer.kind === 'group') return own(rule, peer.groupId === groupId ? [] : [peer.groupId]);
  return own(rule, peer.kind === 'prefixList' ? [peer.prefixListId] : []);
}

/** An interface uses its VPC, its subnet and its security groups. */
export function usedByInterface(one: NetworkInterface): readonly string[] {
  return own(one, [one.vpcId, one.subnetId, ...one.securityGroupIds]);
}

/** An endpoint uses its VPC and its security groups; its interfaces use the subnets. */
export function usedByEndpoint(endpoint: VpcEndpoint): readonly string[] {
  return own(endpoint, [endpoint.vpcId, ...endpoint.securityGroupIds]);
}

/** What comes with a VPC goes with it: its main route table and its default network ACL do not use it. */
export function usedByPart(part: VpcPart): readonly string[] {
  switch (part.type) {
    case 'routeTable':
      return own(part, [
        part.mainAssociationId === undefined ? part.vpcId : undefined,
        ...part.routes.map(({ destination }) => (destination.startsWith('pl-') ? destination : undefined)),
      ]);
    case 'networkAcl':
      return own(part, part.isDefault ? [] : [part.vpcId]);
    case 'internetGateway':
    case 'egressOnlyInternetGateway':
      return own(part, [part.vpcId]);
    case 'natGateway':
      return own(part, [part.vpcId, part.subnetId, part.allocationId, part.networkInterfaceId]);
    case 'elasticIp':
    case 'dhcpOptions':
      return [];
  }
}

/** The 16 addresses of a /28. */
export function addressesOfPrefix(prefix: string): readonly string[] {
  const cidr = parseCidr(prefix);
  return cidr === undefined ? [] : Array.from({ length: 16 }, (_, index) => cidrAddress(cidr, index));
}
