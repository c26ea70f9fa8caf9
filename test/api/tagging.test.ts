// The Resource Groups Tagging API through its SDK client, over resources of VPC Lattice and EC2.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CreateSubnetCommand, CreateVpcCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import {
  GetResourcesCommand,
  GetTagKeysCommand,
  GetTagValuesCommand,
  ResourceGroupsTaggingAPIClient,
  StartReportCreationCommand,
  TagResourcesCommand,
  UntagResourcesCommand,
  type GetResourcesCommandInput,
} from '@aws-sdk/client-resource-groups-tagging-api';
import {
  CreateListenerCommand,
  CreateServiceCommand,
  CreateServiceNetworkCommand,
  CreateTargetGroupCommand,
  DeleteServiceNetworkCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-vpc-lattice';
import { startApi, type RunningApi } from './running-api.ts';
import { failureOf } from './sdk-loop.ts';

const account = '111122223333';
const vpcArn = (id: string | undefined): string => `arn:aws:ec2:us-east-1:${account}:vpc/${id}`;

/** A client that lists ARNs, and closes with its scope. */
function taggingOf(api: RunningApi, accessKeyId = account) {
  const credentials = { accessKeyId, secretAccessKey: 'secret' };
  const client = new ResourceGroupsTaggingAPIClient({
    region: 'us-east-1',
    endpoint: api.origin,
    credentials,
    maxAttempts: 1,
  });
  return {
    client,
    get: (input: GetResourcesCommandInput = {}) => client.send(new GetResourcesCommand(input)),
    async arns(input: GetResourcesCommandInput = {}): Promise<readonly unknown[]> {
      const { ResourceTagMappingList = [] } = await client.send(new GetResourcesCommand(input));
      return ResourceTagMappingList.map(({ ResourceARN }) => ResourceARN);
    },
    [Symbol.dispose]: () => client.destroy(),
  };
}

/** Resources with and without tags. */
async function makeResources(api: RunningApi) {
  const { lattice, ec2 } = api;
  const shop = await lattice.send(new CreateServiceCommand({ name: 'shop', tags: { team: 'a', stage: 'prod' } }));
  const quotes = await lattice.send(new CreateServiceCommand({ name: 'quotes', tags: { team: 'b' } }));
  await lattice.send(new CreateServiceCommand({ name: 'plain' }));
  const listener = await lattice.send(
    new CreateListenerCommand({
      serviceIdentifier: shop.id,
      name: 'web',
      protocol: 'HTTP',
      port: 80,
      defaultAction: { fixedResponse: { statusCode: 404 } },
      tags: { team: 'a' },
    }),
  );
  const Tags = [{ Key: 'team', Value: 'a' }];
  const { Vpc } = await ec2.send(
    new CreateVpcCommand({ CidrBlock: '10.0.0.0/16', TagSpecifications: [{ ResourceType: 'vpc', Tags }] }),
  );
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock: '10.0.1.0/24' }));
  return {
    shop: shop.arn,
    quotes: quotes.arn,
    listener: listener.arn,
    vpc: vpcArn(Vpc?.VpcId),
    subnet: Subnet?.SubnetArn,
  };
}

test('GetResources finds what has tags, by type, tag and ARN, with its tags', async () => {
  await using api = await startApi();
  using tagging = taggingOf(api);
  const { shop, quotes, listener, vpc, subnet } = await makeResources(api);
  const sorted = (...arns: readonly (string | undefined)[]) => arns.map(String).sort();
  assert.deepEqual(await tagging.arns(), sorted(shop, quotes, listener, vpc));
  assert.deepEqual(await tagging.arns({ ResourceTypeFilters: ['vpc-lattice:service'] }), sorted(shop, quotes));
  assert.deepEqual(await tagging.arns({ ResourceTypeFilters: ['vpc-lattice:listener'] }), [listener]);
  assert.deepEqual(await tagging.arns({ ResourceTypeFilters: ['vpc-lattice'] }), sorted(shop, quotes, listener));
  assert.deepEqual(
    await tagging.arns({ ResourceTypeFilters: ['ec2:vpc', 'vpc-lattice:listener'] }),
    sorted(vpc, listener),
  );
  assert.deepEqual(await tagging.arns({ ResourceTypeFilters: ['s3', 'vpc-lattice:serv', 'ec2:instance'] }), []);
  const where = (...filters: readonly (readonly [string, ...string[]])[]) =>
    tagging.arns({ TagFilters: filters.map(([Key, ...Values]) => ({ Key, Values })) });
  assert.deepEqual(await where(['team', 'a']), sorted(shop, listener, vpc));
  assert.deepEqual(await where(['team', 'a', 'b']), sorted(shop, quotes, listener, vpc));
  assert.deepEqual(await where(['team', 'a'], ['stage']), [shop]);
  assert.deepEqual(await where(['constructor']), []);
  assert.deepEqual(await tagging.arns({ ResourceARNList: [quotes ?? '', subnet ?? '', vpcArn('vpc-1')] }), [quotes]);
  const { ResourceTagMappingList = [], PaginationToken } = await tagging.get({
    TagFilters: [{ Key: 'stage' }],
    IncludeComplianceDetails: true,
  });
  assert.equal(PaginationToken, '');
  assert.deepEqual(ResourceTagMappingList, [
    {
      ResourceARN: shop,
      Tags: [
        { Key: 'team', Value: 'a' },
        { Key: 'stage', Value: 'prod' },
      ],
      ComplianceDetails: { NoncompliantKeys: [], KeysWithNoncompliantValues: [], ComplianceStatus: true },
    },
  ]);
  assert.deepEqual(await tagging.arns({ IncludeComplianceDetails: true, ExcludeCompliantResources: true }), []);
  using others = taggingOf(api, '999900001111');
  assert.deepEqual(await others.arns(), []);
});

