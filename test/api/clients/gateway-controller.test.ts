// The ways of the AWS Gateway API Controller (its public source): it compares what it reads deeply with what it would send, and changes what differs.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { GetResourcesCommand, ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import * as sdk from '@aws-sdk/client-vpc-lattice';
import { caller } from '../answers/ground.ts';
import { makeVpc } from '../lattice-checks.ts';
import { startApi } from '../running-api.ts';
import { standBy } from './standing-by.ts';

const api = await startApi({ findHealth: () => ({ health: 'HEALTHY' }) });
after(() => api[Symbol.asyncDispose]());
const { lattice } = api;
const tagging = new ResourceGroupsTaggingAPIClient({
  ...{ region: caller.region, endpoint: api.origin, maxAttempts: 1 },
  credentials: { accessKeyId: caller.account, secretAccessKey: 'secret' },
});
after(() => tagging.destroy());
const managedBy = { 'application-networking.k8s.aws.com/ManagedBy': 'cluster' };
const vpcIdentifier = await makeVpc(api);

/** How long something may take on a busy machine. */
const PATIENCE = 60_000;

/** Tries again while the call is refused with a conflict whose message fits, as the controller's queue does. */
async function withRetries(call: () => Promise<unknown>, conflict: RegExp): Promise<void> {
  await until(() =>
    call().then(
      () => true,
      (error: unknown) => {
        if (error instanceof sdk.ConflictException && conflict.test(error.message)) return false;
        throw error;
      },
    ),
  );
}

async function until(done: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE;
  while (!(await done())) {
    assert.ok(Date.now() < end, 'it took too long');
    await sleep(5);
  }
}

/** The ARNs of the type that carry the controller's tag. */
async function findOwn(type: 'service' | 'targetgroup'): Promise<readonly string[]> {
  const found = await tagging.send(
    new GetResourcesCommand({
      ResourceTypeFilters: [`vpc-lattice:${type}`],
      TagFilters: Object.entries(managedBy).map(([Key, value]) => ({ Key, Values: [value] })),
    }),
  );
  return (found.ResourceTagMappingList ?? []).map(({ ResourceARN = '' }) => ResourceARN);
}

/** The health check that the controller fills in for a group; of TCP groups nothing but that there is none. */
function wantedCheck(
  protocol: 'HTTP' | 'TCP',
  version: sdk.TargetGroupProtocolVersion | undefined,
): sdk.HealthCheckConfig {
  if (protocol === 'TCP') return { enabled: false };
  return {
    ...{ enabled: version === 'HTTP1', protocol: 'HTTP', protocolVersion: version === 'GRPC' ? 'HTTP1' : version },
    ...{ path: '/', matcher: { httpCode: '200' }, healthCheckTimeoutSeconds: 5, healthCheckIntervalSeconds: 30 },
    ...{ healthyThresholdCount: 5, unhealthyThresholdCount: 2 },
  };
}

test('health checks are the defaults that the controller fills in, so that no reconcile changes them', async () => {
  for (const [name, protocol, protocolVersion] of [
    ['http1', 'HTTP', 'HTTP1'],
    ['http2', 'HTTP', 'HTTP2'],
    ['grpc', 'HTTP', 'GRPC'],
    ['tcp', 'TCP', undefined],
  ] as const) {
    const config = { port: 80, protocol, vpcIdentifier, ...(protocolVersion === undefined ? {} : { protocolVersion }) };
    const made = await lattice.send(
      new sdk.CreateTargetGroupCommand({ name: `k8s-${name}`, type: 'IP', config, tags: managedBy }),
    );
    assert.ok(made.status === 'CREATE_IN_PROGRESS' || made.status === 'ACTIVE');
    const targetGroupIdentifier = made.arn;
    const shown = await lattice.send(new sdk.GetTargetGroupCommand({ targetGroupIdentifier }));
    assert.deepEqual(shown.config?.healthCheck, wantedCheck(protocol, protocolVersion), name);
    assert.ok((await findOwn('targetgroup')).includes(made.arn ?? ''));
    await lattice.send(new sdk.DeleteTargetGroupCommand({ targetGroupIdentifier }));
  }
});

/** To the controller no headers and an empty list of them are the same; to AWS an empty one is none to send. */
function withoutEmptyHeaders(match: sdk.RuleMatch | undefined): sdk.RuleMatch | undefined {
  const { headerMatches = [], ...rest } = match?.httpMatch ?? {};
  return headerMatches.length > 0 ? match : { httpMatch: rest };
}

/** A rule as a route asks for it. */
interface WantedRule {
  readonly priority: number;
  readonly match: sdk.RuleMatch;
  readonly action: sdk.RuleAction;
}

