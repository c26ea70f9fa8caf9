// Rate limits through AWS SDKs: each protocol's own error, and clients with default retries that get through.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DescribeVpcsCommand, EC2Client, EC2ServiceException } from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand, STSServiceException } from '@aws-sdk/client-sts';
import * as sdk from '@aws-sdk/client-vpc-lattice';
import { createManualClock } from '../../src/base/clock.ts';
import { TestServer } from '../server.ts';
import { refused } from './lattice-checks.ts';
import { startApi } from './running-api.ts';

const slow = { burst: 2, perSecond: 1 };

test('calls over the rate are throttled in the words of their service, those of other accounts are not', async () => {
  // The buckets fill with this clock: nothing comes back while it stands.
  const clock = createManualClock(Date.now());
  await using api = await startApi({ clock }, { rateLimits: { read: slow, mutate: slow } });
  const { lattice, ec2, sts } = api;
  const list = () => lattice.send(new sdk.ListServicesCommand({}));
  await list();
  await list();
  const error = await refused(list(), 'ThrottlingException', /Rate exceeded/);
  assert.deepEqual(
    [error['serviceCode'], error['quotaCode'], error['retryAfterSeconds']],
    ['vpc-lattice', 'ReadRequestRate', 1],
  );
  const response = error['$response'] as { readonly statusCode: number; readonly headers: Record<string, string> };
  assert.deepEqual([response.statusCode, response.headers['retry-after']], [429, '1']);
  for (const name of ['one', 'two']) await lattice.send(new sdk.CreateServiceCommand({ name: `shop-${name}` }));
  await refused(lattice.send(new sdk.CreateServiceCommand({ name: 'shop-three' })), 'ThrottlingException');
  await api.latticeOf('222233334444').send(new sdk.ListServicesCommand({}));

  const status = (caught: { readonly name: string; readonly $metadata: { readonly httpStatusCode?: number } }) => [
    caught.name,
    caught.$metadata.httpStatusCode,
  ];
  for (let n = 0; n < 2; n++) {
    await ec2.send(new DescribeVpcsCommand({}));
    await sts.send(new GetCallerIdentityCommand({}));
  }
  await assert.rejects(ec2.send(new DescribeVpcsCommand({})), (caught) => {
    assert.ok(caught instanceof EC2ServiceException);
    assert.deepEqual(status(caught), ['RequestLimitExceeded', 503]);
    return true;
  });
  await assert.rejects(sts.send(new GetCallerIdentityCommand({})), (caught) => {
    assert.ok(caught instanceof STSServiceException);
    assert.deepEqual(status(caught), ['Throttling', 400]);
    return true;
  });
});

test('an SDK with its default retries gets through', async () => {
  const clock = createManualClock(Date.now());
  let throttled = 0;
  // A second passes for the buckets when a call has been refused, so that they are empty however slow the machine is.
  const observe = ({ status }: { readonly status: number }): void => {
    if (status !== 429 && status !== 503) return;
    throttled++;
    clock.advance(1000);
  };
  await using api = await startApi({ clock, observe }, { rateLimits: { read: slow, mutate: slow } });
  const options = {
    region: 'us-east-1',
    endpoint: api.origin,
    credentials: { accessKeyId: '111122223333', secretAccessKey: 'secret' },
  };
  const lattice = new sdk.VPCLatticeClient(options);
  const ec2 = new EC2Client(options);
  try {
    for (let n = 0; n < 3; n++) await lattice.send(new sdk.CreateServiceCommand({ name: `shop-${n}` }));
    assert.equal(throttled, 1);
    for (let n = 0; n < 3; n++) await ec2.send(new DescribeVpcsCommand({}));
    assert.equal(throttled, 2);
    const { items } = await lattice.send(new sdk.ListServicesCommand({}));
    assert.equal(items?.length, 3);
  } finally {
    lattice.destroy();
    ec2.destroy();
  }
});

test('rateLimits of pergola.yaml are those of the server', async () => {
  const configuration = 'rateLimits: { mutate: { burst: 1, perSecond: 1 } }\n';
  await using server = await TestServer.start({ workers: 1, attach: 'loopback', configuration });
  const calls = Array.from({ length: 30 }, (_, n) =>
    server.lattice.send(new sdk.CreateServiceCommand({ name: `shop-${n}` })),
  );
  const refusals = (await Promise.allSettled(calls)).flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  assert.ok(refusals.length > 0 && refusals.length < 30, `${refusals.length} of 30 refused`);
  for (const error of refusals) assert.ok(error instanceof sdk.ThrottlingException, String(error));
  await server.lattice.send(new sdk.ListServicesCommand({}));
});
