// VPC Lattice through the AWS SDK: what the operations on resources answer, and what they refuse.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import * as sdk from '@aws-sdk/client-vpc-lattice';
import {
  assertComplete,
  makeGroup,
  makeListener,
  makeService,
  makeVpc,
  obeyAll,
  refused,
  unique,
} from './lattice-checks.ts';
import { startApi } from './running-api.ts';

const api = await startApi();
after(() => api[Symbol.asyncDispose]());
const { lattice } = api;
const account = '111122223333';

test('service networks are made, shown, listed, changed and deleted', async () => {
  const name = unique('mesh');
  const made = await lattice.send(new sdk.CreateServiceNetworkCommand({ name, tags: { team: 'a' } }));
  assertComplete('CreateServiceNetwork', made);
  assert.match(made.id ?? '', /^sn-0[0-9a-f]{16}$/);
  assert.equal(made.arn, `arn:aws:vpc-lattice:us-east-1:${account}:servicenetwork/${made.id}`);
  const serviceNetworkIdentifier = made.arn ?? '';
  const shown = await lattice.send(new sdk.GetServiceNetworkCommand({ serviceNetworkIdentifier }));
  assertComplete('GetServiceNetwork', shown);
  assert.deepEqual([shown.authType, shown.sharingConfig, shown.numberOfAssociatedVPCs], ['NONE', { enabled: true }, 0]);
  assert.ok(Math.abs((shown.createdAt?.getTime() ?? 0) - Date.now()) < 60_000);
  const updated = await lattice.send(
    new sdk.UpdateServiceNetworkCommand({ serviceNetworkIdentifier, authType: 'AWS_IAM' }),
  );
  assertComplete('UpdateServiceNetwork', updated);
  assert.equal(updated.authType, 'AWS_IAM');
  const { items } = await lattice.send(new sdk.ListServiceNetworksCommand({}));
  assert.ok(items?.some((item) => item.id === made.id));
  const gone = await refused(
    lattice.send(new sdk.CreateServiceNetworkCommand({ name })),
    'ConflictException',
    /already exists/,
  );
  assert.deepEqual([gone['resourceId'], gone['resourceType']], [made.id, 'SERVICE_NETWORK']);
  await lattice.send(new sdk.DeleteServiceNetworkCommand({ serviceNetworkIdentifier }));
  await refused(
    lattice.send(new sdk.GetServiceNetworkCommand({ serviceNetworkIdentifier: made.id })),
    'ResourceNotFoundException',
  );
});

test('services are made, shown, listed, changed and deleted with what is below them', async () => {
  const name = unique('shop');
  const certificateArn = `arn:aws:acm:us-east-1:${account}:certificate/c-1`;
  const made = await lattice.send(
    new sdk.CreateServiceCommand({ name, customDomainName: 'shop.example.com', certificateArn }),
  );
  assertComplete('CreateService', made);
  assert.equal(made.status, 'ACTIVE');
  assert.match(
    made.dnsEntry?.domainName ?? '',
    new RegExp(`^${name}-0[0-9a-f]{16}\\.7d67968\\.vpc-lattice-svcs\\.us-east-1\\.on\\.aws$`),
  );
  const serviceIdentifier = made.id ?? '';
  await makeListener(api, serviceIdentifier);
  const updated = await lattice.send(
    new sdk.UpdateServiceCommand({ serviceIdentifier, idleTimeoutSeconds: 120, certificateArn: '' }),
  );
  assertComplete('UpdateService', updated, 'certificateArn');
  const shown = await lattice.send(new sdk.GetServiceCommand({ serviceIdentifier }));
  assertComplete('GetService', shown, 'certificateArn', 'failureCode', 'failureMessage');
  assert.equal(shown.idleTimeoutSeconds, 120);
  const { items } = await lattice.send(new sdk.ListServicesCommand({}));
  assert.equal(items?.find((item) => item.id === made.id)?.dnsEntry?.domainName, made.dnsEntry?.domainName);
  const deleted = await lattice.send(new sdk.DeleteServiceCommand({ serviceIdentifier }));
  assertComplete('DeleteService', deleted);
  assert.equal(deleted.status, 'DELETE_IN_PROGRESS');
  assert.equal((await lattice.send(new sdk.GetServiceCommand({ serviceIdentifier }))).status, 'DELETE_IN_PROGRESS');
  await refused(
    lattice.send(new sdk.UpdateServiceCommand({ serviceIdentifier, idleTimeoutSeconds: 90 })),
    'ConflictException',
  );
  await obeyAll(api);
  await refused(lattice.send(new sdk.GetServiceCommand({ serviceIdentifier })), 'ResourceNotFoundException');
  await refused(lattice.send(new sdk.ListListenersCommand({ serviceIdentifier })), 'ResourceNotFoundException');
});