/** Brings the rules of a listener to what is wanted, as the controller does; the calls that changed something. */
async function reconcileRules(
  place: { readonly serviceIdentifier: string; readonly listenerIdentifier: string },
  wanted: readonly WantedRule[],
): Promise<readonly string[]> {
  const calls: string[] = [];
  const { items = [] } = await lattice.send(new sdk.ListRulesCommand(place));
  const present = [];
  for (const { id: ruleIdentifier } of items) {
    // The default rule too is got by its id.
    const rule = await lattice.send(new sdk.GetRuleCommand({ ...place, ruleIdentifier }));
    if (rule.isDefault !== true) present.push(rule);
  }
  const moved: { readonly ruleIdentifier: string | undefined; readonly priority: number }[] = [];
  const kept = new Set<string | undefined>();
  for (const { priority, match, action } of wanted) {
    const same = present.find((rule) => isDeepStrictEqual(withoutEmptyHeaders(rule.match), match));
    if (same === undefined) {
      const name = `k8s-${match.httpMatch?.pathMatch?.match?.prefix?.slice(1) ?? 'all'}-rule`;
      const made = await lattice.send(
        new sdk.CreateRuleCommand({ ...place, name, priority, match, action, tags: managedBy }),
      );
      kept.add(made.id);
      calls.push('CreateRule');
      continue;
    }
    kept.add(same.id);
    if (!isDeepStrictEqual(same.action, action)) {
      await lattice.send(new sdk.UpdateRuleCommand({ ...place, ruleIdentifier: same.id, action }));
      calls.push('UpdateRule');
    }
    if (same.priority !== priority) moved.push({ ruleIdentifier: same.id, priority });
  }
  for (const { id: ruleIdentifier } of present.filter(({ id }) => !kept.has(id))) {
    await lattice.send(new sdk.DeleteRuleCommand({ ...place, ruleIdentifier }));
    calls.push('DeleteRule');
  }
  if (moved.length > 0) {
    const { unsuccessful } = await lattice.send(new sdk.BatchUpdateRuleCommand({ ...place, rules: moved }));
    assert.deepEqual(unsuccessful, []);
    calls.push('BatchUpdateRule');
  }
  return calls;
}

test('a route becomes a service with rules, and a second reconcile changes nothing', async () => {
  await using _upkeep = standBy(api);
  const service = await lattice.send(new sdk.CreateServiceCommand({ name: 'route-default', tags: managedBy }));
  const group = async (name: string) => {
    const config = { port: 8080, protocol: 'HTTP', protocolVersion: 'HTTP1', vpcIdentifier } as const;
    return lattice.send(new sdk.CreateTargetGroupCommand({ name, type: 'IP', config, tags: managedBy }));
  };
  const [one, two] = [await group('k8s-one'), await group('k8s-two')];
  const serviceIdentifier = service.arn ?? '';
  await lattice.send(
    new sdk.CreateListenerCommand({
      ...{ serviceIdentifier, name: 'default-80', protocol: 'HTTP', port: 80, tags: managedBy },
      defaultAction: { fixedResponse: { statusCode: 404 } },
    }),
  );
  const { items: listeners } = await lattice.send(new sdk.ListListenersCommand({ serviceIdentifier }));
  const listenerIdentifier = listeners?.find(({ port }) => port === 80)?.arn ?? '';
  const place = { serviceIdentifier, listenerIdentifier };
  const to = (...weighted: (readonly [sdk.CreateTargetGroupResponse, number])[]): sdk.RuleAction => ({
    forward: {
      targetGroups: weighted.map(([{ id }, weight]) => ({ targetGroupIdentifier: id, weight })),
    },
  });
  const path = (prefix: string, ...headerMatches: sdk.HeaderMatch[]): sdk.RuleMatch => ({
    httpMatch: {
      ...{ method: 'GET', pathMatch: { match: { prefix }, caseSensitive: true } },
      ...(headerMatches.length === 0 ? {} : { headerMatches }),
    },
  });
  const header: sdk.HeaderMatch = { name: 'x-version', match: { exact: '2' }, caseSensitive: false };
  const wanted: WantedRule[] = [
    { priority: 1, match: path('/a', header), action: to([one, 90], [two, 10]) },
    { priority: 2, match: path('/b'), action: to([two, 1]) },
    // No valid backend.
    { priority: 3, match: path('/c'), action: { fixedResponse: { statusCode: 500 } } },
  ];
  assert.deepEqual(await reconcileRules(place, wanted), ['CreateRule', 'CreateRule', 'CreateRule']);
  assert.deepEqual(await reconcileRules(place, wanted), []);
  const [first, second, third] = wanted as [WantedRule, WantedRule, WantedRule];
  const swapped = [
    { ...first, priority: 2 },
    { ...second, priority: 1, action: to([one, 5]) },
  ];
  assert.deepEqual(await reconcileRules(place, swapped), ['UpdateRule', 'DeleteRule', 'BatchUpdateRule']);
  assert.deepEqual(await reconcileRules(place, swapped), []);
  assert.deepEqual(await reconcileRules(place, [first, second, third]), [
    'UpdateRule',
    'CreateRule',
    'BatchUpdateRule',
  ]);

  // The sweep of the controller takes groups that no service uses: the used ones must say so.
  assert.deepEqual(new Set(await findOwn('targetgroup')), new Set([one.arn, two.arn]));
  assert.deepEqual(await findOwn('service'), [service.arn]);
  const { items: groups } = await lattice.send(new sdk.ListTargetGroupsCommand({}));
  for (const { arn } of [one, two])
    assert.deepEqual(groups?.find((item) => item.arn === arn)?.serviceArns, [service.arn]);

  // Pods come and go; their readiness follows the target's status.
  const targetGroupIdentifier = one.arn;
  const targets = [{ id: '10.0.1.10', port: 8080 }];
  await lattice.send(new sdk.RegisterTargetsCommand({ targetGroupIdentifier, targets }));
  const statuses = async () => {
    const { items } = await lattice.send(new sdk.ListTargetsCommand({ targetGroupIdentifier }));
    return items?.map(({ status }) => status);
  };
  assert.deepEqual(await statuses(), ['HEALTHY']);

  // A listener takes its rules along, a service its listeners; a group only goes when nothing drains.
  await lattice.send(new sdk.DeregisterTargetsCommand({ targetGroupIdentifier, targets }));
  // It may be gone by now.
  assert.ok((await statuses())?.every((status) => status === 'DRAINING'));
  await lattice.send(new sdk.DeleteListenerCommand(place));
  await assert.rejects(lattice.send(new sdk.ListRulesCommand(place)), sdk.ResourceNotFoundException);
  await until(async () => (await statuses())?.length === 0);
  for (const { arn } of [one, two])
    await lattice.send(new sdk.DeleteTargetGroupCommand({ targetGroupIdentifier: arn }));
  await lattice.send(new sdk.DeleteServiceCommand({ serviceIdentifier }));
  await until(async () => (await findOwn('service')).length === 0);
});

