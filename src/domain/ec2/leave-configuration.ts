// What pergola.yaml no longer names goes, unless something uses it that stays. `wanted` are the keys of what it names.

import { keyOfRecord, type BaseRecord, type Key } from '../records/base.ts';
import type { SecurityGroup, Subnet, Vpc } from '../records/ec2.ts';
import { ec2Refusal } from '../refusal.ts';
import { recordsBy, remove, type Change, type State } from '../state.ts';
import { leaveParts } from './subnet.ts';
import { checkUnused } from './vpc.ts';

/** Refuses when anything that stays uses what goes. */
function checkStays(state: State, going: BaseRecord, wanted: ReadonlySet<Key>): void {
  for (const kind of ['vpc', 'securityGroup', 'securityGroupRule', 'networkInterface', 'vpcPart'] as const)
    for (const user of recordsBy(state, kind, 'ec2Users', keyOfRecord(going)))
      if (user.origin !== 'configuration' || wanted.has(keyOfRecord(user))) throw inUse(going.id, user.id);
}

function inUse(id: string, by?: string): Error {
  const user = by === undefined ? 'something' : by;
  return ec2Refusal('DependencyViolation', `'${id}' is used by ${user} and cannot be removed.`);
}

/** Refuses when something uses the VPC that goes, or something was made in it by API; a workload in it stands for nothing any more. */
export function leaveVpc(state: State, vpc: Vpc, wanted: ReadonlySet<Key>): readonly Change[] {
  checkUnused(state, vpc);
  checkStays(state, vpc, wanted);
  const key = keyOfRecord(vpc);
  const made = [
    ...recordsBy(state, 'subnet', 'subnetsByVpc', key),
    ...recordsBy(state, 'vpcPart', 'partsByVpc', key),
  ].find((one) => one.origin !== 'configuration');
  if (made !== undefined) throw inUse(vpc.id, made.id);
  const standIns = recordsBy(state, 'instance', 'instancesByVpc', key).filter((one) => one.origin === 'workload');
  return standIns.map((one) => remove('instance', one));
}

/** Refuses when an association, a resource gateway, an interface or a rule has the security group. */
export function checkGroupUnused(state: State, group: SecurityGroup, wanted: ReadonlySet<Key>): void {
  checkStays(state, group, wanted);
  const users = [
    ...recordsBy(state, 'vpcAssociation', 'vpcAssociationsByVpc', group.vpcKey),
    ...recordsBy(state, 'resourceGateway', 'resourceGatewaysByVpc', group.vpcKey),
  ];
  const user = users.find(({ securityGroupIds }) => securityGroupIds.includes(group.id));
  if (user !== undefined) throw inUse(group.id, user.id);
}

/** Refuses when something that stays stands in the subnet; it is taken out of its route table and its network ACL. */
export function leaveSubnet(state: State, subnet: Subnet, wanted: ReadonlySet<Key>): readonly Change[] {
  checkStays(state, subnet, wanted);
  if (state.indexes.resourceGatewaysBySubnet.has(keyOfRecord(subnet))) throw inUse(subnet.id);
  return leaveParts(state, subnet);
}
