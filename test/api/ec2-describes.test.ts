// What EC2 tells clients of VPC Lattice through the AWS SDK: VPCs and their parts, prefix lists, zones, regions, tags.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import * as sdk from '@aws-sdk/client-ec2';
import { managedRanges } from '../../src/base/managed-ranges.ts';
import { systemRandom } from '../../src/base/random.ts';
import { applyConfiguredVpcs, configuredId } from '../../src/domain/ec2/index.ts';
import { startApi } from './running-api.ts';

const api = await startApi();
after(() => api[Symbol.asyncDispose]());
const { ec2 } = api;
const caller = { account: '111122223333', region: 'us-east-1' } as const;

const [vpcId, otherVpcId] = ['shop', 'payments'].map((name) => configuredId('vpc', caller, name)) as [string, string];
const subnetId = configuredId('subnet', caller, 'shop', '10.0.1.0/24');
const groupId = configuredId('sg', caller, 'shop', 'web');
const rules = [{ protocol: 'tcp', fromPort: 80, toPort: 81, cidrs: ['10.0.0.0/8'], groups: ['web'] }] as const;
await api.store.commit(
  applyConfiguredVpcs,
  {
    vpcs: ['shop', 'payments'].map((name) => ({
      ...{ ...caller, name, cidrs: ['10.0.0.0/16', '10.1.0.0/16'], attachment: { kind: 'netns' } as const },
      subnets: ['a', 'b'].map((letter, i) => ({ cidr: `10.0.${i + 1}.0/24`, zone: `us-east-1${letter}` })),
      securityGroups: [
        { name: 'web', ingress: rules, egress: [] },
        {
          name: 'all',
          ingress: [],
          egress: [{ protocol: '-1' as const, fromPort: -1, toPort: -1, cidrs: ['0.0.0.0/0'], groups: [] }],
        },
      ],
      instances: [],
    })),
  },
  {
    ...{ ...caller, operation: 'Test', now: Date.now(), random: systemRandom, quotas: 'none' },
    principalArn: `arn:aws:iam::${caller.account}:root`,
  },
);

/** The EC2 error that `call` ends in. */
async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    assert.ok(error instanceof sdk.EC2ServiceException, String(error));
    return error.name;
  }
  return 'none';
}

/** Ids that `list` gives for a filter. */
type Ids = readonly (string | undefined)[] | undefined;
const filtersOf = (name: string, ...values: string[]): { readonly Filters: sdk.Filter[] } => ({
  Filters: [{ Name: name, Values: values }],
});
const lists: Readonly<Record<string, (filters: { readonly Filters: sdk.Filter[] }) => Promise<Ids>>> = {
  vpcs: async (filters) => (await ec2.send(new sdk.DescribeVpcsCommand(filters))).Vpcs?.map((one) => one.VpcId),
  subnets: async (filters) =>
    (await ec2.send(new sdk.DescribeSubnetsCommand(filters))).Subnets?.map((one) => one.SubnetId),
  groups: async (filters) =>
    (await ec2.send(new sdk.DescribeSecurityGroupsCommand(filters))).SecurityGroups?.map((one) => one.GroupId),
  routeTables: async (filters) =>
    (await ec2.send(new sdk.DescribeRouteTablesCommand(filters))).RouteTables?.map((one) => one.VpcId),
  acls: async (filters) =>
    (await ec2.send(new sdk.DescribeNetworkAclsCommand(filters))).NetworkAcls?.map((one) => one.VpcId),
  zones: async (filters) =>
    (await ec2.send(new sdk.DescribeAvailabilityZonesCommand(filters))).AvailabilityZones?.map((one) => one.ZoneName),
};

