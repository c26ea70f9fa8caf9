// Random calls around what stands in VPCs: groups and rules, prefix lists, interfaces, instances, and what is only kept.

import {
  associateSubnetCidr,
  associateVpcCidr,
  createDefaultVpc,
  disassociateSubnetCidr,
  disassociateVpcCidr,
  modifySubnetAttribute,
  modifyVpcAttribute,
} from '../../src/domain/ec2/index.ts';
import { cidrAssociationId, subnetIpv6Id } from '../../src/domain/ec2/index.ts';
import {
  associateProfile,
  disassociateProfile,
  modifyInstance,
  rebootInstances,
  replaceProfile,
  runInstances,
  startInstances,
  stopInstances,
  terminateInstances,
} from '../../src/domain/instance/index.ts';
import {
  assignAddresses,
  attachInterface,
  createNetworkInterface,
  deleteNetworkInterface,
  detachInterface,
  modifyNetworkInterface,
  unassignAddresses,
} from '../../src/domain/network-interface/index.ts';
import {
  createPrefixList,
  deletePrefixList,
  modifyPrefixList,
  restorePrefixList,
} from '../../src/domain/prefix-list/index.ts';
import type { ElasticIp, NetworkInterface, PartType, RulePeer, VpcPart } from '../../src/domain/records/index.ts';
import {
  authorizeRules,
  createSecurityGroup,
  deleteSecurityGroup,
  modifyRules,
  revokeRules,
  tellRules,
} from '../../src/domain/security-group/index.ts';
import {
  aclAssociationIdOf,
  allocateAddress,
  associateAddress,
  associateDhcpOptions,
  associateRouteTable,
  attachInternetGateway,
  createDhcpOptions,
  createEgressOnlyInternetGateway,
  createInternetGateway,
  createNatGateway,
  createNetworkAcl,
  createNetworkAclEntry,
  createRoute,
  createRouteTable,
  deleteInternetGateway,
  deleteNatGateway,
  deleteNetworkAcl,
  deleteNetworkAclEntry,
  deletePart,
  deleteRoute,
  deleteRouteTable,
  detachInternetGateway,
  disassociateAddress,
  disassociateRouteTable,
  releaseAddress,
  replaceNetworkAclAssociation,
  replaceNetworkAclEntry,
  replaceRoute,
  replaceRouteTableAssociation,
} from '../../src/domain/vpc-part/index.ts';
import type { RecordKind, RecordTypes } from '../../src/domain/state.ts';
import { callOf, MOST, type Hand, type Word } from './hand.ts';

/** One of the caller's parts of a type, or one of another owner or none. */
function part<T extends PartType>(hand: Hand, type: T, n: number): Extract<VpcPart, { readonly type: T }> | undefined {
  return search(hand, 'vpcPart', n, (one) => one.type === type) as Extract<VpcPart, { readonly type: T }> | undefined;
}

/** One of the caller's own that is as wanted. */
function search<K extends RecordKind>(
  hand: Hand,
  kind: K,
  n: number,
  isWanted: (record: RecordTypes[K]) => boolean,
): RecordTypes[K] | undefined {
  for (let i = 0; i <= MOST; i++) {
    const found = hand.own(kind, n + i);
    if (found !== undefined && isWanted(found)) return found;
  }
  return undefined;
}
const isFurther = ({ attachment }: NetworkInterface): boolean => (attachment?.deviceIndex ?? 0) > 0;
const partId = (hand: Hand, type: PartType, n: number): string =>
  (n > MOST - 3 ? undefined : part(hand, type, n)?.id) ?? hand.id('vpcPart', n);

function peer(hand: Hand, n: number): RulePeer {
  if (n % 3 === 0) return { kind: 'cidr', cidr: `10.${n % 5}.0.0/16` };
  if (n % 3 === 1) return { kind: 'group', groupId: hand.id('securityGroup', n) };
  return { kind: 'prefixList', prefixListId: hand.id('prefixList', n) };
}
const rule = (hand: Hand, n: number) => ({ protocol: 'tcp', fromPort: n % 3, toPort: 80, peer: peer(hand, n) });
const entry = (n: number) => ({
  ...{ ruleNumber: 1 + (n % 4), egress: n % 2 === 0, action: 'allow' as const, protocol: '-1', cidr: '10.0.0.0/8' },
});

/** An address of a subnet of the caller. */
function addressIn(hand: Hand, n: number, last: number): string {
  const cidr = hand.own('subnet', n)?.cidr ?? '10.0.0.0/24';
  return cidr.replace(/\d+\/\d+$/, String(last));
}

