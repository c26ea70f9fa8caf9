// Who may do what in Route 53: by zone, and by the names, types and actions of a batch.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import * as sdk from '@aws-sdk/client-route-53';
import { callAs, type Clients } from './principals.ts';
import { startApi } from './running-api.ts';

const api = await startApi();
after(() => api[Symbol.asyncDispose]());
const makeZone = async (Name: string): Promise<string> =>
  (await api.route53.send(new sdk.CreateHostedZoneCommand({ Name, CallerReference: Name }))).HostedZone?.Id ?? '';
const [own, other] = [await makeZone('own.example'), await makeZone('other.example')];
const zoneArn = (id: string): string => `arn:aws:route53:::${id.slice(1)}`;

const upsert = (HostedZoneId: string, ...names: readonly string[]): sdk.ChangeResourceRecordSetsCommand =>
  new sdk.ChangeResourceRecordSetsCommand({
    HostedZoneId,
    ChangeBatch: {
      Changes: names.map((Name) => ({
        Action: 'UPSERT',
        ResourceRecordSet: { Name, Type: 'A', TTL: 60, ResourceRecords: [{ Value: '192.0.2.1' }] },
      })),
    },
  });

async function denied(call: Promise<unknown>): Promise<void> {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof sdk.Route53ServiceException);
    assert.deepEqual([error.name, error.$metadata.httpStatusCode], ['AccessDenied', 403]);
    assert.match(error.message, /is not authorized to perform: route53:/);
    return true;
  });
}

async function as(...statements: readonly object[]): Promise<Clients> {
  return (await callAs(api, { ann: statements })).ann;
}

test('a policy of one zone lets change that zone alone, with and without the path before its id', async () => {
  const { route53 } = await as(
    { Effect: 'Allow', Action: 'route53:ChangeResourceRecordSets', Resource: zoneArn(own) },
    { Effect: 'Allow', Action: ['route53:ListHostedZones', 'route53:GetChange'], Resource: '*' },
  );
  const { ChangeInfo } = await route53.send(upsert(own, 'a.own.example'));
  await route53.send(upsert(own.slice('/hostedzone/'.length), 'b.own.example'));
  await route53.send(new sdk.GetChangeCommand({ Id: ChangeInfo?.Id }));
  await route53.send(new sdk.ListHostedZonesCommand({}));
  await denied(route53.send(upsert(other, 'a.other.example')));
  await denied(route53.send(new sdk.ListResourceRecordSetsCommand({ HostedZoneId: own })));
  await denied(route53.send(new sdk.CreateHostedZoneCommand({ Name: 'new.example', CallerReference: 'n' })));
});

test('the policy that ExternalDNS asks for is enough for its calls', async () => {
  const { route53 } = await as(
    { Effect: 'Allow', Action: ['route53:ChangeResourceRecordSets'], Resource: ['arn:aws:route53:::hostedzone/*'] },
    {
      Effect: 'Allow',
      Action: ['route53:ListHostedZones', 'route53:ListResourceRecordSets', 'route53:ListTagsForResources'],
      Resource: ['*'],
    },
  );
  const ResourceIds = [own, other].map((id) => id.slice('/hostedzone/'.length));
  await route53.send(new sdk.ListHostedZonesCommand({}));
  await route53.send(new sdk.ListTagsForResourcesCommand({ ResourceType: 'hostedzone', ResourceIds }));
  await route53.send(new sdk.ListResourceRecordSetsCommand({ HostedZoneId: own }));
  await route53.send(upsert(own, 'c.own.example'));
  await denied(
    route53.send(new sdk.ListTagsForResourceCommand({ ResourceType: 'hostedzone', ResourceId: ResourceIds[0] })),
  );
});

test('conditions see the names of a batch as Route 53 writes them, its types and its actions', async () => {
  const { route53 } = await as({
    Effect: 'Allow',
    Action: 'route53:ChangeResourceRecordSets',
    Resource: '*',
    Condition: {
      'ForAllValues:StringLike': { 'route53:ChangeResourceRecordSetsNormalizedRecordNames': ['*.team.own.example'] },
      'ForAllValues:StringEquals': {
        'route53:ChangeResourceRecordSetsRecordTypes': ['A', 'TXT'],
        'route53:ChangeResourceRecordSetsActions': ['UPSERT'],
      },
    },
  });
  await route53.send(upsert(own, 'A.Team.own.example.', '*.team.own.example'));
  await denied(route53.send(upsert(own, 'a.team.own.example', 'a.own.example')));
  const command = upsert(own, 'a.team.own.example');
  for (const change of command.input.ChangeBatch?.Changes ?? []) change.Action = 'DELETE';
  await denied(route53.send(command));
});