/** A list, a filter, and how many there are. */
const cases: readonly (readonly [list: string, name: string, value: string, found: number])[] = [
  ['vpcs', 'vpc-id', vpcId, 1],
  ['vpcs', 'tag:Name', 'sho?', 1],
  ['vpcs', 'tag-key', 'Name', 2],
  ['vpcs', 'cidr', '10.0.0.0/16', 2],
  ['vpcs', 'cidr', '10.1.0.0/16', 0],
  ['vpcs', 'cidr-block-association.cidr-block', '10.1.0.0/16', 2],
  ['vpcs', 'cidr-block-association.state', 'associated', 2],
  ['vpcs', 'is-default', 'true', 0],
  ['vpcs', 'isDefault', 'false', 2],
  ['vpcs', 'owner-id', caller.account, 2],
  ['vpcs', 'state', 'available', 2],
  ['vpcs', 'ipv6-cidr-block-association.state', '*', 0],
  ['subnets', 'vpc-id', vpcId, 2],
  ['subnets', 'subnet-id', subnetId, 1],
  ['subnets', 'availability-zone', 'us-east-1b', 2],
  ['subnets', 'availability-zone-id', 'use1-az1', 2],
  ['subnets', 'available-ip-address-count', '251', 4],
  ['subnets', 'cidr-block', '10.0.2.0/24', 2],
  ['subnets', 'default-for-az', 'true', 0],
  ['subnets', 'subnet-arn', `arn:aws:ec2:us-east-1:${caller.account}:subnet/${subnetId}`, 1],
  ['subnets', 'map-public-ip-on-launch', 'true', 0],
  ['groups', 'vpc-id', vpcId, 3],
  ['groups', 'group-name', 'web', 2],
  ['groups', 'group-name', 'default', 2],
  ['groups', 'group-id', groupId, 1],
  ['groups', 'ip-permission.from-port', '80', 2],
  ['groups', 'ip-permission.cidr', '10.0.0.0/8', 2],
  ['groups', 'ip-permission.group-id', groupId, 1],
  ['groups', 'egress.ip-permission.protocol', '-1', 4],
  ['routeTables', 'vpc-id', vpcId, 1],
  ['routeTables', 'association.main', 'true', 2],
  ['routeTables', 'association.subnet-id', subnetId, 0],
  ['acls', 'vpc-id', vpcId, 1],
  ['acls', 'default', 'true', 2],
  ['acls', 'association.subnet-id', subnetId, 1],
  ['zones', 'zone-id', 'use1-az3', 1],
  ['zones', 'state', 'available', 3],
];

test('lists are filtered by every name that clients use', async () => {
  for (const [list, name, value, found] of cases) {
    const ids = await lists[list]?.(filtersOf(name, value));
    assert.equal(ids?.length, found, `${list} by ${name}: ${ids?.join(' ')}`);
  }
  for (const list of Object.values(lists))
    assert.equal(await codeOf(list(filtersOf('nonsense', 'x'))), 'InvalidParameterValue');
});

test('ids that nothing has are refused with the code of their kind', async () => {
  const calls: readonly (readonly [Promise<unknown>, string])[] = [
    [ec2.send(new sdk.DescribeVpcsCommand({ VpcIds: ['vpc-0'] })), 'InvalidVpcID.NotFound'],
    [ec2.send(new sdk.DescribeSubnetsCommand({ SubnetIds: ['subnet-0'] })), 'InvalidSubnetID.NotFound'],
    [ec2.send(new sdk.DescribeSecurityGroupsCommand({ GroupIds: ['sg-0'] })), 'InvalidGroup.NotFound'],
    [ec2.send(new sdk.DescribeSecurityGroupsCommand({ GroupNames: ['none'] })), 'InvalidGroup.NotFound'],
    [
      ec2.send(new sdk.DescribeSecurityGroupRulesCommand({ SecurityGroupRuleIds: ['sgr-0'] })),
      'InvalidSecurityGroupRuleId.NotFound',
    ],
    [ec2.send(new sdk.DescribeRouteTablesCommand({ RouteTableIds: ['rtb-0'] })), 'InvalidRouteTableID.NotFound'],
    [ec2.send(new sdk.DescribeNetworkAclsCommand({ NetworkAclIds: ['acl-0'] })), 'InvalidNetworkAclID.NotFound'],
    [ec2.send(new sdk.DescribeManagedPrefixListsCommand({ PrefixListIds: ['pl-0'] })), 'InvalidPrefixListID.NotFound'],
    [ec2.send(new sdk.GetManagedPrefixListEntriesCommand({ PrefixListId: 'pl-0' })), 'InvalidPrefixListID.NotFound'],
    [ec2.send(new sdk.GetManagedPrefixListEntriesCommand({ PrefixListId: undefined })), 'MissingParameter'],
    [
      ec2.send(new sdk.DescribeVpcAttributeCommand({ VpcId: 'vpc-0', Attribute: 'enableDnsSupport' })),
      'InvalidVpcID.NotFound',
    ],
    [ec2.send(new sdk.DescribeAvailabilityZonesCommand({ ZoneNames: ['us-east-1z'] })), 'InvalidParameterValue'],
    [ec2.send(new sdk.DescribeRegionsCommand({ RegionNames: ['eu-west-1'] })), 'InvalidParameterValue'],
    [ec2.send(new sdk.DescribeSubnetsCommand({ MaxResults: 4 })), 'InvalidParameterValue'],
    [ec2.send(new sdk.DescribeManagedPrefixListsCommand({ MaxResults: 101 })), 'InvalidParameterValue'],
    [ec2.send(new sdk.DescribeVpcsCommand({ DryRun: true })), 'DryRunOperation'],
    [ec2.send(new sdk.DescribeVpcsCommand({ DryRun: true, VpcIds: ['vpc-0'] })), 'InvalidVpcID.NotFound'],
  ];
  for (const [call, code] of calls) assert.equal(await codeOf(call), code);
});

