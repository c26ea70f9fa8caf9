// What every VPC of EC2 comes with, and what goes with it: a default security group, a main route table, a default network ACL.

import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { formatArn } from '../identifiers.ts';
import { keyOf, keyOfRecord, type Key } from '../records/base.ts';
import type { RulePeer, SecurityGroup, SecurityGroupRule, Vpc } from '../records/ec2.ts';
import type { NetworkAcl, NetworkAclEntry, RouteTable } from '../records/vpc-part.ts';
import { put, recordsBy, remove, type Change, type State } from '../state.ts';

/** The name that only the group of each VPC has that comes with it. */
export const DEFAULT_GROUP = 'default';

/** The group that a VPC came with, unless the configuration gives it one of its own. */
export function findDefaultGroup(state: State, vpcKey: Key): SecurityGroup | undefined {
  return recordsBy(state, 'securityGroup', 'securityGroupsByVpc', vpcKey).find(({ name }) => name === DEFAULT_GROUP);
}

/** The main route table of a VPC. */
export function findMainTable(state: State, vpcKey: Key): RouteTable | undefined {
  return recordsBy(state, 'vpcPart', 'partsByVpc', vpcKey).find(
    (part): part is RouteTable => part.type === 'routeTable' && part.mainAssociationId !== undefined,
  );
}

/** The default network ACL of a VPC. */
export function findDefaultAcl(state: State, vpcKey: Key): NetworkAcl | undefined {
  return recordsBy(state, 'vpcPart', 'partsByVpc', vpcKey).find(
    (part): part is NetworkAcl => part.type === 'networkAcl' && part.isDefault,
  );
}

/** What of the VPC's furniture is not there yet. Ids follow from the VPC's. */
export function furnishVpc(state: State, vpc: Vpc, now: number): readonly Change[] {
  const key = keyOfRecord(vpc);
  const changes: Change[] = [];
  if (findDefaultGroup(state, key) === undefined) changes.push(...defaultGroup(vpc, now));
  if (findMainTable(state, key) === undefined) changes.push(put('vpcPart', pristineTable(vpc, now)));
  if (findDefaultAcl(state, key) === undefined) changes.push(put('vpcPart', pristineAcl(vpc, now)));
  return changes;
}

/** The furniture of a VPC as it came: what calls made of route table and ACL is undone. */
export function refurnishVpc(state: State, vpc: Vpc, now: number): readonly Change[] {
  return [pristineTable(vpc, now), pristineAcl(vpc, now)].flatMap((pristine) => {
    const before = state.tables.vpcPart.get(keyOfRecord(pristine));
    const { createdAt, lastUpdatedAt } = before ?? pristine;
    const after = { ...pristine, createdAt, lastUpdatedAt };
    return isDeepStrictEqual(before, after) ? [] : [put('vpcPart', after)];
  });
}

/** The changes by which the furniture goes with its VPC. */
export function clearVpc(state: State, vpc: Vpc): readonly Change[] {
  const key = keyOfRecord(vpc);
  const group = findDefaultGroup(state, key);
  const parts = [findMainTable(state, key), findDefaultAcl(state, key)];
  return [
    ...(group === undefined ? [] : removeGroup(state, group)),
    ...parts.flatMap((part) => (part === undefined ? [] : [remove('vpcPart', part)])),
  ];
}

/** The changes by which a group goes with its rules. */
export function removeGroup(state: State, group: SecurityGroup): readonly Change[] {
  const key = keyOf(group.account, group.region, group.id);
  const rules = recordsBy(state, 'securityGroupRule', 'rulesByGroup', key);
  return [...rules.map((rule) => remove('securityGroupRule', rule)), remove('securityGroup', group)];
}

function base(vpc: Vpc, id: string, now: number) {
  const { account, region, origin } = vpc;
  const origins = origin === undefined ? {} : { origin };
  return { account, region, id, createdAt: now, lastUpdatedAt: now, tags: {}, ...origins };
}

/** Its members may speak to each other, and to everybody (VPC User Guide: Default security groups). */
function defaultGroup(vpc: Vpc, now: number): readonly Change[] {
  const id = vpc.id.replace(/^vpc-/, 'sg-');
  const vpcKey = keyOfRecord(vpc);
  const group: SecurityGroup = {
    ...base(vpc, id, now),
    arn: formatArn('ec2', vpc, `security-group/${id}`),
    name: DEFAULT_GROUP,
    description: 'default VPC security group',
    vpcKey,
    vpcId: vpc.id,
  };
  const rule = (isEgress: boolean, peer: RulePeer): Change => {
    const hash = createHash('sha256')
      .update(`${id} ${isEgress} ${JSON.stringify(peer)}`)
      .digest('hex');
    const made: SecurityGroupRule = {
      ...base(vpc, `sgr-0${hash.slice(0, 16)}`, now),
      ...{ vpcKey, groupId: id, isEgress, protocol: '-1', fromPort: -1, toPort: -1, peer },
    };
    return put('securityGroupRule', made);
  };
  return [
    put('securityGroup', group),
    rule(false, { kind: 'group', groupId: id }),
    rule(true, { kind: 'cidr', cidr: '0.0.0.0/0' }),
    ...(vpc.ipv6Cidrs === undefined ? [] : [rule(true, { kind: 'cidr', cidr: '::/0' })]),
  ];
}

function pristineTable(vpc: Vpc, now: number): RouteTable {
  return {
    ...base(vpc, vpc.id.replace(/^vpc-/, 'rtb-'), now),
    type: 'routeTable',
    vpcKey: keyOfRecord(vpc),
    vpcId: vpc.id,
    mainAssociationId: vpc.id.replace(/^vpc-/, 'rtbassoc-'),
    routes: [],
    associations: [],
  };
}

/** It lets everything pass (VPC User Guide: Default network ACL). */
function pristineAcl(vpc: Vpc, now: number): NetworkAcl {
  return {
    ...base(vpc, vpc.id.replace(/^vpc-/, 'acl-'), now),
    ...{ type: 'networkAcl', vpcKey: keyOfRecord(vpc), vpcId: vpc.id, isDefault: true, subnetIds: [] },
    entries: [true, false].flatMap((egress): NetworkAclEntry[] => [
      { ruleNumber: 100, egress, action: 'allow', protocol: '-1', cidr: '0.0.0.0/0' },
      ...(vpc.ipv6Cidrs === undefined
        ? []
        : [{ ruleNumber: 101, egress, action: 'allow' as const, protocol: '-1', cidr: '::/0' }]),
    ]),
  };
}