test('GetResources gives pages by resources and by tags, whose tokens are good for their own search', async () => {
  await using api = await startApi();
  using tagging = taggingOf(api);
  const tags = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`tag-${n}`, 'x']));
  const made: string[] = [];
  for (let n = 0; n < 7; n++)
    made.push((await api.lattice.send(new CreateServiceCommand({ name: `shop-${n}`, tags }))).arn ?? '');
  const pagesOf = async (input: GetResourcesCommandInput) => {
    const pages: unknown[][] = [];
    let token = '';
    do {
      const page = await tagging.get({ ...input, PaginationToken: token });
      pages.push((page.ResourceTagMappingList ?? []).map(({ ResourceARN }) => ResourceARN));
      token = page.PaginationToken ?? '';
    } while (token !== '');
    assert.deepEqual(pages.flat(), [...made].sort());
    return pages.map(({ length }) => length);
  };
  assert.deepEqual(await pagesOf({ ResourcesPerPage: 3 }), [3, 3, 1]);
  assert.deepEqual(await pagesOf({ ResourcesPerPage: 7 }), [7]);
  assert.deepEqual(await pagesOf({ TagsPerPage: 100 }), [2, 2, 2, 1]);
  assert.deepEqual(await pagesOf({ TagsPerPage: 300, ResourcesPerPage: 5 }), [5, 2]);
  const { PaginationToken } = await tagging.get({ ResourcesPerPage: 3 });
  const other = tagging.get({ ResourcesPerPage: 3, PaginationToken, ResourceTypeFilters: ['ec2'] });
  assert.equal((await failureOf(other)).name, 'InvalidParameterException');
});

test('TagResources and UntagResources change resources of both services, and tell which they could not', async () => {
  await using api = await startApi();
  using tagging = taggingOf(api);
  const { shop = '', vpc, subnet = '' } = await makeResources(api);
  const gone = (await api.lattice.send(new CreateServiceNetworkCommand({ name: 'net' }))).arn ?? '';
  await api.lattice.send(new DeleteServiceNetworkCommand({ serviceNetworkIdentifier: gone }));
  const foreign = shop.replace(account, '999900001111');
  const arns = [shop, vpc, subnet, gone, foreign, 'arn:aws:s3:::bucket', shop];
  const tagged = await tagging.client.send(
    new TagResourcesCommand({ ResourceARNList: arns, Tags: { owner: 'x', team: 'c' } }),
  );
  assert.deepEqual(Object.keys(tagged.FailedResourcesMap ?? {}).sort(), ['arn:aws:s3:::bucket', foreign, gone].sort());
  assert.deepEqual(tagged.FailedResourcesMap?.[gone]?.ErrorCode, 'InvalidParameterException');
  assert.ok(tagged.FailedResourcesMap?.[gone]?.ErrorMessage?.includes(gone));
  assert.deepEqual(await tagging.arns({ TagFilters: [{ Key: 'owner' }] }), [shop, vpc, subnet].sort());
  const { tags } = await api.lattice.send(new ListTagsForResourceCommand({ resourceArn: shop }));
  assert.deepEqual(tags, { team: 'c', stage: 'prod', owner: 'x' });
  const { Vpcs } = await api.ec2.send(new DescribeVpcsCommand({}));
  assert.deepEqual(
    Vpcs?.[0]?.Tags?.map(({ Key, Value }) => `${Key}=${Value}`),
    ['team=c', 'owner=x'],
  );
  const untagged = await tagging.client.send(
    new UntagResourcesCommand({ ResourceARNList: [vpc, subnet, gone], TagKeys: ['owner', 'team', 'never'] }),
  );
  assert.deepEqual(Object.keys(untagged.FailedResourcesMap ?? {}), [gone]);
  assert.deepEqual(await tagging.arns({ TagFilters: [{ Key: 'owner' }] }), [shop]);
  assert.deepEqual(await tagging.arns({ ResourceTypeFilters: ['ec2'] }), []);
});