const groupWords: readonly Word[] = [
  (hand, a, b) =>
    callOf(createSecurityGroup, {
      name: `group-${b % 4}`,
      description: 'd',
      ...(a % 9 === 8 ? {} : { vpcId: hand.id('vpc', a) }),
    }),
  (hand, a) => callOf(deleteSecurityGroup, { groupId: hand.id('securityGroup', a) }),
  (hand, a, b, c) =>
    callOf(authorizeRules, { groupId: hand.id('securityGroup', a), isEgress: c % 2 === 0, rules: [rule(hand, b)] }),
  (hand, a, b, c) => {
    const chosen = hand.own('securityGroupRule', a);
    const groupId = chosen?.groupId ?? hand.id('securityGroup', a);
    const isEgress = chosen?.isEgress ?? false;
    return callOf(
      revokeRules,
      c % 2 === 0
        ? { groupId, isEgress, ruleIds: [chosen?.id ?? hand.id('securityGroupRule', a)] }
        : { groupId, isEgress, rules: [rule(hand, b)] },
    );
  },
  (hand, a, b) => {
    const chosen = hand.own('securityGroupRule', a);
    const id = chosen?.id ?? hand.id('securityGroupRule', a);
    return callOf(modifyRules, { groupId: chosen?.groupId ?? '', rules: [{ id, rule: rule(hand, b) }] });
  },
  (hand, a, b) => {
    const { id = '', groupId = '', isEgress = false } = hand.own('securityGroupRule', a) ?? {};
    return callOf(tellRules, { groupId, isEgress, rules: [], descriptions: [{ id, description: `d ${b}` }] });
  },
  (_, a, b) =>
    callOf(createPrefixList, {
      ...{ name: `list-${a % 3}`, addressFamily: 'IPv4', maxEntries: 1 + (b % 4) },
      entries: b % 2 === 0 ? [] : [{ cidr: `10.${a % 3}.0.0/16` }],
    }),
  (hand, a, b) => {
    const list = hand.own('prefixList', a);
    const prefixListId = hand.id('prefixList', a);
    return callOf(modifyPrefixList, {
      ...{ prefixListId, currentVersion: b % 7 === 6 ? 0 : (list?.version ?? 1) },
      added: b % 2 === 0 ? [{ cidr: `10.${b % 5}.0.0/16` }] : [],
      removed: b % 2 === 1 ? (list?.entries.slice(0, 1).map(({ cidr }) => cidr) ?? []) : [],
    });
  },
  (hand, a, b) => {
    const list = search(hand, 'prefixList', a, ({ version }) => version > 1);
    const { id: prefixListId = '', version: currentVersion = 1 } = list ?? {};
    return callOf(restorePrefixList, { prefixListId, currentVersion, previousVersion: 1 + (b % 2) });
  },
  (hand, a) => callOf(deletePrefixList, { prefixListId: hand.id('prefixList', a) }),
];

const placeWords: readonly Word[] = [
  (_, a) => callOf(createDefaultVpc, { attachment: a % 2 === 0 ? { kind: 'netns' } : { kind: 'loopback' } }),
  (hand, a, b) =>
    callOf(associateVpcCidr, {
      vpcId: hand.id('vpc', a),
      ...(b % 3 === 0 ? { ipv6: true } : { cidrBlock: `10.${b % 5}.0.0/16` }),
    }),
  (hand, a, b) => {
    const vpc = hand.own('vpc', a);
    const ranges = [...(vpc?.cidrs ?? []), ...(vpc?.ipv6Cidrs ?? [])];
    const associationId = vpc === undefined ? '' : cidrAssociationId(vpc, ranges[b % ranges.length] ?? '');
    return callOf(disassociateVpcCidr, { associationId });
  },
  (hand, a, b) =>
    callOf(modifyVpcAttribute, { vpcId: hand.id('vpc', a), attributes: { enableDnsHostnames: b % 2 === 0 } }),
  (hand, a, b) =>
    callOf(modifySubnetAttribute, { subnetId: hand.id('subnet', a), attributes: { mapPublicIpOnLaunch: b % 2 === 0 } }),
  (hand, a) => {
    const subnet = search(hand, 'subnet', a, ({ vpcId }) => hand.one('vpc', vpcId)?.ipv6Cidrs !== undefined);
    const [range = 'fd00::/56'] = hand.one('vpc', subnet?.vpcId ?? '')?.ipv6Cidrs ?? [];
    return callOf(associateSubnetCidr, { subnetId: subnet?.id ?? '', ipv6CidrBlock: range.replace('/56', '/64') });
  },
  (hand, a) => {
    const subnet = search(hand, 'subnet', a, ({ ipv6Cidr }) => ipv6Cidr !== undefined);
    return callOf(disassociateSubnetCidr, { associationId: subnet === undefined ? '' : subnetIpv6Id(subnet) });
  },
  (hand, a, b, c) =>
    callOf(createNetworkInterface, {
      subnetId: hand.own('subnet', a)?.id ?? hand.id('subnet', a),
      ...(b % 2 === 0 ? { addresses: [addressIn(hand, a, b)] } : { secondaryCount: b % 3 }),
      ...(c % 3 === 0 ? { securityGroupIds: [hand.id('securityGroup', c)] } : {}),
    }),
  (hand, a) => callOf(deleteNetworkInterface, { networkInterfaceId: hand.id('networkInterface', a) }),
  (hand, a, b) =>
    callOf(modifyNetworkInterface, {
      networkInterfaceId: hand.id('networkInterface', a),
      ...(b % 2 === 0 ? { description: 'x' } : { securityGroupIds: [hand.id('securityGroup', b)] }),
    }),
  (hand, a, b) => callOf(assignAddresses, { networkInterfaceId: hand.id('networkInterface', a), count: b % 3 }),
  (hand, a) => {
    const one = hand.own('networkInterface', a);
    return callOf(unassignAddresses, {
      networkInterfaceId: one?.id ?? '',
      addresses: one?.addresses.slice(1, 2) ?? [],
    });
  },
  (hand, a, b, c) => {
    const one = search(hand, 'networkInterface', a, ({ attachment }) => attachment === undefined);
    const other = search(
      hand,
      'instance',
      b,
      ({ machine, vpcId }) => machine?.state === 'running' && vpcId === one?.vpcId,
    );
    return callOf(attachInterface, {
      networkInterfaceId: one?.id ?? hand.id('networkInterface', a),
      ...{ instanceId: other?.id ?? hand.id('instance', b), deviceIndex: c % 4 },
    });
  },
  (hand, a) =>
    callOf(detachInterface, { attachmentId: search(hand, 'networkInterface', a, isFurther)?.attachment?.id ?? '' }),
];

