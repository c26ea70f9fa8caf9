// Policies of resources: which documents are taken, and that they go with their owners.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createServiceNetwork, deleteServiceNetwork, updateServiceNetwork } from '../network/index.ts';
import { createScenario, scenarioCaller } from '../scenario.ts';
import { createService, deleteService } from '../service/index.ts';
import { createSubnet, createVpc } from '../ec2/index.ts';
import { createResourceConfiguration, deleteResourceConfiguration } from '../resource-configuration/index.ts';
import { createResourceGateway } from '../resource-gateway/index.ts';
import { advanceStatuses } from '../upkeep/index.ts';
import {
  deleteAuthPolicy,
  deleteResourcePolicy,
  getAuthPolicy,
  getResourcePolicy,
  putAuthPolicy,
  putResourcePolicy,
} from './index.ts';
import { judgePolicy } from './policy-document.ts';

const statement = { Effect: 'Allow', Principal: '*', Action: 'vpc-lattice-svcs:Invoke', Resource: '*' };
const policy = (more: object = {}, outer: object = {}): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ ...statement, ...more }], ...outer });

test('judgePolicy() takes documents of one line that IAM would take, and names all that is wrong with others', () => {
  assert.deepEqual(judgePolicy(policy()), []);
  for (const [wrong, ...expected] of [
    ['{"Version":', /no JSON/],
    [JSON.stringify(JSON.parse(policy()), undefined, 2), /newlines/],
    [`${policy()}\r`, /newlines/],
    [policy({ Effect: 'No', Action: 1 }), /at \/Statement\/0\/Effect \(character 48\): Allow or Deny/, /Action/],
  ] as const) {
    const found = judgePolicy(wrong);
    assert.equal(found.length, expected.length, `${wrong}: ${JSON.stringify(found)}`);
    for (const [i, pattern] of expected.entries()) assert.match(found[i]?.message ?? '', pattern);
    assert.ok(found.every(({ name }) => name === 'policy'));
  }
});

test('putAuthPolicy() replaces, and its state follows the auth type of the owner', () => {
  const scenario = createScenario();
  const network = scenario.run(createServiceNetwork, { name: 'main' });
  const resourceIdentifier = network.id;
  const show = () => getAuthPolicy(scenario.state, scenarioCaller, network.arn);
  assert.equal(show(), undefined);
  assert.equal(scenario.refused(putAuthPolicy, { resourceIdentifier, policy: '{}' }).kind, 'Validation');
  assert.equal(scenario.run(putAuthPolicy, { resourceIdentifier, policy: policy() }).state, 'Inactive');
  scenario.run(updateServiceNetwork, { serviceNetworkIdentifier: network.id, authType: 'AWS_IAM' });
  scenario.now += 1000;
  const replaced = scenario.run(putAuthPolicy, { resourceIdentifier, policy: policy({ Effect: 'Deny' }) });
  assert.deepEqual([show()?.state, show()?.policy], ['Active', replaced.policy]);
  assert.equal(replaced.policy.lastUpdatedAt - replaced.policy.createdAt, 1000);
  const { revision } = scenario.state;
  scenario.run(putAuthPolicy, { resourceIdentifier, policy: policy({ Effect: 'Deny' }) });
  assert.equal(scenario.state.revision, revision);
  for (let n = 0; n < 2; n++) scenario.run(deleteAuthPolicy, { resourceIdentifier });
  assert.equal(show(), undefined);
  const configuration = { resourceIdentifier: 'rcfg-0123456789abcdef0', policy: policy() };
  assert.equal(scenario.refused(putAuthPolicy, configuration).kind, 'Validation');
});

test('putResourcePolicy() is for networks, services and resource configurations, by ARN', () => {
  const scenario = createScenario();
  const { arn: resourceArn } = scenario.run(createService, { name: 'shop' });
  assert.throws(() => getResourcePolicy(scenario.state, scenarioCaller, resourceArn), /has no resource policy/);
  assert.equal(scenario.refused(putResourcePolicy, { resourceArn, policy: '[]' }).kind, 'Validation');
  scenario.run(putResourcePolicy, { resourceArn, policy: policy() });
  assert.equal(getResourcePolicy(scenario.state, scenarioCaller, resourceArn), policy());
  for (let n = 0; n < 2; n++) scenario.run(deleteResourcePolicy, { resourceArn });
  assert.throws(() => getResourcePolicy(scenario.state, scenarioCaller, resourceArn), /has no resource policy/);
  const other = resourceArn.replace('123456789012', '111111111111');
  assert.equal(scenario.refused(putResourcePolicy, { resourceArn: other, policy: policy() }).kind, 'AccessDenied');
});

test('policies go with their owners, and what is being deleted gets none', () => {
  const scenario = createScenario();
  const network = scenario.run(createServiceNetwork, { name: 'main' });
  const service = scenario.run(createService, { name: 'shop' });
  const vpc = scenario.run(createVpc, { cidrBlock: '10.0.0.0/16', attachment: { kind: 'netns' } });
  const subnet = scenario.run(createSubnet, { vpcId: vpc.id, cidrBlock: '10.0.1.0/24' });
  const place = { vpcIdentifier: vpc.id, subnetIds: [subnet.id] };
  const gateway = scenario.run(createResourceGateway, { name: 'door', ...place });
  const group = { name: 'group', type: 'GROUP', resourceGatewayIdentifier: gateway.id } as const;
  const configuration = scenario.run(createResourceConfiguration, group);
  const obey = (): number => scenario.run(advanceStatuses, { obeyedRevision: scenario.state.revision });
  obey();
  for (const { arn: resourceArn } of [network, service, configuration])
    scenario.run(putResourcePolicy, { resourceArn, policy: policy() });
  for (const { id: resourceIdentifier } of [network, service])
    scenario.run(putAuthPolicy, { resourceIdentifier, policy: policy() });
  scenario.run(deleteServiceNetwork, { serviceNetworkIdentifier: network.id });
  scenario.run(deleteService, { serviceIdentifier: service.id });
  const late = { resourceIdentifier: service.id, resourceArn: service.arn, policy: policy() };
  assert.equal(scenario.refused(putAuthPolicy, late).kind, 'Conflict');
  assert.equal(scenario.refused(putResourcePolicy, late).kind, 'Conflict');
  scenario.run(deleteResourceConfiguration, { resourceConfigurationIdentifier: configuration.id });
  obey();
  const { authPolicy, resourcePolicy } = scenario.state.tables;
  assert.deepEqual([authPolicy.size, resourcePolicy.size], [0, 0]);
});