test('a resource that gets too many tags fails alone, and tags that nobody may have fail the call', async () => {
  await using api = await startApi();
  using tagging = taggingOf(api);
  const tags = Object.fromEntries(Array.from({ length: 49 }, (_, n) => [`tag-${n}`, 'x']));
  const group = await api.lattice.send(new CreateTargetGroupCommand({ name: 'lambdas', type: 'LAMBDA' }));
  const full = await api.lattice.send(new CreateServiceCommand({ name: 'full', tags }));
  const ResourceARNList = [group.arn ?? '', full.arn ?? ''];
  const { FailedResourcesMap } = await tagging.client.send(
    new TagResourcesCommand({ ResourceARNList, Tags: { a: '', b: '' } }),
  );
  assert.deepEqual(Object.keys(FailedResourcesMap ?? {}), [full.arn]);
  assert.match(FailedResourcesMap?.[full.arn ?? '']?.ErrorMessage ?? '', /at most 50 tags/);
  const reserved = tagging.client.send(new TagResourcesCommand({ ResourceARNList, Tags: { 'aws:x': 'y' } }));
  const failure = await failureOf(reserved);
  assert.deepEqual([failure.name, /aws:/.test(failure.message)], ['InvalidParameterException', true]);
});

test('GetTagKeys and GetTagValues list each once, in order, in pages', async () => {
  await using api = await startApi();
  using tagging = taggingOf(api);
  await makeResources(api);
  const keys = await tagging.client.send(new GetTagKeysCommand({}));
  assert.deepEqual([keys.TagKeys, keys.PaginationToken], [['stage', 'team'], '']);
  const values = await tagging.client.send(new GetTagValuesCommand({ Key: 'team' }));
  assert.deepEqual([values.TagValues, values.PaginationToken], [['a', 'b'], '']);
  for (let n = 0; n < 25; n++) {
    const tags = Object.fromEntries(Array.from({ length: 48 }, (_, k) => [`k-${n}-${k}`, 'x']));
    await api.lattice.send(new CreateServiceCommand({ name: `many-${n}`, tags }));
  }
  const first = await tagging.client.send(new GetTagKeysCommand({}));
  const second = await tagging.client.send(new GetTagKeysCommand({ PaginationToken: first.PaginationToken }));
  assert.deepEqual([first.TagKeys?.length, second.TagKeys?.length, second.PaginationToken], [1000, 202, '']);
  assert.equal(new Set([...(first.TagKeys ?? []), ...(second.TagKeys ?? [])]).size, 1202);
});

test('what the tagging API cannot take is refused, what it does not do is 501', async () => {
  await using api = await startApi();
  using tagging = taggingOf(api);
  const arn = vpcArn('vpc-0123456789abcdef0');
  const inputs: readonly GetResourcesCommandInput[] = [
    { ResourcesPerPage: 101 },
    { TagsPerPage: 50 },
    { TagsPerPage: 150 },
    { ResourceARNList: [arn], ResourcesPerPage: 5 },
    { ResourceARNList: Array.from({ length: 101 }, () => arn) },
    { TagFilters: [{ Values: ['x'] }] },
    { TagFilters: Array.from({ length: 51 }, () => ({ Key: 'x' })) },
    { ResourceTypeFilters: ['a b'] },
    { ResourceTypeFilters: [''] },
    { ExcludeCompliantResources: true },
    { PaginationToken: 'x' },
    { PaginationToken: 'x'.repeat(2049) },
  ];
  for (const input of inputs)
    assert.equal(
      (await failureOf(tagging.get(input))).name,
      'InvalidParameterException',
      JSON.stringify(input).slice(0, 99),
    );
  for (const [ResourceARNList, Tags] of [
    [[], { a: 'b' }],
    [Array.from({ length: 21 }, () => arn), { a: 'b' }],
    [['no-arn'], { a: 'b' }],
    [[arn], {}],
    [[arn], { ['k'.repeat(129)]: 'b' }],
    [[arn], { a: 'v'.repeat(257) }],
    [[arn], { 'a\n': 'b' }],
  ] as const) {
    const failure = await failureOf(
      tagging.client.send(new TagResourcesCommand({ ResourceARNList: [...ResourceARNList], Tags })),
    );
    assert.equal(failure.name, 'InvalidParameterException');
  }
  const report = await failureOf(tagging.client.send(new StartReportCreationCommand({ S3Bucket: 'bucket' })));
  assert.deepEqual([report.name, /StartReportCreation/.test(report.message)], ['NotImplementedException', true]);
});
