// Access-log subscriptions through the AWS SDK.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import * as sdk from '@aws-sdk/client-vpc-lattice';
import { assertComplete, makeService, refused, unique } from './lattice-checks.ts';
import { startApi } from './running-api.ts';

const api = await startApi();
after(() => api[Symbol.asyncDispose]());
const { lattice } = api;
const account = '111122223333';
const group = `arn:aws:logs:us-east-1:${account}:log-group:/lattice/shop`;
const stream = `arn:aws:firehose:us-east-1:${account}:deliverystream/shop`;
const bucket = 'arn:aws:s3:::shop-logs/prefix';

const makeNetwork = async (): Promise<string> =>
  (await lattice.send(new sdk.CreateServiceNetworkCommand({ name: unique('mesh') }))).id ?? '';

test('subscriptions are made, shown, listed, changed, tagged and deleted', async () => {
  const resourceIdentifier = await makeNetwork();
  const made = await lattice.send(
    new sdk.CreateAccessLogSubscriptionCommand({ resourceIdentifier, destinationArn: group, tags: { a: 'b' } }),
  );
  assertComplete('CreateAccessLogSubscription', made);
  assert.match(made.id ?? '', /^als-0[0-9a-f]{16}$/);
  assert.equal(made.arn, `arn:aws:vpc-lattice:us-east-1:${account}:accesslogsubscription/${made.id}`);
  assert.deepEqual(
    [made.resourceId, made.destinationArn, made.serviceNetworkLogType],
    [resourceIdentifier, `${group}:*`, 'SERVICE'],
  );
  const accessLogSubscriptionIdentifier = made.arn ?? '';
  const shown = await lattice.send(new sdk.GetAccessLogSubscriptionCommand({ accessLogSubscriptionIdentifier }));
  assertComplete('GetAccessLogSubscription', shown);
  assert.ok(shown.createdAt instanceof Date);
  const updated = await lattice.send(
    new sdk.UpdateAccessLogSubscriptionCommand({ accessLogSubscriptionIdentifier, destinationArn: bucket }),
  );
  assertComplete('UpdateAccessLogSubscription', updated);
  assert.equal(updated.destinationArn, bucket);
  const { items } = await lattice.send(new sdk.ListAccessLogSubscriptionsCommand({ resourceIdentifier }));
  assert.deepEqual(
    items?.map(({ id, destinationArn }) => [id, destinationArn]),
    [[made.id, bucket]],
  );
  const { tags } = await lattice.send(new sdk.ListTagsForResourceCommand({ resourceArn: made.arn }));
  assert.deepEqual(tags, { a: 'b' });
  await lattice.send(new sdk.DeleteAccessLogSubscriptionCommand({ accessLogSubscriptionIdentifier }));
  await refused(
    lattice.send(new sdk.GetAccessLogSubscriptionCommand({ accessLogSubscriptionIdentifier })),
    'ResourceNotFoundException',
  );
});

test('an owner has one subscription of each log type and kind of destination', async () => {
  const resourceIdentifier = await makeNetwork();
  const make = (destinationArn: string, serviceNetworkLogType?: 'SERVICE' | 'RESOURCE') =>
    lattice.send(
      new sdk.CreateAccessLogSubscriptionCommand({ resourceIdentifier, destinationArn, serviceNetworkLogType }),
    );
  const first = await make(group);
  const twin = await refused(make(`${group}-other`), 'ConflictException', /already has an access log subscription/);
  assert.deepEqual([twin['resourceId'], twin['resourceType']], [first.id, 'ACCESS_LOG_SUBSCRIPTION']);
  await make(group, 'RESOURCE');
  await make(bucket);
  const third = await make(stream);
  await refused(
    lattice.send(
      new sdk.UpdateAccessLogSubscriptionCommand({
        accessLogSubscriptionIdentifier: third.id,
        destinationArn: 'arn:aws:s3:::another',
      }),
    ),
    'ConflictException',
  );
});

test('a destination that AWS delivers to is demanded, and a log type only of networks', async () => {
  const resourceIdentifier = await makeService(api);
  const make = (destinationArn: string, serviceNetworkLogType?: 'SERVICE') =>
    lattice.send(
      new sdk.CreateAccessLogSubscriptionCommand({ resourceIdentifier, destinationArn, serviceNetworkLogType }),
    );
  for (const wrong of [
    `arn:aws:sqs:us-east-1:${account}:queue-name`,
    `arn:aws:logs:us-east-1:${account}:destination:x`,
    `arn:aws:firehose:us-east-1:${account}:stream/x`,
  ])
    await refused(make(wrong), 'ValidationException', /is not the ARN of a log group, a bucket or a delivery stream/);
  await refused(make(bucket, 'SERVICE'), 'ValidationException', /only subscriptions of a service network/);
  const made = await make(bucket);
  assert.equal(made.serviceNetworkLogType, undefined);
  await refused(
    lattice.send(
      new sdk.CreateAccessLogSubscriptionCommand({
        resourceIdentifier: 'sn-0123456789abcdef0',
        destinationArn: bucket,
      }),
    ),
    'ResourceNotFoundException',
  );
});

test('subscriptions go with their owner', async () => {
  const resourceIdentifier = await makeNetwork();
  const { id } = await lattice.send(
    new sdk.CreateAccessLogSubscriptionCommand({ resourceIdentifier, destinationArn: bucket }),
  );
  await lattice.send(new sdk.DeleteServiceNetworkCommand({ serviceNetworkIdentifier: resourceIdentifier }));
  await refused(
    lattice.send(new sdk.GetAccessLogSubscriptionCommand({ accessLogSubscriptionIdentifier: id })),
    'ResourceNotFoundException',
  );
});
