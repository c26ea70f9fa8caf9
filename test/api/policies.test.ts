// Auth policies and resource policies through the AWS SDK.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import * as sdk from '@aws-sdk/client-vpc-lattice';
import { assertComplete, makeConfiguration, makeGateway, makeService, refused, unique } from './lattice-checks.ts';
import { startApi } from './running-api.ts';

const api = await startApi();
after(() => api[Symbol.asyncDispose]());
const { lattice } = api;

const document = (...actions: readonly string[]): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: '*', Action: actions, Resource: '*' }],
  });

test('an auth policy is put, shown with its state, replaced and deleted', async () => {
  const resourceIdentifier = await makeService(api);
  const policy = document('vpc-lattice-svcs:Invoke');
  const put = await lattice.send(new sdk.PutAuthPolicyCommand({ resourceIdentifier, policy }));
  assertComplete('PutAuthPolicy', put);
  assert.deepEqual([put.policy, put.state], [policy, 'Inactive']);
  await lattice.send(new sdk.UpdateServiceCommand({ serviceIdentifier: resourceIdentifier, authType: 'AWS_IAM' }));
  const shown = await lattice.send(new sdk.GetAuthPolicyCommand({ resourceIdentifier }));
  assertComplete('GetAuthPolicy', shown);
  assert.deepEqual([shown.policy, shown.state], [policy, 'Active']);
  await lattice.send(new sdk.PutAuthPolicyCommand({ resourceIdentifier, policy: document('*') }));
  const replaced = await lattice.send(new sdk.GetAuthPolicyCommand({ resourceIdentifier }));
  assert.deepEqual([replaced.policy, replaced.createdAt], [document('*'), shown.createdAt]);
  for (let n = 0; n < 2; n++) await lattice.send(new sdk.DeleteAuthPolicyCommand({ resourceIdentifier }));
  const { $metadata: _, ...empty } = await lattice.send(new sdk.GetAuthPolicyCommand({ resourceIdentifier }));
  assert.deepEqual(empty, {});
});

test('an auth policy has at most 36,864 characters on one line, and belongs to a service or a network', async () => {
  const resourceIdentifier = await makeService(api);
  const put = (policy: string, owner = resourceIdentifier) =>
    lattice.send(new sdk.PutAuthPolicyCommand({ resourceIdentifier: owner, policy }));
  const padding = (length: number): string => `${document('*')}${' '.repeat(length - document('*').length)}`;
  await put(padding(36_864));
  await refused(put(padding(36_865)), 'ValidationException');
  for (const [wrong, text] of [
    ['', /is empty/],
    ['not JSON', /is no JSON/],
    ['{}', /Statement is missing/],
    [`${document('*')}\n`, /newlines/],
    [document('Invoke'), /SERVICE:ACTION/],
  ] as const) {
    const failure = await refused(put(wrong), 'ValidationException', text);
    assert.deepEqual((failure['fieldList'] as sdk.ValidationExceptionField[])[0]?.name, 'policy');
  }
  await refused(put(document('*'), 'rcfg-0123456789abcdef0'), 'ValidationException', /neither a service nor/);
  await refused(put(document('*'), 'sn-0123456789abcdef0'), 'ResourceNotFoundException');
});

test('a resource policy is put, shown, replaced and deleted on each kind of owner, and goes with it', async () => {
  const network = await lattice.send(new sdk.CreateServiceNetworkCommand({ name: unique('mesh') }));
  const service = await lattice.send(new sdk.CreateServiceCommand({ name: unique('shop') }));
  const resourceConfigurationIdentifier = await makeConfiguration(api, await makeGateway(api));
  const configuration = await lattice.send(
    new sdk.GetResourceConfigurationCommand({ resourceConfigurationIdentifier }),
  );
  const policy = document('vpc-lattice:GetService');
  const get = (resourceArn: string | undefined) => lattice.send(new sdk.GetResourcePolicyCommand({ resourceArn }));
  for (const { arn: resourceArn } of [network, service, configuration]) {
    await refused(get(resourceArn), 'ResourceNotFoundException', /has no resource policy/);
    await lattice.send(new sdk.PutResourcePolicyCommand({ resourceArn, policy }));
    assert.equal((await get(resourceArn)).policy, policy);
    await lattice.send(new sdk.DeleteResourcePolicyCommand({ resourceArn }));
    await refused(get(resourceArn), 'ResourceNotFoundException');
    await lattice.send(new sdk.PutResourcePolicyCommand({ resourceArn, policy }));
  }
  const put = (resourceArn: string | undefined, text: string) =>
    lattice.send(new sdk.PutResourcePolicyCommand({ resourceArn, policy: text }));
  await refused(put(network.arn, '{}'), 'ValidationException', /Statement is missing/);
  await refused(put(network.arn, `${policy}${' '.repeat(10_000)}`), 'ValidationException');
  await refused(put(network.arn?.replace('111122223333', '444455556666'), policy), 'AccessDeniedException');
  await refused(put(network.arn?.replace('us-east-1', 'eu-west-1'), policy), 'ResourceNotFoundException');
  await lattice.send(new sdk.DeleteServiceNetworkCommand({ serviceNetworkIdentifier: network.id }));
  await refused(get(network.arn), 'ResourceNotFoundException', /service network .* was not found/);
});