test('target groups show their health check as clients compare it, and keep their targets', async () => {
  const vpcIdentifier = await makeVpc(api);
  const name = unique('group');
  const config = { port: 8080, protocol: 'HTTP', vpcIdentifier } as const;
  const made = await lattice.send(new sdk.CreateTargetGroupCommand({ name, type: 'IP', config }));
  assertComplete('CreateTargetGroup', made);
  const usual = {
    enabled: true,
    protocol: 'HTTP',
    protocolVersion: 'HTTP1',
    path: '/',
    matcher: { httpCode: '200' },
    healthCheckIntervalSeconds: 30,
    healthCheckTimeoutSeconds: 5,
    healthyThresholdCount: 5,
    unhealthyThresholdCount: 2,
  };
  assert.deepEqual(made.config, { ...config, protocolVersion: 'HTTP1', ipAddressType: 'IPV4', healthCheck: usual });
  const targetGroupIdentifier = made.id ?? '';
  const healthCheck = { path: '/up', healthCheckIntervalSeconds: 10, matcher: { httpCode: '200-204' } };
  const updated = await lattice.send(new sdk.UpdateTargetGroupCommand({ targetGroupIdentifier, healthCheck }));
  assertComplete('UpdateTargetGroup', updated);
  const shown = await lattice.send(new sdk.GetTargetGroupCommand({ targetGroupIdentifier: made.arn ?? '' }));
  assertComplete('GetTargetGroup', shown, 'failureCode', 'failureMessage');
  assert.deepEqual(shown.config?.healthCheck, { ...usual, ...healthCheck });
  const listed = await lattice.send(new sdk.ListTargetGroupsCommand({ vpcIdentifier, targetGroupType: 'IP' }));
  assert.deepEqual(
    listed.items?.map(({ id, port, serviceArns }) => [id, port, serviceArns]),
    [[made.id, 8080, []]],
  );

  const targets = [{ id: '10.0.1.10' }, { id: '10.0.1.11', port: 9000 }, { id: '192.168.0.1' }];
  const registered = await lattice.send(new sdk.RegisterTargetsCommand({ targetGroupIdentifier, targets }));
  assert.deepEqual(registered.successful, [
    { id: '10.0.1.10', port: 8080 },
    { id: '10.0.1.11', port: 9000 },
  ]);
  assert.equal(registered.unsuccessful?.[0]?.id, '192.168.0.1');
  const { items } = await lattice.send(new sdk.ListTargetsCommand({ targetGroupIdentifier }));
  assert.deepEqual(items?.map(({ id, port, status }) => `${id}:${port} ${status}`).sort(), [
    '10.0.1.10:8080 UNUSED',
    '10.0.1.11:9000 UNUSED',
  ]);
  const one = await lattice.send(new sdk.ListTargetsCommand({ targetGroupIdentifier, targets: [{ id: '10.0.1.11' }] }));
  assert.equal(one.items?.length, 1);
  await refused(
    lattice.send(new sdk.RegisterTargetsCommand({ targetGroupIdentifier, targets: [{ id: 'not an address' }] })),
    'ValidationException',
  );
  const dropped = await lattice.send(
    new sdk.DeregisterTargetsCommand({ targetGroupIdentifier, targets: [{ id: '10.0.1.10' }, { id: '10.0.1.99' }] }),
  );
  assert.equal(dropped.successful?.length, 1);
  assert.equal(dropped.unsuccessful?.[0]?.failureCode, 'TargetNotFound');
  await refused(
    lattice.send(new sdk.DeleteTargetGroupCommand({ targetGroupIdentifier })),
    'ConflictException',
    /target/,
  );
  const { items: left = [] } = await lattice.send(new sdk.ListTargetsCommand({ targetGroupIdentifier }));
  const others = left.map(({ id, port }) => ({ id, port }));
  await lattice.send(new sdk.DeregisterTargetsCommand({ targetGroupIdentifier, targets: others }));
  assertComplete('DeleteTargetGroup', await lattice.send(new sdk.DeleteTargetGroupCommand({ targetGroupIdentifier })));
});

test('listeners have a default rule, one port each, and go with their rules', async () => {
  const serviceIdentifier = await makeService(api);
  const group = await makeGroup(api);
  const made = await lattice.send(
    new sdk.CreateListenerCommand({
      serviceIdentifier,
      name: 'http',
      protocol: 'HTTP',
      defaultAction: { forward: { targetGroups: [{ targetGroupIdentifier: group }] } },
    }),
  );
  assertComplete('CreateListener', made);
  assert.equal(made.port, 80);
  assert.deepEqual(made.defaultAction, { forward: { targetGroups: [{ targetGroupIdentifier: group, weight: 100 }] } });
  const place = { serviceIdentifier, listenerIdentifier: made.arn ?? '' };
  const updated = await lattice.send(
    new sdk.UpdateListenerCommand({ ...place, defaultAction: { fixedResponse: { statusCode: 500 } } }),
  );
  assertComplete('UpdateListener', updated);
  const shown = await lattice.send(new sdk.GetListenerCommand(place));
  assertComplete('GetListener', shown);
  assert.deepEqual(shown.defaultAction, { fixedResponse: { statusCode: 500 } });
  const { items } = await lattice.send(new sdk.ListListenersCommand({ serviceIdentifier }));
  assert.deepEqual(
    items?.map(({ id, port }) => [id, port]),
    [[made.id, 80]],
  );
  await refused(
    lattice.send(
      new sdk.CreateListenerCommand({
        serviceIdentifier,
        name: 'other',
        protocol: 'HTTP',
        defaultAction: { fixedResponse: { statusCode: 404 } },
      }),
    ),
    'ConflictException',
  );
  const { items: rules } = await lattice.send(new sdk.ListRulesCommand(place));
  assert.deepEqual(
    rules?.map(({ isDefault, priority }) => [isDefault, priority]),
    [[true, undefined]],
  );
  const ruleIdentifier = rules?.[0]?.id ?? '';
  assertComplete(
    'GetRule',
    await lattice.send(new sdk.GetRuleCommand({ ...place, ruleIdentifier })),
    'match',
    'priority',
  );
  await refused(lattice.send(new sdk.DeleteRuleCommand({ ...place, ruleIdentifier })), 'ConflictException');
  await lattice.send(new sdk.DeleteListenerCommand(place));
  await refused(lattice.send(new sdk.GetListenerCommand(place)), 'ResourceNotFoundException');
});

