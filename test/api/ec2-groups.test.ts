// Security groups, their rules, and prefix lists, through the AWS SDK.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import * as sdk from '@aws-sdk/client-ec2';
import { codeOfEc2 as codeOf } from './ec2-refusals.ts';
import { startApi } from './running-api.ts';

const api = await startApi();
after(() => api[Symbol.asyncDispose]());
const { ec2 } = api;

async function makeVpc(CidrBlock = '10.0.0.0/16'): Promise<string> {
  const { Vpc } = await ec2.send(new sdk.CreateVpcCommand({ CidrBlock }));
  return Vpc?.VpcId ?? '';
}

async function makeGroup(VpcId: string, GroupName: string): Promise<string> {
  const made = await ec2.send(new sdk.CreateSecurityGroupCommand({ VpcId, GroupName, Description: 'of a test' }));
  return made.GroupId ?? '';
}

async function groupOf(GroupId: string): Promise<sdk.SecurityGroup> {
  const { SecurityGroups = [] } = await ec2.send(new sdk.DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }));
  const [group] = SecurityGroups;
  assert.ok(group);
  return group;
}

const web = { IpProtocol: 'tcp', FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'all' }] };

test('a VPC comes with its default group, which nobody can delete, and a new group lets everything out', async () => {
  const vpcId = await makeVpc();
  const { SecurityGroups = [] } = await ec2.send(
    new sdk.DescribeSecurityGroupsCommand({ Filters: [{ Name: 'vpc-id', Values: [vpcId] }] }),
  );
  assert.deepEqual(
    SecurityGroups.map(({ GroupName }) => GroupName),
    ['default'],
  );
  const [first] = SecurityGroups;
  const GroupId = first?.GroupId;
  assert.deepEqual(first?.IpPermissions?.[0]?.UserIdGroupPairs?.[0]?.GroupId, GroupId);
  assert.equal(await codeOf(ec2.send(new sdk.DeleteSecurityGroupCommand({ GroupId }))), 'CannotDelete');
  const id = await makeGroup(vpcId, 'web');
  const group = await groupOf(id);
  assert.deepEqual(group.IpPermissions, []);
  assert.deepEqual(group.IpPermissionsEgress?.[0]?.IpRanges, [{ CidrIp: '0.0.0.0/0' }]);
  assert.equal(await codeOf(makeGroup(vpcId, 'web')), 'InvalidGroup.Duplicate');
  assert.equal(await codeOf(makeGroup(vpcId, 'default')), 'InvalidParameterValue');
  assert.equal(await codeOf(makeGroup('vpc-00000000', 'x')), 'InvalidVpcID.NotFound');
  const { SecurityGroupForVpcs } = await ec2.send(new sdk.GetSecurityGroupsForVpcCommand({ VpcId: vpcId }));
  assert.equal(SecurityGroupForVpcs?.length, 2);
  // The default group goes with the VPC, others keep it.
  assert.equal(await codeOf(ec2.send(new sdk.DeleteVpcCommand({ VpcId: vpcId }))), 'DependencyViolation');
  await ec2.send(new sdk.DeleteSecurityGroupCommand({ GroupId: id }));
  await ec2.send(new sdk.DeleteVpcCommand({ VpcId: vpcId }));
  assert.equal(await codeOf(groupOf(GroupId ?? '')), 'InvalidGroup.NotFound');
});

