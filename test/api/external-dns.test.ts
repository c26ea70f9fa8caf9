// The calls that ExternalDNS makes: it looks for zones by their tags, reads all of their record sets, and keeps its own with TXT records beside them.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import * as sdk from '@aws-sdk/client-route-53';
import { startApi } from './running-api.ts';

const api = await startApi();
after(() => api[Symbol.asyncDispose]());
const { route53 } = api;

const owner = '"heritage=external-dns,external-dns/owner=default,external-dns/resource=service/default/web"';
const gateway = 'gw-0123456789abcdef0.7d67968.vpc-lattice-svcs.us-east-1.on.aws';

/** A record set and the one beside it that says whose it is. */
const owned = (set: sdk.ResourceRecordSet): readonly sdk.ResourceRecordSet[] => [
  set,
  {
    Name: `${set.Type?.toLowerCase()}-${set.Name?.replace('*', 'wildcard')}`,
    Type: 'TXT',
    TTL: 300,
    ResourceRecords: [{ Value: owner }],
  },
];

const alias = (Name: string, Type: 'A' | 'AAAA'): sdk.ResourceRecordSet => ({
  Name,
  Type,
  AliasTarget: { HostedZoneId: 'Z09127221KTH2CFUOHIZH', DNSName: gateway, EvaluateTargetHealth: true },
});

/** All record sets, 300 at a time, from where the page before ended. */
async function readAll(HostedZoneId: string): Promise<readonly sdk.ResourceRecordSet[]> {
  const all: sdk.ResourceRecordSet[] = [];
  let from: Partial<sdk.ListResourceRecordSetsRequest> = {};
  for (;;) {
    const page = await route53.send(new sdk.ListResourceRecordSetsCommand({ HostedZoneId, MaxItems: 300, ...from }));
    all.push(...(page.ResourceRecordSets ?? []));
    if (page.IsTruncated !== true) return all;
    from = {
      StartRecordName: page.NextRecordName,
      StartRecordType: page.NextRecordType,
      StartRecordIdentifier: page.NextRecordIdentifier,
    };
  }
}

async function apply(
  HostedZoneId: string,
  Action: sdk.ChangeAction,
  sets: readonly sdk.ResourceRecordSet[],
): Promise<void> {
  // A batch has at most 1,000 records, and an UPSERT counts twice.
  for (let i = 0; i < sets.length; i += 500) {
    const Changes = sets.slice(i, i + 500).map((ResourceRecordSet) => ({ Action, ResourceRecordSet }));
    await route53.send(new sdk.ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch: { Changes } }));
  }
}

test('ExternalDNS finds its zone by a tag, makes, repeats, changes and removes its records, and leaves others alone', async () => {
  for (const Name of ['apps.example.com', 'other.example.com'])
    await route53.send(new sdk.CreateHostedZoneCommand({ Name, CallerReference: Name }));
  const zones: sdk.HostedZone[] = [];
  for await (const { HostedZones } of sdk.paginateListHostedZones({ client: route53, pageSize: 1 }, {}))
    zones.push(...(HostedZones ?? []));
  assert.deepEqual(zones.map(({ Name = '' }) => Name).sort(), ['apps.example.com.', 'other.example.com.']);
  const ids = zones.map(({ Id = '' }) => Id.slice('/hostedzone/'.length));
  const ResourceType = 'hostedzone';
  const mine = ids[zones.findIndex(({ Name }) => Name === 'apps.example.com.')] ?? '';
  await route53.send(
    new sdk.ChangeTagsForResourceCommand({
      ResourceType,
      ResourceId: mine,
      AddTags: [{ Key: 'kubernetes', Value: 'yes' }],
    }),
  );
  const { ResourceTagSets } = await route53.send(
    new sdk.ListTagsForResourcesCommand({ ResourceType, ResourceIds: ids }),
  );
  const tagged = ResourceTagSets?.filter(({ Tags }) => Tags?.some(({ Key }) => Key === 'kubernetes'));
  assert.deepEqual(
    tagged?.map(({ ResourceId }) => ResourceId),
    [mine],
  );

  const foreign = {
    Name: 'hand.apps.example.com',
    Type: 'A',
    TTL: 60,
    ResourceRecords: [{ Value: '192.0.2.9' }],
  } as const;
  await apply(mine, 'CREATE', [{ ...foreign, ResourceRecords: [...foreign.ResourceRecords] }]);
  const sets = [
    ...owned(alias('web.apps.example.com', 'A')),
    ...owned(alias('web.apps.example.com', 'AAAA')),
    ...owned({ Name: '*.apps.example.com', Type: 'CNAME', TTL: 300, ResourceRecords: [{ Value: gateway }] }),
    ...Array.from({ length: 700 }, (_, i): sdk.ResourceRecordSet => ({
      Name: `n${i}.apps.example.com`,
      Type: 'A',
      TTL: 300,
      ResourceRecords: [{ Value: '192.0.2.1' }],
    })),
  ];
  await apply(mine, 'CREATE', sets);
  const before = await readAll(mine);
  assert.equal(before.length, 2 + 1 + sets.length);
  const wildcard = before.find(({ Name }) => Name === '\\052.apps.example.com.');
  assert.deepEqual([wildcard?.Type, wildcard?.TTL], ['CNAME', 300]);
  // What was read is what is written back.
  await apply(
    mine,
    'UPSERT',
    before.filter(({ Type }) => Type !== 'NS' && Type !== 'SOA'),
  );
  assert.deepEqual(await readAll(mine), before);
  const own = before.filter(({ Name, Type }) => Type !== 'NS' && Type !== 'SOA' && Name !== 'hand.apps.example.com.');
  await apply(mine, 'DELETE', own);
  assert.deepEqual(
    (await readAll(mine)).map(({ Name, Type }) => `${Name} ${Type}`),
    ['apps.example.com. NS', 'apps.example.com. SOA', 'hand.apps.example.com. A'],
  );
});
