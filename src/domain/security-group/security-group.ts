// Security groups: create, delete.

import type { Context, Decided } from '../decision.ts';
import { DEFAULT_GROUP, removeGroup } from '../ec2/furnish-vpc.ts';
import { getThing } from '../ec2/resource.ts';
import { formatArn, newId } from '../identifiers.ts';
import { keyOfRecord, type Tags } from '../records/base.ts';
import type { RulePeer, SecurityGroup } from '../records/ec2.ts';
import { ec2Refusal } from '../refusal.ts';
import { put, recordsBy, type State } from '../state.ts';
import { findDefaultVpc } from '../ec2/default-vpc.ts';
import { getOwnGroup, type GroupName } from './get-group.ts';
import { makeRule } from './rules.ts';

/** The most groups of a VPC (VPC User Guide: Quotas; 2,500 of a Region, as large as it can be raised). */
const MOST_GROUPS = 2500;

export interface CreateSecurityGroupInput {
  readonly name: string;
  readonly description: string;
  /** Absent: the default VPC. */
  readonly vpcId?: string;
  readonly tags?: Tags;
}

/** CreateSecurityGroup: its members may speak to everybody (EC2 User Guide: Default and custom security groups). */
export function createSecurityGroup(
  state: State,
  input: CreateSecurityGroupInput,
  context: Context,
): Decided<SecurityGroup> {
  const { name, description } = input;
  const vpc = input.vpcId === undefined ? findDefaultVpc(state, context) : getThing(state, context, 'vpc', input.vpcId);
  if (vpc === undefined) throw ec2Refusal('VPCIdNotSpecified', 'No default VPC for this user');
  checkText('groupName', name);
  checkText('groupDescription', description);
  if (name === DEFAULT_GROUP || name.startsWith('sg-'))
    throw ec2Refusal('InvalidParameterValue', `Cannot use reserved security group name: ${name.slice(0, 255)}`);
  const siblings = recordsBy(state, 'securityGroup', 'securityGroupsByVpc', keyOfRecord(vpc));
  if (siblings.some((other) => other.name === name))
    throw ec2Refusal('InvalidGroup.Duplicate', `The security group '${name}' already exists for VPC '${vpc.id}'`);
  if (siblings.length >= MOST_GROUPS)
    throw ec2Refusal('SecurityGroupLimitExceeded', 'The maximum number of security groups has been reached.');
  const id = newId('sg', context.random);
  const { account, region, now } = context;
  const group: SecurityGroup = {
    ...{ account, region, id, createdAt: now, lastUpdatedAt: now, tags: input.tags ?? {} },
    arn: formatArn('ec2', context, `security-group/${id}`),
    ...{ name, description, vpcKey: keyOfRecord(vpc), vpcId: vpc.id },
  };
  const everywhere = ['0.0.0.0/0', ...(vpc.ipv6Cidrs === undefined ? [] : ['::/0'])].map((cidr) => {
    const peer: RulePeer = { kind: 'cidr', cidr };
    return put(
      'securityGroupRule',
      makeRule(group, true, { protocol: '-1', fromPort: -1, toPort: -1, peer }, {}, context),
    );
  });
  return { changes: [put('securityGroup', group), ...everywhere], result: group };
}

/** EC2 API: CreateSecurityGroup, of names and descriptions in a VPC. */
function checkText(member: string, text: string): void {
  if (/^[\w .:/()#,@[\]+=&;{}!$*-]{1,255}$/.test(text)) return;
  throw ec2Refusal(
    'InvalidParameterValue',
    `Value (${text.slice(0, 255)}) for parameter ${member} is invalid. Character sets beyond ASCII are not supported.`,
  );
}

/** DeleteSecurityGroup: `CannotDelete` the default one, `DependencyViolation` while anything has it. */
export function deleteSecurityGroup(state: State, input: GroupName, context: Context): Decided<null> {
  const group = getOwnGroup(state, context, input);
  if (group.name === DEFAULT_GROUP)
    throw ec2Refusal(
      'CannotDelete',
      `the specified group: "${group.id}" name: "${group.name}" cannot be deleted by a user`,
    );
  if (isUsed(state, group)) throw ec2Refusal('DependencyViolation', `resource ${group.id} has a dependent object`);
  return { changes: removeGroup(state, group), result: null };
}

function isUsed(state: State, group: SecurityGroup): boolean {
  const users = [
    ...recordsBy(state, 'vpcAssociation', 'vpcAssociationsByVpc', group.vpcKey),
    ...recordsBy(state, 'resourceGateway', 'resourceGatewaysByVpc', group.vpcKey),
  ];
  const isNamed = users.some(({ securityGroupIds }) => securityGroupIds.includes(group.id));
  return isNamed || state.indexes.ec2Users.has(keyOfRecord(group));
}