test('associations that are on their way are waited for by trying again', async () => {
  const { arn: network = '' } = await lattice.send(new sdk.CreateServiceNetworkCommand({ name: 'gateway' }));
  const associate = () =>
    lattice.send(
      new sdk.CreateServiceNetworkVpcAssociationCommand({ serviceNetworkIdentifier: network, vpcIdentifier }),
    );
  const made = await associate();
  assert.equal(made.status, 'CREATE_IN_PROGRESS');
  // Nothing obeys yet.
  await assert.rejects(associate(), (error) => {
    assert.ok(error instanceof sdk.ConflictException);
    assert.match(error.message, /^VPC has already been associated to a service network\./);
    assert.match(error.message, /CREATE_IN_PROGRESS/);
    return true;
  });
  const remove = () =>
    lattice.send(
      new sdk.DeleteServiceNetworkVpcAssociationCommand({ serviceNetworkVpcAssociationIdentifier: made.arn }),
    );
  await assert.rejects(remove(), sdk.ConflictException);
  await using _upkeep = standBy(api);
  await withRetries(remove, /CREATE_IN_PROGRESS/);
  await until(async () => {
    const { items } = await lattice.send(new sdk.ListServiceNetworkVpcAssociationsCommand({ vpcIdentifier }));
    return items?.length === 0;
  });
  const { items: networks } = await lattice.send(new sdk.ListServiceNetworksCommand({}));
  assert.deepEqual(
    networks?.filter(({ name }) => name === 'gateway').map(({ arn }) => arn),
    [network],
  );
});

test('an access log subscription that is there already is found by its destination', async () => {
  const { arn: resourceIdentifier } = await lattice.send(new sdk.CreateServiceNetworkCommand({ name: 'logged' }));
  const destinationArn = `arn:aws:logs:us-east-1:${caller.account}:log-group:access`;
  const create = () => lattice.send(new sdk.CreateAccessLogSubscriptionCommand({ resourceIdentifier, destinationArn }));
  const made = await create();
  await assert.rejects(create(), sdk.ConflictException);
  const { items } = await lattice.send(new sdk.ListAccessLogSubscriptionsCommand({ resourceIdentifier }));
  const found = items?.find((item) => item.destinationArn === `${destinationArn}:*`);
  assert.equal(found?.arn, made.arn);
  const { tags } = await lattice.send(new sdk.ListTagsForResourceCommand({ resourceArn: found?.arn }));
  assert.deepEqual(tags, {});
});
