// Every member of every operation that names a resource takes its id and its ARN, and refuses all else as AWS does.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startApi } from '../running-api.ts';
import { calls } from './call-table.ts';
import { assertError, callByName } from './errors.ts';
import { caller } from './ground.ts';
import { createRawClient } from './raw-client.ts';
import { latticeSchema } from './recorder.ts';
import { makeWorld, standStill, type WorldName } from './world.ts';

const opened = new AsyncDisposableStack();
after(() => opened.disposeAsync());
const made = opened.use(await startApi());
const world = await makeWorld(made);
const api = opened.use(await startApi({ store: standStill(made.store) }));
const client = opened.use(createRawClient(api.origin, caller.account));

/** What errors call the things of the world. */
const types: Readonly<Partial<Record<WorldName, string>>> = {
  network: 'SERVICE_NETWORK',
  otherNetwork: 'SERVICE_NETWORK',
  service: 'SERVICE',
  otherService: 'SERVICE',
  listener: 'LISTENER',
  rule: 'RULE',
  group: 'TARGET_GROUP',
  otherGroup: 'TARGET_GROUP',
  serviceAssociation: 'SERVICE_NETWORK_SERVICE_ASSOCIATION',
  vpcAssociation: 'SERVICE_NETWORK_VPC_ASSOCIATION',
  resourceAssociation: 'SERVICE_NETWORK_RESOURCE_ASSOCIATION',
  endpoint: 'RESOURCE_ENDPOINT_ASSOCIATION',
  subscription: 'ACCESS_LOG_SUBSCRIPTION',
  verification: 'DOMAIN_VERIFICATION',
  gateway: 'RESOURCE_GATEWAY',
  otherGateway: 'RESOURCE_GATEWAY',
  configuration: 'RESOURCE_CONFIGURATION',
  otherConfiguration: 'RESOURCE_CONFIGURATION',
  parent: 'RESOURCE_CONFIGURATION',
};

/** Members whose type in the model has no pattern: what is no identifier is then a resource that does not exist. */
const withoutPattern = new Set([
  'CreateServiceNetworkResourceAssociation.serviceNetworkIdentifier',
  'CreateServiceNetworkVpcAssociation.serviceNetworkIdentifier',
]);

/** Members whose pattern takes any ARN of VPC Lattice (`Arn`). */
const anyArn = new Set(['ListTagsForResource', 'TagResource', 'UntagResource']);

/** `input` with `value` at `path` (`rules.0.ruleIdentifier`). */
function withMember(input: object, path: string, value: string): object {
  const copy = structuredClone(input) as Record<string, unknown>;
  const steps = path.split('.');
  let at: Record<string, unknown> = copy;
  for (const step of steps.slice(0, -1)) at = at[step] as Record<string, unknown>;
  at[steps.at(-1) ?? ''] = value;
  return copy;
}

/** An identifier of the same form that nothing has. */
const unknown = (identifier: string): string => identifier.replace(/[0-9a-f]{17}$/, '00000000000000000');
const foreign = (arn: string): string => arn.replace(`:${caller.account}:`, ':444455556666:');
const isEmptyList = (body: string): boolean => body === '{"items":[]}';

test('the table has a call for each of the 73 operations', () => {
  assert.deepEqual(Object.keys(calls).sort(), [...latticeSchema.operations.keys()].sort());
});

for (const [operation, { errors, input, named = {}, arns = {} }] of Object.entries(calls))
  test(`${operation} names resources as AWS lets it`, async () => {
    const base = input(world);
    const first = await callByName(client, operation, base);
    assert.ok(first.status < 300, first.body);
    for (const [member, name] of Object.entries({ ...named, ...arns })) {
      const told = `${operation}.${member}`;
      const resource = world[name];
      const call = (identifier: string) => callByName(client, operation, withMember(base, member, identifier));
      const byArn = await call(resource.arn);
      assert.equal(byArn.status, first.status, `${told}: ${byArn.body}`);
      const isArnOnly = member in arns;
      const identifiers = isArnOnly ? [resource.arn] : [resource.id, resource.arn];
      for (const identifier of identifiers.map(unknown)) {
        const answer = await call(identifier);
        if (errors.includes('N')) {
          const { resourceId, resourceType } = assertError(answer, 'ResourceNotFoundException', told);
          assert.deepEqual([resourceId, resourceType], [identifier, types[name]], told);
        } else assert.ok(isEmptyList(answer.body), `${told}: ${answer.body}`);
      }
      // DeleteTargetGroup alone declares no AccessDeniedException; it has to say so nevertheless.
      assertError(await call(foreign(resource.arn)), 'AccessDeniedException', told);
      for (const wrong of [...(isArnOnly ? [resource.id] : []), 'a-mere-name', `${resource.arn}/x`]) {
        const answer = await call(wrong);
        if (withoutPattern.has(told) || (anyArn.has(operation) && wrong.startsWith('arn:'))) {
          assertError(answer, 'ResourceNotFoundException', told);
          continue;
        }
        const body = assertError(answer, 'ValidationException', told);
        assert.equal(body['reason'], 'fieldValidationFailed', told);
        const fields = body['fieldList'] as readonly Readonly<Record<string, unknown>>[];
        assert.deepEqual(
          fields.map((field) => Object.keys(field).sort()),
          [['message', 'name']],
          told,
        );
        assert.equal(String(fields[0]?.['name']).replace(/\[(\d+)\]/g, '.$1'), member, told);
      }
    }
  });