test('rules are authorized and revoked by what they say and by their ids', async () => {
  const vpcId = await makeVpc();
  const GroupId = await makeGroup(vpcId, 'web');
  const other = await makeGroup(vpcId, 'other');
  const authorize = (IpPermissions: sdk.IpPermission[], more = {}) =>
    ec2.send(new sdk.AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions, ...more }));
  const tagged = {
    TagSpecifications: [{ ResourceType: 'security-group-rule' as const, Tags: [{ Key: 'a', Value: 'b' }] }],
  };
  const { SecurityGroupRules: [rule] = [] } = await authorize([web], tagged);
  assert.match(rule?.SecurityGroupRuleId ?? '', /^sgr-0[0-9a-f]{16}$/);
  assert.deepEqual([rule?.CidrIpv4, rule?.Description, rule?.Tags], ['10.0.0.0/8', 'all', [{ Key: 'a', Value: 'b' }]]);
  assert.equal(await codeOf(authorize([web])), 'InvalidPermission.Duplicate');
  assert.equal(await codeOf(authorize([{ ...web, IpProtocol: 'tcpx' }])), 'InvalidParameterValue');
  assert.equal(await codeOf(authorize([{ ...web, FromPort: 81 }])), 'InvalidParameterValue');
  assert.equal(await codeOf(authorize([{ ...web, IpRanges: [{ CidrIp: '10.0.0.0/40' }] }])), 'InvalidParameterValue');
  assert.equal(
    await codeOf(authorize([{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: 'sg-00000000' }] }])),
    'InvalidGroup.NotFound',
  );
  assert.equal(await codeOf(authorize([web], { DryRun: true })), 'InvalidPermission.Duplicate');
  await authorize([{ IpProtocol: '6', FromPort: 443, ToPort: 443, UserIdGroupPairs: [{ GroupId: other }] }]);
  await authorize([{ IpProtocol: 'icmp', FromPort: 8, ToPort: -1, Ipv6Ranges: [{ CidrIpv6: 'fd00::1/8' }] }]);
  const { IpPermissions = [] } = await groupOf(GroupId);
  assert.deepEqual(IpPermissions.map((one) => `${one.IpProtocol} ${one.FromPort}-${one.ToPort}`).sort(), [
    'icmp 8--1',
    'tcp 443-443',
    'tcp 80-80',
  ]);
  assert.equal(await codeOf(ec2.send(new sdk.DeleteSecurityGroupCommand({ GroupId: other }))), 'DependencyViolation');
  const revoke = (input: Omit<sdk.RevokeSecurityGroupIngressRequest, 'GroupId'>) =>
    ec2.send(new sdk.RevokeSecurityGroupIngressCommand({ GroupId, ...input }));
  await revoke({ SecurityGroupRuleIds: [rule?.SecurityGroupRuleId ?? ''] });
  assert.equal(await codeOf(revoke({ IpPermissions: [web] })), 'InvalidPermission.NotFound');
  assert.equal(await codeOf(revoke({ SecurityGroupRuleIds: ['sgr-00000000'] })), 'InvalidSecurityGroupRuleId.NotFound');
  await revoke({
    IpPermissions: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, UserIdGroupPairs: [{ GroupId: other }] }],
  });
  await ec2.send(new sdk.DeleteSecurityGroupCommand({ GroupId: other }));
  await revoke({ IpProtocol: 'icmp', FromPort: 8, ToPort: -1, CidrIp: 'fd00::/8' });
  assert.deepEqual((await groupOf(GroupId)).IpPermissions, []);
  const egress = { GroupId, IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }] };
  await ec2.send(new sdk.RevokeSecurityGroupEgressCommand(egress));
  await ec2.send(new sdk.AuthorizeSecurityGroupEgressCommand(egress));
});

test('rules are modified and described in place', async () => {
  const GroupId = await makeGroup(await makeVpc(), 'web');
  const made = await ec2.send(new sdk.AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [web] }));
  const id = made.SecurityGroupRules?.[0]?.SecurityGroupRuleId;
  const modify = (SecurityGroupRule: sdk.SecurityGroupRuleRequest) =>
    ec2.send(
      new sdk.ModifySecurityGroupRulesCommand({
        GroupId,
        SecurityGroupRules: [{ SecurityGroupRuleId: id, SecurityGroupRule }],
      }),
    );
  await modify({ IpProtocol: 'udp', FromPort: 53, ToPort: 53, CidrIpv4: '10.1.0.0/16' });
  assert.equal(await codeOf(modify({ IpProtocol: 'udp', FromPort: 53, ToPort: 53 })), 'InvalidParameterCombination');
  await ec2.send(
    new sdk.UpdateSecurityGroupRuleDescriptionsIngressCommand({
      GroupId,
      SecurityGroupRuleDescriptions: [{ SecurityGroupRuleId: id, Description: 'names' }],
    }),
  );
  const { SecurityGroupRules = [] } = await ec2.send(
    new sdk.DescribeSecurityGroupRulesCommand({ SecurityGroupRuleIds: [id ?? ''] }),
  );
  assert.deepEqual(
    SecurityGroupRules.map((rule) => [rule.IpProtocol, rule.FromPort, rule.CidrIpv4, rule.Description]),
    [['udp', 53, '10.1.0.0/16', 'names']],
  );
});

