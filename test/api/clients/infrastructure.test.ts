// Infrastructure as code: every resource is made, read back as it was written, changed in place and destroyed, in parallel and twice in a row.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import * as sdk from '@aws-sdk/client-vpc-lattice';
import { caller, makeGround } from '../answers/ground.ts';
import { startApi } from '../running-api.ts';
import { InfrastructureClient, type Description } from './infrastructure-client.ts';
import { resourceTypes, type Json, type Send } from './resource-types.ts';
import { standBy } from './standing-by.ts';

const opened = new AsyncDisposableStack();
after(() => opened.disposeAsync());
const api = opened.use(await startApi());
const ground = await makeGround(api);
opened.use(standBy(api));

/** Calls by name; times and what the SDK adds are left out. */
const send: Send = async (operation, input) => {
  const command: unknown = Reflect.get(sdk, `${operation}Command`);
  assert.ok(typeof command === 'function', operation);
  const sent: unknown = await api.lattice.send(Reflect.construct(command, [input]) as never);
  const { $metadata: _, ...answer } = sent as Json;
  return answer;
};

const id = (state: Json): unknown => state['id'];
const logGroup = (name: string): string => `arn:aws:logs:us-east-1:${caller.account}:log-group:${name}:*`;
const policy = (action: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: '*', Action: action, Resource: '*' }],
  });

/** Everything, before (`second` false) and after a change of all that can be changed. */
function describe(second: boolean): Description {
  const tags: Record<string, string> = second ? { team: 'b', added: '' } : { team: 'a', removed: 'x' };
  const version = second ? 2 : 1;
  const forward = (group: Json, other: Json) => ({
    forward: {
      targetGroups: [
        { targetGroupIdentifier: id(group), weight: 10 * version },
        { targetGroupIdentifier: id(other), weight: 0 },
      ],
    },
  });
  const { vpcId: vpcIdentifier, subnetId, securityGroupId } = ground;
  const group = (type: 'IP' | 'INSTANCE', port: number) => ({
    ...{ name: `group-${type.toLowerCase()}`, type },
    config: {
      ...{ port, protocol: 'HTTP', protocolVersion: 'HTTP1', vpcIdentifier },
      ...(type === 'IP' ? { ipAddressType: 'IPV4' } : {}),
      healthCheck: {
        ...{ enabled: true, protocol: 'HTTP', protocolVersion: 'HTTP1', path: `/up-${version}` },
        ...{ healthCheckIntervalSeconds: 30, healthCheckTimeoutSeconds: 5, healthyThresholdCount: 5 },
        ...{ unhealthyThresholdCount: 2 * version, matcher: { httpCode: '200' } },
      },
    },
  });
  return {
    mesh: { type: 'service_network', tags, config: () => ({ name: 'mesh', authType: second ? 'NONE' : 'AWS_IAM' }) },
    shop: {
      ...{ type: 'service', tags },
      config: () => ({
        ...{ name: 'shop', customDomainName: 'shop.example.com', authType: second ? 'AWS_IAM' : 'NONE' },
        ...{ idleTimeoutSeconds: 60 * version },
        certificateArn: `arn:aws:acm:us-east-1:${caller.account}:certificate/c-${version}`,
      }),
    },
    ip: { type: 'target_group', tags, config: () => group('IP', 80) },
    instances: { type: 'target_group', tags, config: () => group('INSTANCE', 81) },
    lambda: { type: 'target_group', config: () => ({ name: 'function', type: 'LAMBDA' }) },
    target: {
      ...{ type: 'target_group_attachment', after: ['ip', 'rule'] },
      config: (made) => ({ targetGroupIdentifier: id(made('ip')), targets: [{ id: '10.0.1.10', port: 80 }] }),
    },
    http: {
      ...{ type: 'listener', tags, after: ['shop', 'ip', 'lambda'] },
      config: (made) => ({
        ...{ serviceIdentifier: id(made('shop')), name: 'http', protocol: 'HTTP', port: 80 },
        defaultAction: second ? { fixedResponse: { statusCode: 404 } } : forward(made('ip'), made('lambda')),
      }),
    },
    rule: {
      ...{ type: 'listener_rule', tags, after: ['shop', 'http', 'ip', 'instances'] },
      config: (made) => ({
        ...{ serviceIdentifier: id(made('shop')), listenerIdentifier: id(made('http')), name: 'api', priority: 10 },
        match: {
          httpMatch: {
            ...{ method: 'GET', pathMatch: { match: { prefix: `/v${version}` }, caseSensitive: true } },
            headerMatches: [{ name: 'x-api', match: { contains: 'a' }, caseSensitive: false }],
          },
        },
        action: forward(made('ip'), made('instances')),
      }),
    },
    shopInMesh: {
      ...{ type: 'service_association', tags, after: ['shop', 'mesh'] },
      config: (made) => ({ serviceIdentifier: id(made('shop')), serviceNetworkIdentifier: id(made('mesh')) }),
    },
    vpcInMesh: {
      ...{ type: 'vpc_association', tags, after: ['mesh'] },
      config: (made) => ({
        ...{ vpcIdentifier, serviceNetworkIdentifier: id(made('mesh')), securityGroupIds: [securityGroupId] },
        ...{
          privateDnsEnabled: !second,
          dnsOptions: { privateDnsPreference: second ? 'ALL_DOMAINS' : 'VERIFIED_DOMAINS_ONLY' },
        },
      }),
    },
    logs: {
      ...{ type: 'access_log_subscription', tags, after: ['mesh'] },
      config: (made) => ({
        resourceIdentifier: id(made('mesh')),
        destinationArn: logGroup(`log-${version}`),
        serviceNetworkLogType: 'SERVICE',
      }),
    },
    auth: {
      ...{ type: 'auth_policy', after: ['shop'] },
      config: (made) => ({
        resourceIdentifier: id(made('shop')),
        policy: policy(`vpc-lattice-svcs:${second ? '*' : 'Invoke'}`),
      }),
    },
    share: {
      ...{ type: 'resource_policy', after: ['mesh'] },
      config: (made) => ({
        resourceArn: made('mesh')['arn'],
        policy: policy(second ? '*' : 'vpc-lattice:GetServiceNetwork'),
      }),
    },
    domain: { type: 'domain_verification', tags, config: () => ({ domainName: 'example.com' }) },
    door: {
      ...{ type: 'resource_gateway', tags },
      config: () => ({
        ...{ name: 'door', vpcIdentifier, subnetIds: [subnetId], ipAddressType: 'IPV4', ipv4AddressesPerEni: 8 },
        securityGroupIds: second ? [] : [securityGroupId],
      }),
    },
    databases: {
      ...{ type: 'resource_configuration', tags, after: ['door', 'domain'] },
      config: (made) => ({
        ...{ name: 'databases', type: 'GROUP', resourceGatewayIdentifier: id(made('door')), protocol: 'TCP' },
        ...{ groupDomain: 'example.com', domainVerificationIdentifier: id(made('domain')) },
      }),
    },
    orders: {
      ...{ type: 'resource_configuration', tags, after: ['databases'] },
      config: (made) => ({
        ...{ name: 'orders', type: 'CHILD', resourceConfigurationGroupIdentifier: id(made('databases')) },
        ...{ portRanges: second ? ['5432', '6000-6010'] : ['5432'] },
        resourceConfigurationDefinition: { ipResource: { ipAddress: `10.0.1.${4 + version}` } },
      }),
    },
    databasesInMesh: {
      ...{ type: 'resource_association', tags, after: ['databases', 'orders', 'mesh'] },
      config: (made) => ({
        resourceConfigurationIdentifier: id(made('databases')),
        serviceNetworkIdentifier: id(made('mesh')),
      }),
    },
  };
}

