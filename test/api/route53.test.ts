// Route 53 through the AWS SDK: zones, record sets, the VPCs that a zone answers, tags, and what is refused.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import * as ec2Sdk from '@aws-sdk/client-ec2';
import * as sdk from '@aws-sdk/client-route-53';
import { startApi } from './running-api.ts';

const api = await startApi();
after(() => api[Symbol.asyncDispose]());
const { route53 } = api;

async function refused(call: Promise<unknown>, code: string, words: RegExp = /./): Promise<void> {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof sdk.Route53ServiceException, String(error));
    assert.equal(error.name, code, error.message);
    assert.match(error.message, words);
    return true;
  });
}

async function makeVpc(client = api.ec2): Promise<sdk.VPC> {
  const { Vpc } = await client.send(new ec2Sdk.CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  return { VPCId: Vpc?.VpcId ?? '', VPCRegion: 'us-east-1' };
}

let count = 0;

async function makeZone(name: string, vpc?: sdk.VPC, client = route53): Promise<string> {
  const { HostedZone } = await client.send(
    new sdk.CreateHostedZoneCommand({ Name: name, CallerReference: `r-${++count}`, ...(vpc && { VPC: vpc }) }),
  );
  return HostedZone?.Id ?? '';
}

const address = (name: string, value: string, more: Partial<sdk.ResourceRecordSet> = {}): sdk.ResourceRecordSet => ({
  Name: name,
  Type: 'A',
  TTL: 60,
  ResourceRecords: [{ Value: value }],
  ...more,
});

const batch = (id: string, ...changes: readonly (readonly [sdk.ChangeAction, sdk.ResourceRecordSet])[]) =>
  route53.send(
    new sdk.ChangeResourceRecordSetsCommand({
      HostedZoneId: id,
      ChangeBatch: { Changes: changes.map(([Action, ResourceRecordSet]) => ({ Action, ResourceRecordSet })) },
    }),
  );

const names = async (id: string, more: Partial<sdk.ListResourceRecordSetsRequest> = {}) => {
  const answer = await route53.send(new sdk.ListResourceRecordSetsCommand({ HostedZoneId: id, ...more }));
  return { ...answer, names: answer.ResourceRecordSets?.map(({ Name, Type }) => `${Name} ${Type}`) };
};

test('a public zone is made with its NS and SOA record sets, found, counted, commented and deleted', async () => {
  const made = await route53.send(
    new sdk.CreateHostedZoneCommand({
      Name: 'Example.COM',
      CallerReference: 'once',
      HostedZoneConfig: { Comment: 'shop & <co>' },
    }),
  );
  const id = made.HostedZone?.Id ?? '';
  assert.match(id, /^\/hostedzone\/Z[0-9A-F]{20}$/);
  assert.deepEqual(
    [
      made.HostedZone?.Name,
      made.HostedZone?.Config,
      made.HostedZone?.ResourceRecordSetCount,
      made.$metadata.httpStatusCode,
    ],
    ['example.com.', { Comment: 'shop & <co>', PrivateZone: false }, 2, 201],
  );
  assert.match(made.Location ?? '', /\/2013-04-01\/hostedzone\/Z/);
  assert.equal(made.DelegationSet?.NameServers?.length, 4);
  assert.deepEqual((await names(id)).names, ['example.com. NS', 'example.com. SOA']);
  const got = await route53.send(new sdk.GetHostedZoneCommand({ Id: id }));
  assert.deepEqual(got.HostedZone, made.HostedZone);
  const { HostedZoneCount = 0 } = await route53.send(new sdk.GetHostedZoneCountCommand({}));
  assert.ok(HostedZoneCount >= 1);
  const commented = await route53.send(new sdk.UpdateHostedZoneCommentCommand({ Id: id, Comment: 'x' }));
  assert.equal(commented.HostedZone?.Config?.Comment, 'x');
  await refused(
    route53.send(new sdk.CreateHostedZoneCommand({ Name: 'other.com', CallerReference: 'once' })),
    'HostedZoneAlreadyExists',
  );
  await batch(id, ['CREATE', address('www.example.com', '192.0.2.1')]);
  await refused(route53.send(new sdk.DeleteHostedZoneCommand({ Id: id })), 'HostedZoneNotEmpty');
  await batch(id, ['DELETE', address('www.example.com', '192.0.2.1')]);
  await route53.send(new sdk.DeleteHostedZoneCommand({ Id: id }));
  await refused(route53.send(new sdk.GetHostedZoneCommand({ Id: id })), 'NoSuchHostedZone', /No hosted zone found/);
});

test('a change is PENDING until every data plane obeys it; ids are taken with and without their path', async () => {
  const id = await makeZone('change.example');
  const { ChangeInfo } = await batch(id, ['UPSERT', address('a.change.example', '192.0.2.1')]);
  assert.match(ChangeInfo?.Id ?? '', /^\/change\/C/);
  assert.equal(ChangeInfo?.Status, 'PENDING');
  for (const one of [ChangeInfo?.Id ?? '', ChangeInfo?.Id?.slice('/change/'.length) ?? '']) {
    const got = await route53.send(new sdk.GetChangeCommand({ Id: one }));
    assert.deepEqual(got.ChangeInfo, ChangeInfo);
  }
  await refused(route53.send(new sdk.GetChangeCommand({ Id: 'C0' })), 'NoSuchChange');
});

test('a batch is done as a whole or not at all, and its refusal names everything', async () => {
  const id = await makeZone('batch.example');
  await batch(id, ['CREATE', address('a.batch.example', '192.0.2.1')]);
  await refused(
    batch(
      id,
      ['CREATE', address('b.batch.example', '192.0.2.2')],
      ['CREATE', address('A.batch.example.', '192.0.2.3')],
      ['DELETE', address('c.batch.example', '192.0.2.4')],
      ['UPSERT', address('www.example.org', '192.0.2.4')],
      ['UPSERT', address('d.batch.example', '192.0.2.400')],
    ),
    'InvalidChangeBatch',
    /^\[Tried to create resource record set \[name='a\.batch\.example\.', type='A'\] but it already exists, Tried to delete .* but it was not found, RRSet with DNS name www\.example\.org\. is not permitted in zone batch\.example\., Invalid Resource Record: 'FATAL problem: ARRDATAIllegalIPv4Address/,
  );
  assert.deepEqual((await names(id)).names, ['batch.example. NS', 'batch.example. SOA', 'a.batch.example. A']);
  await batch(
    id,
    ['DELETE', address('a.batch.example', '192.0.2.1')],
    ['CREATE', address('a.batch.example', '192.0.2.9')],
    ['UPSERT', { Name: '*.batch.example', Type: 'TXT', TTL: 5, ResourceRecords: [{ Value: '"a;b" "\\052"' }] }],
  );
  const { ResourceRecordSets } = await names(id);
  assert.deepEqual(
    ResourceRecordSets?.slice(2).map(({ Name, ResourceRecords }) => [Name, ResourceRecords?.[0]?.Value]),
    [
      ['\\052.batch.example.', '"a;b" "\\052"'],
      ['a.batch.example.', '192.0.2.9'],
    ],
  );
  await refused(
    batch(id, ['DELETE', address('a.batch.example', '192.0.2.1')]),
    'InvalidChangeBatch',
    /but the values provided do not match the current values/,
  );
});

const wrong: readonly (readonly [what: string, set: Partial<sdk.ResourceRecordSet>, code: string, words: RegExp])[] = [
  [
    'a CNAME at the apex',
    { Name: 'rules.example', Type: 'CNAME', ResourceRecords: [{ Value: 'x.example' }] },
    'InvalidChangeBatch',
    /not permitted at apex in zone rules\.example\./,
  ],
  [
    'a CNAME beside an address',
    { Name: 'a.rules.example', Type: 'CNAME', ResourceRecords: [{ Value: 'x.example' }] },
    'InvalidChangeBatch',
    /conflicts with other records with the same DNS name/,
  ],
  ['a weight without an identifier', { Weight: 1 }, 'InvalidInput', /Missing field 'SetIdentifier'/],
  ['an identifier without a weight', { SetIdentifier: 'x' }, 'InvalidInput', /found none/],
  [
    'a weighted set beside a simple one',
    { Name: 'a.rules.example', Weight: 1, SetIdentifier: 'x' },
    'InvalidChangeBatch',
    /non multi-value answer rrset exists/,
  ],
  ['a health check', { HealthCheckId: 'h' }, 'NoSuchHealthCheck', /h/],
  ['failover', { Failover: 'PRIMARY', SetIdentifier: 'x' }, 'InvalidInput', /Failover/],
  [
    'no values',
    { ResourceRecords: undefined, TTL: undefined },
    'InvalidInput',
    /but found none in Change with \[Action=UPSERT, Name=b\.rules\.example, Type=A/,
  ],
  [
    'values and an alias',
    { AliasTarget: { HostedZoneId: 'Z1', DNSName: 'x', EvaluateTargetHealth: false } },
    'InvalidInput',
    /but found more than one/,
  ],
  ['another type', { Type: 'DS' }, 'InvalidInput', /no record sets of type DS/],
  [
    'a text without quotation marks',
    { Type: 'TXT', ResourceRecords: [{ Value: 'x' }] },
    'InvalidChangeBatch',
    /InvalidCharacterString \(Value should be enclosed in quotation marks\) encountered with 'x'/,
  ],
  [
    'a mail exchange without preference',
    { Type: 'MX', ResourceRecords: [{ Value: 'mail.example' }] },
    'InvalidChangeBatch',
    /MX record doesn't have 2 fields/,
  ],
  [
    'a duplicate',
    { ResourceRecords: [{ Value: '192.0.2.1' }, { Value: '192.0.2.1' }] },
    'InvalidChangeBatch',
    /Duplicate Resource Record/,
  ],
  [
    'an alias elsewhere',
    {
      TTL: undefined,
      ResourceRecords: undefined,
      AliasTarget: { HostedZoneId: 'Z1', DNSName: 'x.example', EvaluateTargetHealth: false },
    },
    'InvalidChangeBatch',
    /Tried to create an alias that targets x\.example, type A in zone Z1, but that target was not found/,
  ],
  ['a name with an empty label', { Name: 'a..rules.example' }, 'InvalidChangeBatch', /not a valid DNS name/],
];

const rules = await makeZone('rules.example');
await batch(rules, ['CREATE', address('a.rules.example', '192.0.2.1')]);
for (const [what, set, code, words] of wrong)
  test(`a record set is refused in Route 53's words: ${what}`, () =>
    refused(
      batch(rules, ['UPSERT', { ...address('b.rules.example', '192.0.2.1'), ...set } as sdk.ResourceRecordSet]),
      code,
      words,
    ));

test('the apex keeps its SOA and NS record sets, which may be changed', async () => {
  const { ResourceRecordSets = [] } = await names(rules);
  const [ns, soa] = ResourceRecordSets;
  assert.ok(ns !== undefined && soa !== undefined);
  await refused(batch(rules, ['DELETE', ns]), 'InvalidChangeBatch', /at least one NS record/);
  await refused(batch(rules, ['DELETE', soa]), 'InvalidChangeBatch', /exactly one SOA record/);
  await batch(rules, ['UPSERT', { ...ns, ResourceRecords: [{ Value: 'ns.example.net.' }] }]);
});

test('aliases to generated names and to names of the zone are kept, weighted sets too', async () => {
  const id = await makeZone('alias.example');
  const service = { HostedZoneId: 'Z09127221KTH2CFUOHIZH', EvaluateTargetHealth: true };
  const DNSName = 'rates-0123456789abcdef0.7d67968.vpc-lattice-svcs.us-east-1.on.aws';
  await batch(
    id,
    ['CREATE', { Name: 'alias.example', Type: 'A', AliasTarget: { ...service, DNSName } }],
    ['CREATE', address('b.alias.example', '192.0.2.1', { SetIdentifier: 'one', Weight: 1 })],
    ['CREATE', address('b.alias.example', '192.0.2.2', { SetIdentifier: 'two', Weight: 255 })],
    [
      'CREATE',
      {
        Name: 'c.alias.example',
        Type: 'A',
        AliasTarget: { HostedZoneId: id, DNSName: 'b.alias.example', EvaluateTargetHealth: false },
      },
    ],
  );
  const { ResourceRecordSets } = await names(id);
  assert.deepEqual(ResourceRecordSets?.find(({ AliasTarget }) => AliasTarget !== undefined)?.AliasTarget, {
    ...service,
    DNSName: `${DNSName}.`,
  });
  const second = await names(id, {
    StartRecordName: 'b.alias.example',
    StartRecordType: 'A',
    StartRecordIdentifier: 'two',
    MaxItems: 1,
  });
  assert.deepEqual(
    [second.ResourceRecordSets?.[0]?.SetIdentifier, second.ResourceRecordSets?.[0]?.Weight, second.NextRecordName],
    ['two', 255, 'c.alias.example.'],
  );
});

test('record sets are listed by reversed labels, page after page', async () => {
  const id = await makeZone('order.example');
  const wanted = ['a.order.example', 'a-b.order.example', 'x.a.order.example', 'b.order.example', '*.order.example'];
  await batch(id, ...wanted.map((name) => ['CREATE', address(name, '192.0.2.1')] as const));
  const all = (await names(id)).names ?? [];
  assert.deepEqual(all, [
    'order.example. NS',
    'order.example. SOA',
    '\\052.order.example. A',
    'a-b.order.example. A',
    'a.order.example. A',
    'x.a.order.example. A',
    'b.order.example. A',
  ]);
  const seen: string[] = [];
  let more: Partial<sdk.ListResourceRecordSetsRequest> = {};
  for (;;) {
    const page = await names(id, { MaxItems: 2, ...more });
    seen.push(...(page.names ?? []));
    if (page.IsTruncated !== true) break;
    more = { StartRecordName: page.NextRecordName, StartRecordType: page.NextRecordType };
  }
  assert.deepEqual(seen, all);
  assert.deepEqual((await names(id, { StartRecordName: 'a.order.example' })).names, all.slice(4));
  await refused(names(id, { StartRecordType: 'A' }), 'InvalidInput');
  await refused(names(id, { MaxItems: 0 }), 'InvalidInput');
});

test('zones are listed in order of creation and by name, with pages', async () => {
  const client = api.route53Of('222222222222');
  const made: string[] = [];
  for (const name of ['c.example', 'a.example', 'b.example.org']) made.push(await makeZone(name, undefined, client));
  const first = await client.send(new sdk.ListHostedZonesCommand({ MaxItems: 2 }));
  assert.deepEqual([first.HostedZones?.map(({ Id }) => Id), first.IsTruncated], [made.slice(0, 2), true]);
  const rest = await client.send(new sdk.ListHostedZonesCommand({ Marker: first.NextMarker }));
  assert.deepEqual([rest.HostedZones?.map(({ Id }) => Id), rest.IsTruncated], [made.slice(2), false]);
  const byName = await client.send(new sdk.ListHostedZonesByNameCommand({ DNSName: 'b.example', MaxItems: 1 }));
  assert.deepEqual(
    [byName.HostedZones?.map(({ Name }) => Name), byName.NextDNSName, byName.IsTruncated],
    [['c.example.'], 'b.example.org.', true],
  );
  await refused(client.send(new sdk.GetHostedZoneCommand({ Id: rules })), 'AccessDenied');
});

test('a private zone answers VPCs, also of accounts that its owner authorized; the last one stays', async () => {
  const vpc = await makeVpc();
  const id = await makeZone('corp.example', vpc);
  await refused(makeZone('corp.example', vpc), 'ConflictingDomainExists');
  await refused(makeZone('x.example', { ...vpc, VPCId: 'vpc-0000' }), 'InvalidVPCId');
  const other = '333333333333';
  const [theirs, client] = [await makeVpc(api.ec2Of(other)), api.route53Of(other)];
  const associate = () => client.send(new sdk.AssociateVPCWithHostedZoneCommand({ HostedZoneId: id, VPC: theirs }));
  await refused(associate(), 'NotAuthorizedException');
  await route53.send(new sdk.CreateVPCAssociationAuthorizationCommand({ HostedZoneId: id, VPC: theirs }));
  const listed = await route53.send(new sdk.ListVPCAssociationAuthorizationsCommand({ HostedZoneId: id }));
  assert.deepEqual(listed.VPCs, [theirs]);
  await associate();
  await refused(associate(), 'ConflictingDomainExists');
  await route53.send(new sdk.DeleteVPCAssociationAuthorizationCommand({ HostedZoneId: id, VPC: theirs }));
  await refused(
    route53.send(new sdk.DeleteVPCAssociationAuthorizationCommand({ HostedZoneId: id, VPC: theirs })),
    'VPCAssociationAuthorizationNotFound',
  );
  const { VPCs } = await route53.send(new sdk.GetHostedZoneCommand({ Id: id }));
  assert.deepEqual(VPCs, [vpc, theirs]);
  const byVpc = await client.send(new sdk.ListHostedZonesByVPCCommand(theirs as sdk.ListHostedZonesByVPCRequest));
  assert.deepEqual(byVpc.HostedZoneSummaries, [
    { HostedZoneId: id.slice('/hostedzone/'.length), Name: 'corp.example.', Owner: { OwningAccount: '111122223333' } },
  ]);
  await client.send(new sdk.DisassociateVPCFromHostedZoneCommand({ HostedZoneId: id, VPC: theirs }));
  const disassociate = (one: sdk.VPC) =>
    route53.send(new sdk.DisassociateVPCFromHostedZoneCommand({ HostedZoneId: id, VPC: one }));
  await refused(disassociate(theirs), 'VPCAssociationNotFound');
  await refused(disassociate(vpc), 'LastVPCAssociation');
  await refused(
    route53.send(new sdk.AssociateVPCWithHostedZoneCommand({ HostedZoneId: rules, VPC: vpc })),
    'PublicZoneVPCAssociation',
  );
});

test('tags are set, listed for several zones and removed', async () => {
  const id = (await makeZone('tags.example')).slice('/hostedzone/'.length);
  const ResourceType = 'hostedzone';
  await route53.send(
    new sdk.ChangeTagsForResourceCommand({
      ResourceType,
      ResourceId: id,
      AddTags: [
        { Key: 'a', Value: '1' },
        { Key: 'b', Value: '' },
      ],
    }),
  );
  await route53.send(new sdk.ChangeTagsForResourceCommand({ ResourceType, ResourceId: id, RemoveTagKeys: ['a'] }));
  const one = await route53.send(new sdk.ListTagsForResourceCommand({ ResourceType, ResourceId: id }));
  assert.deepEqual(one.ResourceTagSet?.Tags, [{ Key: 'b', Value: '' }]);
  const all = await route53.send(new sdk.ListTagsForResourcesCommand({ ResourceType, ResourceIds: [id] }));
  assert.deepEqual(all.ResourceTagSets, [one.ResourceTagSet]);
  await refused(
    route53.send(new sdk.ListTagsForResourceCommand({ ResourceType: 'healthcheck', ResourceId: 'h' })),
    'NoSuchHealthCheck',
  );
});

test('what there is none of is said: DNSSEC, query logs, delegation sets, other operations', async () => {
  const dnssec = await route53.send(new sdk.GetDNSSECCommand({ HostedZoneId: rules }));
  assert.deepEqual([dnssec.Status?.ServeSignature, dnssec.KeySigningKeys], ['NOT_SIGNING', []]);
  assert.deepEqual((await route53.send(new sdk.ListQueryLoggingConfigsCommand({}))).QueryLoggingConfigs, []);
  assert.deepEqual((await route53.send(new sdk.ListReusableDelegationSetsCommand({}))).DelegationSets, []);
  await refused(route53.send(new sdk.GetReusableDelegationSetCommand({ Id: 'N1' })), 'NoSuchDelegationSet');
  await refused(route53.send(new sdk.ListHealthChecksCommand({})), 'NotImplemented', /ListHealthChecks/);
  await refused(
    route53.send(new sdk.CreateHostedZoneCommand({ Name: 'no name', CallerReference: 'n' })),
    'InvalidDomainName',
  );
});