test('security groups are shown with their permissions, and those one by one', async () => {
  const { SecurityGroups } = await ec2.send(new sdk.DescribeSecurityGroupsCommand({ GroupIds: [groupId] }));
  const [group] = SecurityGroups ?? [];
  assert.deepEqual([group?.GroupName, group?.VpcId, group?.OwnerId], ['web', vpcId, caller.account]);
  assert.deepEqual(group?.IpPermissions, [
    {
      ...{ IpProtocol: 'tcp', FromPort: 80, ToPort: 81, Ipv6Ranges: [], PrefixListIds: [] },
      ...{ IpRanges: [{ CidrIp: '10.0.0.0/8' }], UserIdGroupPairs: [{ GroupId: groupId, UserId: caller.account }] },
    },
  ]);
  assert.deepEqual(group?.IpPermissionsEgress, []);
  const { SecurityGroupRules = [] } = await ec2.send(
    new sdk.DescribeSecurityGroupRulesCommand(filtersOf('group-id', groupId)),
  );
  assert.deepEqual(
    SecurityGroupRules.map((rule) => `${rule.IsEgress} ${rule.CidrIpv4 ?? rule.ReferencedGroupInfo?.GroupId}`).sort(),
    ['false 10.0.0.0/8', `false ${groupId}`],
  );
  const [rule] = SecurityGroupRules;
  const again = await ec2.send(
    new sdk.DescribeSecurityGroupRulesCommand({ SecurityGroupRuleIds: [rule?.SecurityGroupRuleId ?? ''] }),
  );
  assert.deepEqual(again.SecurityGroupRules, [rule]);
});

test('a VPC has the parts that Terraform reads of it', async () => {
  const { RouteTables } = await ec2.send(
    new sdk.DescribeRouteTablesCommand({
      Filters: [
        { Name: 'association.main', Values: ['true'] },
        { Name: 'vpc-id', Values: [vpcId] },
      ],
    }),
  );
  assert.deepEqual(
    RouteTables?.[0]?.Routes?.map((route) => [route.DestinationCidrBlock, route.GatewayId, route.State]),
    [
      ['10.0.0.0/16', 'local', 'active'],
      ['10.1.0.0/16', 'local', 'active'],
    ],
  );
  const { NetworkAcls } = await ec2.send(new sdk.DescribeNetworkAclsCommand(filtersOf('vpc-id', vpcId)));
  assert.deepEqual(
    [NetworkAcls?.[0]?.IsDefault, NetworkAcls?.[0]?.Associations?.length, NetworkAcls?.[0]?.Entries?.length],
    [true, 2, 4],
  );
  for (const [Attribute, name, value] of [
    ['enableDnsSupport', 'EnableDnsSupport', true],
    ['enableDnsHostnames', 'EnableDnsHostnames', true],
    ['enableNetworkAddressUsageMetrics', 'EnableNetworkAddressUsageMetrics', false],
  ] as const) {
    const shown = await ec2.send(new sdk.DescribeVpcAttributeCommand({ VpcId: vpcId, Attribute }));
    assert.deepEqual([shown.VpcId, shown[name]?.Value], [vpcId, value]);
  }
});

test('the prefix lists hold the managed addresses', async () => {
  const name = 'com.amazonaws.us-east-1.vpc-lattice';
  const { PrefixLists } = await ec2.send(
    new sdk.DescribeManagedPrefixListsCommand(filtersOf('prefix-list-name', name)),
  );
  const [list] = PrefixLists ?? [];
  assert.deepEqual([list?.OwnerId, list?.AddressFamily, list?.State], ['AWS', 'IPv4', 'create-complete']);
  assert.match(list?.PrefixListArn ?? '', /^arn:aws:ec2:us-east-1:aws:prefix-list\/pl-0[0-9a-f]{16}$/);
  const seen: string[] = [];
  const pages = sdk.paginateGetManagedPrefixListEntries(
    { client: ec2, pageSize: 3 },
    { PrefixListId: list?.PrefixListId },
  );
  for await (const { Entries = [] } of pages) seen.push(...Entries.map(({ Cidr = '' }) => Cidr));
  const { services, sources, resources, services6, sources6 } = managedRanges;
  assert.deepEqual(seen.sort(), [...services, sources, resources].sort());
  const old = await ec2.send(new sdk.DescribePrefixListsCommand({}));
  assert.deepEqual(
    old.PrefixLists?.map((one) => one.PrefixListName).sort(),
    ['com.amazonaws.us-east-1.ipv6.vpc-lattice', name].sort(),
  );
  const six = old.PrefixLists?.find((one) => one.PrefixListName?.includes('ipv6'));
  assert.deepEqual(six?.Cidrs, [services6, sources6]);
});