test('the description has every type of resource', () => {
  const types = new Set(Object.values(describe(false)).map(({ type }) => type));
  assert.deepEqual([...types].sort(), Object.keys(resourceTypes).sort());
});

for (const round of ['once', 'and once more'])
  test(`all resources are made, changed in place and destroyed ${round}`, async () => {
    const client = new InfrastructureClient(send);
    const [first, second] = [describe(false), describe(true)];
    await client.apply(first);
    assert.deepEqual(await client.plan(first), []);
    const planned = await client.plan(second);
    // What would change is what differs, and no more.
    for (const { 0: name } of Object.entries(second))
      assert.ok(
        ['target', 'lambda', 'databases', 'shopInMesh', 'domain', 'databasesInMesh'].includes(name) ||
          planned.some((one) => one.startsWith(`${name}.`)),
        `${name} should differ`,
      );
    await client.apply(second);
    assert.deepEqual(await client.plan(second), []);
    await client.destroy(second);
    for (const [operation, input] of [
      ['ListServiceNetworks', {}],
      ['ListServices', {}],
      ['ListTargetGroups', {}],
      ['ListResourceGateways', {}],
      ['ListResourceConfigurations', {}],
      ['ListDomainVerifications', {}],
    ] as const)
      assert.deepEqual(await send(operation, input), { items: [] }, operation);
  });