test("customers' prefix lists have versions, and go when no rule has them; those of AWS cannot be changed", async () => {
  const { PrefixList } = await ec2.send(
    new sdk.CreateManagedPrefixListCommand({
      ...{ PrefixListName: 'office', AddressFamily: 'IPv4', MaxEntries: 2 },
      Entries: [{ Cidr: '192.0.2.0/24', Description: 'first' }],
    }),
  );
  const PrefixListId = PrefixList?.PrefixListId ?? '';
  assert.deepEqual([PrefixList?.Version, PrefixList?.State], [1, 'create-complete']);
  const modify = (input: Omit<sdk.ModifyManagedPrefixListRequest, 'PrefixListId'>) =>
    ec2.send(new sdk.ModifyManagedPrefixListCommand({ PrefixListId, ...input }));
  const entries = async (TargetVersion?: number) => {
    const got = await ec2.send(new sdk.GetManagedPrefixListEntriesCommand({ PrefixListId, TargetVersion }));
    return got.Entries?.map(({ Cidr }) => Cidr).sort();
  };
  const changed = await modify({ CurrentVersion: 1, AddEntries: [{ Cidr: '198.51.100.0/24' }] });
  assert.deepEqual([changed.PrefixList?.Version, changed.PrefixList?.State], [2, 'modify-complete']);
  assert.equal(
    await codeOf(modify({ CurrentVersion: 1, RemoveEntries: [], AddEntries: [{ Cidr: '10.0.0.0/8' }] })),
    'PrefixListVersionMismatch',
  );
  assert.equal(
    await codeOf(modify({ CurrentVersion: 2, AddEntries: [{ Cidr: '10.0.0.0/8' }] })),
    'PrefixListMaxEntriesExceeded',
  );
  assert.equal(
    await codeOf(modify({ CurrentVersion: 2, RemoveEntries: [{ Cidr: '10.0.0.0/8' }] })),
    'InvalidParameterValue',
  );
  assert.deepEqual([await entries(), await entries(1)], [['192.0.2.0/24', '198.51.100.0/24'], ['192.0.2.0/24']]);
  assert.equal(await codeOf(entries(7)), 'InvalidPrefixListVersion.NotFound');
  await ec2.send(
    new sdk.RestoreManagedPrefixListVersionCommand({ PrefixListId, PreviousVersion: 1, CurrentVersion: 2 }),
  );
  assert.deepEqual(await entries(), ['192.0.2.0/24']);
  const GroupId = await makeGroup(await makeVpc(), 'web');
  const rule = { IpProtocol: '-1', PrefixListIds: [{ PrefixListId }] };
  await ec2.send(new sdk.AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [rule] }));
  const drop = () => ec2.send(new sdk.DeleteManagedPrefixListCommand({ PrefixListId }));
  assert.equal(await codeOf(drop()), 'DependencyViolation');
  await ec2.send(new sdk.RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions: [rule] }));
  await drop();
  const { PrefixLists } = await ec2.send(new sdk.DescribeManagedPrefixListsCommand({}));
  assert.equal(PrefixLists?.length, 2);
  const aws = PrefixLists?.[0]?.PrefixListId;
  assert.equal(
    await codeOf(ec2.send(new sdk.DeleteManagedPrefixListCommand({ PrefixListId: aws }))),
    'OperationNotPermitted',
  );
});