test('zones, regions and attributes of the account', async () => {
  const { AvailabilityZones } = await ec2.send(new sdk.DescribeAvailabilityZonesCommand({}));
  assert.deepEqual(
    AvailabilityZones?.map((zone) => [zone.ZoneName, zone.ZoneId, zone.State]),
    ['a', 'b', 'c'].map((letter, i) => [`us-east-1${letter}`, `use1-az${i + 1}`, 'available']),
  );
  const { Regions } = await ec2.send(new sdk.DescribeRegionsCommand({}));
  assert.deepEqual(
    Regions?.map(({ RegionName }) => RegionName),
    ['us-east-1'],
  );
  const { AccountAttributes } = await ec2.send(
    new sdk.DescribeAccountAttributesCommand({ AttributeNames: ['supported-platforms'] }),
  );
  assert.deepEqual(AccountAttributes, [
    { AttributeName: 'supported-platforms', AttributeValues: [{ AttributeValue: 'VPC' }] },
  ]);
});

test('tags are given, listed by filter, and taken away', async () => {
  const tagsOf = async (name: string, value: string) => {
    const { Tags } = await ec2.send(new sdk.DescribeTagsCommand(filtersOf(name, value)));
    return Tags?.map((tag) => `${tag.ResourceType} ${tag.Key}=${tag.Value}`).sort();
  };
  const Resources = [otherVpcId, groupId];
  const Tags = [
    { Key: 'team', Value: 'a' },
    { Key: 'empty', Value: '' },
  ];
  assert.equal(await codeOf(ec2.send(new sdk.CreateTagsCommand({ Resources, Tags, DryRun: true }))), 'DryRunOperation');
  await ec2.send(new sdk.CreateTagsCommand({ Resources, Tags }));
  assert.deepEqual(await tagsOf('key', 'team'), ['security-group team=a', 'vpc team=a']);
  assert.deepEqual(await tagsOf('resource-id', otherVpcId), ['vpc Name=payments', 'vpc empty=', 'vpc team=a']);
  const paged: string[] = [];
  for await (const page of sdk.paginateDescribeTags({ client: ec2, pageSize: 5 }, {}))
    paged.push(...(page.Tags ?? []).map((tag) => `${tag.ResourceId} ${tag.Key}`));
  assert.equal(new Set(paged).size, 2 + 4 + 4 + 4);
  assert.equal(paged.length, 14);
  await ec2.send(new sdk.DeleteTagsCommand({ Resources, Tags: [{ Key: 'team', Value: 'b' }, { Key: 'empty' }] }));
  assert.deepEqual(await tagsOf('resource-id', groupId), ['security-group Name=web', 'security-group team=a']);
  await ec2.send(new sdk.DeleteTagsCommand({ Resources: [groupId] }));
  assert.deepEqual(await tagsOf('resource-id', groupId), []);
  const create = (id: string, key = 'a') =>
    codeOf(ec2.send(new sdk.CreateTagsCommand({ Resources: [vpcId, id], Tags: [{ Key: key, Value: 'b' }] })));
  assert.equal(await create('sg-00000000000000000'), 'InvalidGroup.NotFound');
  assert.equal(await create('subnet-00000000000000000'), 'InvalidSubnetID.NotFound');
  assert.equal(await create('xyz-00000000000000000'), 'InvalidID');
  assert.equal(await create(vpcId, 'aws:x'), 'InvalidParameterValue');
  const many = Array.from({ length: 50 }, (_, i) => ({ Key: `k${i}`, Value: '' }));
  const spent = ec2.send(new sdk.CreateTagsCommand({ Resources: [vpcId], Tags: many }));
  assert.equal(await codeOf(spent), 'TagLimitExceeded');
  assert.deepEqual(await tagsOf('resource-id', vpcId), ['vpc Name=shop']);
});