const machine = {
  ...{ imageId: 'ami-00000001', instanceType: 't3.micro', disableApiStop: false, shutdownBehavior: 'stop' as const },
  ...{ ebsOptimized: false, monitoring: false, sourceDestCheck: true, httpTokens: 'optional' as const, hopLimit: 1 },
};

/** One with a role, for only these can be given. */
const profile = (hand: Hand, n: number) =>
  search(hand.at('global'), 'iamInstanceProfile', n, ({ roleId }) => roleId !== undefined);
const worn = (hand: Hand, n: number) => {
  const found = profile(hand, n);
  return found === undefined ? {} : { profile: found };
};
const associationId = (hand: Hand, n: number): string =>
  search(hand, 'instance', n, ({ machine: one }) => one?.profileAssociation !== undefined)?.machine?.profileAssociation
    ?.id ?? hand.id('instance', n);

const instanceWords: readonly Word[] = [
  (hand, a, b, c) =>
    callOf(runInstances, {
      ...{ minCount: 1, maxCount: b % 2 === 0 ? 1 : 1 + (b % 3) },
      machine: { ...machine, disableApiTermination: c % 8 === 7 },
      ...(c % 5 === 4
        ? { networkInterfaceId: hand.id('networkInterface', a) }
        : { subnetId: hand.own('subnet', a)?.id ?? hand.id('subnet', a) }),
      ...(b % 4 === 0 ? { addresses: [addressIn(hand, a, b + 4)] } : {}),
      ...worn(hand, c),
    }),
  (hand, a, b) =>
    callOf(associateProfile, {
      ...{ instanceId: hand.id('instance', a), profile: { arn: profile(hand, b)?.arn ?? 'none' } },
    }),
  (hand, a) => callOf(disassociateProfile, { associationId: associationId(hand, a) }),
  (hand, a, b) =>
    callOf(replaceProfile, {
      ...{ associationId: associationId(hand, a), profile: { name: profile(hand, b)?.name ?? 'none' } },
    }),
  (hand, a, b) => callOf(startInstances, { instanceIds: [hand.id('instance', a), hand.id('instance', b)] }),
  (hand, a) => callOf(stopInstances, { instanceIds: [hand.id('instance', a)] }),
  (hand, a) => callOf(rebootInstances, { instanceIds: [hand.id('instance', a)] }),
  (hand, a) => callOf(terminateInstances, { instanceIds: [hand.id('instance', a)] }),
  (hand, a, b) =>
    callOf(modifyInstance, {
      instanceId: hand.id('instance', a),
      change:
        b % 2 === 0
          ? { kind: 'disableApiTermination', value: b % 4 === 0 }
          : { kind: 'groups', securityGroupIds: [hand.id('securityGroup', b)] },
    }),
];