test('rules keep what clients compare: ids, weights, case sensitivity, header matches', async () => {
  const serviceIdentifier = await makeService(api);
  const place = { serviceIdentifier, listenerIdentifier: await makeListener(api, serviceIdentifier) };
  const group = await makeGroup(api);
  const { arn } = await lattice.send(new sdk.GetTargetGroupCommand({ targetGroupIdentifier: group }));
  const match: sdk.RuleMatch = {
    httpMatch: {
      method: 'GET',
      pathMatch: { match: { prefix: '/users' }, caseSensitive: true },
      headerMatches: [
        { name: 'x-a', match: { exact: '1' }, caseSensitive: false },
        { name: 'x-b', match: { prefix: 'p' } },
        { name: 'x-c', match: { contains: 'c' }, caseSensitive: true },
      ],
    },
  };
  const action: sdk.RuleAction = { forward: { targetGroups: [{ targetGroupIdentifier: arn, weight: 7 }] } };
  const made = await lattice.send(new sdk.CreateRuleCommand({ ...place, name: 'users', priority: 10, match, action }));
  assertComplete('CreateRule', made);
  assert.deepEqual(made.action, { forward: { targetGroups: [{ targetGroupIdentifier: group, weight: 7 }] } });
  const ruleIdentifier = made.id ?? '';
  const shown = await lattice.send(new sdk.GetRuleCommand({ ...place, ruleIdentifier }));
  assertComplete('GetRule', shown);
  assert.deepEqual(shown.match?.httpMatch?.pathMatch, { match: { prefix: '/users' }, caseSensitive: true });
  assert.deepEqual(shown.match?.httpMatch?.headerMatches?.[1], {
    name: 'x-b',
    match: { prefix: 'p' },
    caseSensitive: false,
  });
  const exact: sdk.RuleMatch = { httpMatch: { pathMatch: { match: { exact: '/x' } } } };
  const updated = await lattice.send(new sdk.UpdateRuleCommand({ ...place, ruleIdentifier, match: exact }));
  assertComplete('UpdateRule', updated);
  assert.deepEqual(updated.match, {
    httpMatch: { pathMatch: { match: { exact: '/x' }, caseSensitive: false }, headerMatches: [] },
  });
  const other = await lattice.send(
    new sdk.CreateRuleCommand({
      ...place,
      name: 'other',
      priority: 20,
      match: exact,
      action: { fixedResponse: { statusCode: 404 } },
    }),
  );
  await refused(
    lattice.send(new sdk.UpdateRuleCommand({ ...place, ruleIdentifier, priority: 20 })),
    'ConflictException',
  );
  const swapped = await lattice.send(
    new sdk.BatchUpdateRuleCommand({
      ...place,
      rules: [
        { ruleIdentifier, priority: 20 },
        { ruleIdentifier: other.id, priority: 10 },
        { ruleIdentifier: 'rule-00000000000000000', priority: 30 },
      ],
    }),
  );
  assert.deepEqual(
    swapped.successful?.map(({ id, priority }) => [id, priority]),
    [
      [made.id, 20],
      [other.id, 10],
    ],
  );
  assert.equal(swapped.unsuccessful?.[0]?.ruleIdentifier, 'rule-00000000000000000');
  const used = await lattice.send(new sdk.GetTargetGroupCommand({ targetGroupIdentifier: group }));
  assert.deepEqual(used.serviceArns, [`arn:aws:vpc-lattice:us-east-1:${account}:service/${serviceIdentifier}`]);
  await refused(lattice.send(new sdk.DeleteTargetGroupCommand({ targetGroupIdentifier: group })), 'ConflictException');
  await lattice.send(new sdk.DeleteRuleCommand({ ...place, ruleIdentifier }));
  await lattice.send(new sdk.DeleteTargetGroupCommand({ targetGroupIdentifier: group }));
  await refused(
    lattice.send(
      new sdk.CreateRuleCommand({
        ...place,
        name: 'bad',
        priority: 1,
        match: exact,
        action: { fixedResponse: { statusCode: 200 } },
      }),
    ),
    'ValidationException',
    /404 and 500/,
  );
});
