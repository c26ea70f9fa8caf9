// Audit events as clients see them: what calls leave behind, and LookupEvents through the SDK.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CloudTrailClient,
  DescribeTrailsCommand,
  LookupEventsCommand,
  type Event,
  type LookupEventsCommandInput,
} from '@aws-sdk/client-cloudtrail';
import { CreateVpcCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import {
  CreateServiceCommand,
  CreateServiceNetworkServiceAssociationCommand,
  CreateServiceNetworkCommand,
  DeleteServiceCommand,
  GetServiceCommand,
  ListServicesCommand,
} from '@aws-sdk/client-vpc-lattice';
import { startApi, type RunningApi } from './running-api.ts';
import { failureOf } from './sdk-loop.ts';

const account = '111122223333';

function trailOf(
  api: RunningApi,
  accessKeyId = account,
): Disposable & {
  readonly client: CloudTrailClient;
  readonly look: (
    input?: LookupEventsCommandInput,
  ) => Promise<{ readonly events: readonly Event[]; readonly next: string | undefined }>;
} {
  const credentials = { accessKeyId, secretAccessKey: 'secret' };
  const client = new CloudTrailClient({ region: 'us-east-1', endpoint: api.origin, credentials, maxAttempts: 1 });
  return {
    client,
    async look(input = {}) {
      const { Events = [], NextToken } = await client.send(new LookupEventsCommand(input));
      return { events: Events, next: NextToken };
    },
    [Symbol.dispose]: () => client.destroy(),
  };
}

const by = (AttributeKey: string, AttributeValue: string): LookupEventsCommandInput =>
  ({ LookupAttributes: [{ AttributeKey, AttributeValue }] }) as LookupEventsCommandInput;

function recordOf(event: Event | undefined): Record<string, unknown> {
  return JSON.parse(event?.CloudTrailEvent ?? 'null') as Record<string, unknown>;
}

test('every call of every service leaves one event, newest first, with what was asked and what came', async () => {
  await using api = await startApi();
  using trail = trailOf(api);
  const service = await api.lattice.send(new CreateServiceCommand({ name: 'shop', tags: { team: 'a' } }));
  await failureOf(api.lattice.send(new CreateServiceCommand({ name: 'shop' })));
  await api.lattice.send(new GetServiceCommand({ serviceIdentifier: service.id }));
  await failureOf(api.lattice.send(new GetServiceCommand({ serviceIdentifier: 'x' })));
  await api.ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  await failureOf(api.ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16', DryRun: true })));
  await api.ec2.send(new DescribeVpcsCommand({}));
  await api.sts.send(new GetCallerIdentityCommand({}));
  await failureOf(trail.client.send(new DescribeTrailsCommand({})));
  const { events } = await trail.look();
  assert.deepEqual(
    events.map((event) => [event.EventSource, event.EventName, event.ReadOnly, recordOf(event)['errorCode']]),
    [
      ['cloudtrail.amazonaws.com', 'DescribeTrails', 'true', 'NotImplementedException'],
      ['sts.amazonaws.com', 'GetCallerIdentity', 'true', undefined],
      ['ec2.amazonaws.com', 'DescribeVpcs', 'true', undefined],
      ['ec2.amazonaws.com', 'CreateVpc', 'false', 'DryRunOperation'],
      ['ec2.amazonaws.com', 'CreateVpc', 'false', undefined],
      ['vpc-lattice.amazonaws.com', 'GetService', 'true', 'ValidationException'],
      ['vpc-lattice.amazonaws.com', 'GetService', 'true', undefined],
      ['vpc-lattice.amazonaws.com', 'CreateService', 'false', 'ConflictException'],
      ['vpc-lattice.amazonaws.com', 'CreateService', 'false', undefined],
    ],
  );
  const created = events.at(-1);
  const record = recordOf(created);
  assert.deepEqual(created?.Resources, [{ ResourceType: 'AWS::VpcLattice::Service', ResourceName: service.arn }]);
  assert.deepEqual([created.Username, created.AccessKeyId, created.EventId], ['root', account, record['eventID']]);
  assert.equal(created.EventTime?.toISOString().replace('.000', ''), record['eventTime']);
  assert.equal(record['requestID'], service.$metadata.requestId);
  assert.deepEqual((record['requestParameters'] as { readonly tags: unknown }).tags, { team: 'a' });
  // The answer and the event have the same members.
  const { $metadata: _metadata, ...answer } = service;
  assert.deepEqual(record['responseElements'], answer);
  // Those that looked are found too, from then on.
  assert.equal((await trail.look({ MaxResults: 1 })).events[0]?.EventName, 'LookupEvents');
});

test('a repeated call has an event of its own with the first answer', async () => {
  await using api = await startApi();
  using trail = trailOf(api);
  const call = new CreateServiceCommand({ name: 'shop', clientToken: 't-1' });
  const [first] = [await api.lattice.send(call), await api.lattice.send(call)];
  const { events } = await trail.look(by('EventName', 'CreateService'));
  const ids = events.map((event) => (recordOf(event)['responseElements'] as { readonly id: unknown }).id);
  assert.deepEqual(ids, [first.id, first.id]);
  assert.equal(new Set(events.map(({ EventId }) => EventId)).size, 2);
});

test('events are found by each attribute, by time, and by their own account alone', async () => {
  await using api = await startApi();
  using trail = trailOf(api);
  const start = new Date(Math.floor(Date.now() / 1000) * 1000);
  const service = await api.lattice.send(new CreateServiceCommand({ name: 'shop' }));
  const network = await api.lattice.send(new CreateServiceNetworkCommand({ name: 'net' }));
  const association = { serviceIdentifier: service.id, serviceNetworkIdentifier: network.arn };
  await api.lattice.send(new CreateServiceNetworkServiceAssociationCommand(association));
  const other = api.latticeOf('999900001111');
  await other.send(new ListServicesCommand({}));
  const names = async (input: LookupEventsCommandInput) =>
    (await trail.look(input)).events.map(({ EventName }) => EventName).filter((name) => name !== 'LookupEvents');
  const created = 'CreateService';
  const associated = 'CreateServiceNetworkServiceAssociation';
  const all = [associated, 'CreateServiceNetwork', created];
  const [first] = (await trail.look(by('EventName', created))).events;
  assert.deepEqual(await names(by('EventId', first?.EventId ?? '')), [created]);
  assert.deepEqual(await names(by('EventSource', 'vpc-lattice.amazonaws.com')), all);
  assert.deepEqual(await names(by('ReadOnly', 'false')), all);
  assert.deepEqual(await names(by('Username', 'root')), all);
  assert.deepEqual(await names(by('AccessKeyId', account)), all);
  assert.deepEqual(await names(by('ResourceType', 'AWS::VpcLattice::ServiceNetwork')), all.slice(0, 2));
  assert.deepEqual(await names(by('ResourceName', service.id ?? '')), [associated, created]);
  assert.deepEqual(await names(by('ResourceName', service.arn ?? '')), [associated, created]);
  assert.deepEqual(await names(by('ResourceName', 'nothing')), []);
  assert.deepEqual(await names({ StartTime: start }), all);
  assert.deepEqual(await names({ StartTime: start, EndTime: new Date(Date.now() + 1000) }), all);
  assert.deepEqual(await names({ EndTime: new Date(start.getTime() - 2000) }), []);
  assert.deepEqual(await names({ EventCategory: 'insight' }), []);
  using others = trailOf(api, '999900001111');
  assert.deepEqual(
    (await others.look()).events.map(({ EventName }) => EventName),
    ['ListServices'],
  );
});

test('pages hold every event once while others come, and a token is good for its own search', async () => {
  await using api = await startApi();
  using trail = trailOf(api);
  for (let n = 0; n < 23; n++) await api.lattice.send(new CreateServiceCommand({ name: `shop-${n}` }));
  const search = by('EventName', 'CreateService');
  const seen: unknown[] = [];
  let token: string | undefined;
  do {
    const { events, next } = await trail.look({
      ...search,
      MaxResults: 5,
      ...(token === undefined ? {} : { NextToken: token }),
    });
    seen.push(...events.map((event) => (recordOf(event)['requestParameters'] as { readonly name: unknown }).name));
    token = next;
    await api.lattice.send(new CreateServiceCommand({ name: `later-${seen.length}` }));
  } while (token !== undefined);
  assert.deepEqual(
    seen,
    Array.from({ length: 23 }, (_, n) => `shop-${22 - n}`),
  );
  const { next } = await trail.look({ ...search, MaxResults: 5 });
  for (const NextToken of [next ?? '', 'x', '', 'AAAA'.repeat(10_000)])
    assert.equal((await failureOf(trail.look({ NextToken }))).name, 'InvalidNextTokenException');
});

test('what LookupEvents cannot take is refused in the exceptions of its model', async () => {
  await using api = await startApi();
  using trail = trailOf(api);
  const cases: readonly (readonly [LookupEventsCommandInput, string])[] = [
    [{ MaxResults: 0 }, 'InvalidMaxResultsException'],
    [{ MaxResults: 51 }, 'InvalidMaxResultsException'],
    [{ StartTime: new Date(2000), EndTime: new Date(1000) }, 'InvalidTimeRangeException'],
    [by('Name', 'x'), 'InvalidLookupAttributesException'],
    [by('constructor', 'x'), 'InvalidLookupAttributesException'],
    [by('EventName', ''), 'InvalidLookupAttributesException'],
    [by('EventName', 'x'.repeat(2001)), 'InvalidLookupAttributesException'],
    [
      {
        LookupAttributes: [
          ...(by('EventName', 'x').LookupAttributes ?? []),
          ...(by('Username', 'x').LookupAttributes ?? []),
        ],
      },
      'InvalidLookupAttributesException',
    ],
    [{ EventCategory: 'other' as 'insight' }, 'InvalidEventCategoryException'],
  ];
  for (const [input, name] of cases) {
    const failure = await failureOf(trail.look(input));
    assert.deepEqual([failure.name, failure['$metadata'] && 400], [name, 400]);
    assert.notEqual(failure.message, '');
  }
});

test('a reset empties the events, and what comes after is found', async () => {
  await using api = await startApi();
  using trail = trailOf(api);
  const { id } = await api.lattice.send(new CreateServiceCommand({ name: 'shop' }));
  const answered = api.call('POST', '/-/reset');
  const end = setInterval(() => api.obeyed.set(api.store.state.value.revision), 5);
  assert.equal((await answered).status, 200);
  clearInterval(end);
  await failureOf(api.lattice.send(new DeleteServiceCommand({ serviceIdentifier: id })));
  assert.deepEqual(
    (await trail.look()).events.map(({ EventName }) => EventName),
    ['DeleteService'],
  );
});

test('what strangers send reaches the events as far as an operation is known', async () => {
  await using api = await startApi();
  using trail = trailOf(api, '123456789012');
  assert.equal((await fetch(`${api.origin}/services`)).status, 403);
  assert.equal((await fetch(`${api.origin}/nothing`)).status, 403);
  const { events } = await trail.look();
  assert.deepEqual(
    events.map(({ EventName, Username }) => [EventName, Username]),
    [['ListServices', undefined]],
  );
  const record = recordOf(events[0]);
  assert.deepEqual(
    [record['errorCode'], record['userIdentity'], record['requestParameters']],
    ['MissingAuthenticationTokenException', { type: 'Unknown', principalId: '' }, null],
  );
});