const partWords: readonly Word[] = [
  (hand, a) => callOf(createRouteTable, { vpcId: hand.id('vpc', a) }),
  (hand, a) => callOf(deleteRouteTable, { routeTableId: partId(hand, 'routeTable', a) }),
  ...[createRoute, replaceRoute].map(
    (decision): Word =>
      (hand, a, b, c) =>
        callOf(decision, {
          routeTableId: partId(hand, 'routeTable', a),
          destination: b % 3 === 0 ? hand.id('prefixList', b) : `10.${b % 5}.0.0/16`,
          target:
            c % 2 === 0
              ? { kind: 'gateway', id: partId(hand, 'internetGateway', c) }
              : { kind: 'networkInterface', id: hand.id('networkInterface', c) },
        }),
  ),
  (hand, a, b) => {
    const table = part(hand, 'routeTable', a);
    const destination = table?.routes[b % Math.max(1, table.routes.length)]?.destination ?? '10.0.0.0/8';
    return callOf(deleteRoute, { routeTableId: table?.id ?? '', destination });
  },
  (hand, a, b) =>
    callOf(associateRouteTable, { routeTableId: partId(hand, 'routeTable', a), subnetId: hand.id('subnet', b) }),
  (hand, a) =>
    callOf(disassociateRouteTable, { associationId: part(hand, 'routeTable', a)?.associations[0]?.id ?? '' }),
  (hand, a, b) => {
    const table = part(hand, 'routeTable', a);
    const associationId = table?.mainAssociationId ?? table?.associations[0]?.id ?? '';
    return callOf(replaceRouteTableAssociation, { associationId, routeTableId: partId(hand, 'routeTable', b) });
  },
  () => callOf(createInternetGateway, {}),
  ...[attachInternetGateway, detachInternetGateway].map(
    (decision): Word =>
      (hand, a, b) =>
        callOf(decision, { internetGatewayId: partId(hand, 'internetGateway', a), vpcId: hand.id('vpc', b) }),
  ),
  (hand, a) => callOf(deleteInternetGateway, { internetGatewayId: partId(hand, 'internetGateway', a) }),
  (hand, a) => callOf(createEgressOnlyInternetGateway, { vpcId: hand.id('vpc', a) }),
  (hand, a, b) =>
    callOf(createNatGateway, {
      subnetId: hand.id('subnet', a),
      ...(b % 2 === 0
        ? { connectivity: 'private' }
        : { connectivity: 'public', allocationId: partId(hand, 'elasticIp', b) }),
    }),
  (hand, a) => callOf(deleteNatGateway, { natGatewayId: partId(hand, 'natGateway', a) }),
  () => callOf(allocateAddress, {}),
  (hand, a, b, c) =>
    callOf(associateAddress, {
      allocationId: partId(hand, 'elasticIp', a),
      networkInterfaceId: hand.id('networkInterface', b),
      allowReassociation: c % 2 === 0,
    }),
  (hand, a) => {
    const isUsed = (one: VpcPart): boolean => one.type === 'elasticIp' && one.association !== undefined;
    const found = search(hand, 'vpcPart', a, isUsed) as ElasticIp | undefined;
    return callOf(disassociateAddress, { associationId: found?.association?.id ?? '' });
  },
  (hand, a) => callOf(releaseAddress, { allocationId: partId(hand, 'elasticIp', a) }),
  (hand, a) => callOf(createNetworkAcl, { vpcId: hand.id('vpc', a) }),
  (hand, a) => callOf(deleteNetworkAcl, { networkAclId: partId(hand, 'networkAcl', a) }),
  ...[createNetworkAclEntry, replaceNetworkAclEntry].map(
    (decision): Word =>
      (hand, a, b) =>
        callOf(decision, { networkAclId: partId(hand, 'networkAcl', a), entry: entry(b) }),
  ),
  (hand, a, b) => callOf(deleteNetworkAclEntry, { networkAclId: partId(hand, 'networkAcl', a), ...entry(b) }),
  (hand, a, b) => {
    const subnet = hand.own('subnet', a);
    const associationId = aclAssociationIdOf(subnet?.id ?? '', (subnet?.vpcId ?? '').replace(/^vpc-/, 'acl-'));
    return callOf(replaceNetworkAclAssociation, { associationId, networkAclId: partId(hand, 'networkAcl', b) });
  },
  () => callOf(createDhcpOptions, { configurations: [{ key: 'domain-name', values: ['x'] }] }),
  (hand, a, b) =>
    callOf(associateDhcpOptions, {
      vpcId: hand.id('vpc', a),
      dhcpOptionsId: b % 4 === 3 ? 'default' : partId(hand, 'dhcpOptions', b),
    }),
  (hand, a, b) => {
    const type = b % 2 === 0 ? 'dhcpOptions' : 'egressOnlyInternetGateway';
    return callOf(deletePart, { type, id: partId(hand, type, a) });
  },
];

/** The words. */
export const ec2Words: readonly Word[] = [...groupWords, ...placeWords, ...instanceWords, ...partWords];
