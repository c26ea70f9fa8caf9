// What all resources share: identifiers, tags, tokens, access keys.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Decision } from './decision.ts';
import { applyConfiguredPrincipals, ensureAdminCredential, findCredential } from './iam/index.ts';
import { decideOnce } from './idempotency.ts';
import { countAssociations, createServiceNetwork, updateServiceNetwork } from './network/index.ts';
import { secrets } from '../../test/domain/iam-words.ts';
import { createScenario, scenarioCaller } from './scenario.ts';
import { createService, getService, updateService } from './service/index.ts';
import { tagResource, tagsOf, untagResource } from './tag/index.ts';

test('createService() makes ids, ARNs and names as AWS does', () => {
  const scenario = createScenario();
  const service = scenario.run(createService, { name: 'rates', tags: { team: 'shop' } });
  assert.match(service.id, /^svc-0[0-9a-f]{16}$/);
  assert.equal(service.arn, `arn:aws:vpc-lattice:us-east-1:123456789012:service/${service.id}`);
  assert.equal(service.dnsName, `rates-${service.id.slice(4)}.7d67968.vpc-lattice-svcs.us-east-1.on.aws`);
  assert.equal(scenario.refused(createService, { name: 'rates' }).kind, 'Conflict');
  scenario.run(createService, { name: 'rates' }, { ...scenarioCaller, region: 'eu-west-1' });
  assert.equal(getService(scenario.state, scenarioCaller, service.arn), service);
});

test('getService() knows neither other regions nor other accounts', () => {
  const scenario = createScenario();
  const { id, arn } = scenario.run(createService, { name: 'rates' });
  const get = (account: string, region: string, identifier: string) => () =>
    getService(scenario.state, { account, region }, identifier);
  assert.throws(get('123456789012', 'eu-west-1', id), /was not found/);
  assert.throws(get('111111111111', 'us-east-1', id), /was not found/);
  assert.throws(get('111111111111', 'us-east-1', arn), /not authorized/);
  assert.throws(get('123456789012', 'us-east-1', arn.replace('service/', 'targetgroup/')), /was not found/);
});

test('updateService() removes a certificate with the empty text and keeps what is absent', () => {
  const scenario = createScenario();
  const certificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/one';
  const { id } = scenario.run(createService, { name: 'rates', certificateArn, idleTimeoutSeconds: 90 });
  const kept = scenario.run(updateService, { serviceIdentifier: id, authType: 'AWS_IAM' });
  assert.deepEqual([kept.certificateArn, kept.idleTimeoutSeconds, kept.authType], [certificateArn, 90, 'AWS_IAM']);
  assert.equal('certificateArn' in scenario.run(updateService, { serviceIdentifier: id, certificateArn: '' }), false);
});

test('updateServiceNetwork() changes the auth type, and nothing when it is the same', () => {
  const scenario = createScenario();
  const network = scenario.run(createServiceNetwork, { name: 'main' });
  const input = { serviceNetworkIdentifier: network.id, authType: 'AWS_IAM' } as const;
  assert.equal(scenario.run(updateServiceNetwork, input).authType, 'AWS_IAM');
  const { revision } = scenario.state;
  scenario.run(updateServiceNetwork, input);
  assert.equal(scenario.state.revision, revision);
  assert.deepEqual(countAssociations(scenario.state, network), { vpcs: 0, services: 0, resources: 0, endpoints: 0 });
});

test('tagResource() merges, untagResource() ignores unknown keys, both by ARN', () => {
  const scenario = createScenario();
  const { arn: resourceArn } = scenario.run(createService, { name: 'rates', tags: { a: '1' } });
  scenario.run(tagResource, { resourceArn, tags: { a: '2', b: '3' } });
  scenario.run(untagResource, { resourceArn, tagKeys: ['b', 'c'] });
  assert.deepEqual(tagsOf(scenario.state, scenarioCaller, resourceArn), { a: '2' });
  const many = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`k${n}`, '']));
  assert.equal(scenario.refused(tagResource, { resourceArn, tags: many }).kind, 'Validation');
  assert.equal(scenario.refused(tagResource, { resourceArn, tags: { 'aws:x': '' } }).kind, 'Validation');
  const unknown = { resourceArn: `${resourceArn.slice(0, -1)}z`, tags: {} };
  assert.equal(scenario.refused(tagResource, unknown).kind, 'ResourceNotFound');
});

test('decideOnce() gives the first answer again and refuses other parameters', () => {
  const scenario = createScenario();
  const create = (name: string, token: string, order: object): Decision<null, unknown> => {
    const once = decideOnce(createService, { token, parameters: order });
    return (state, _input, context) => once(state, { name }, context);
  };
  const first = scenario.run(create('rates', 't-1', { name: 'rates', tags: { a: '1', b: '2' } }), null);
  const again = scenario.run(create('rates', 't-1', { tags: { b: '2', a: '1' }, name: 'rates' }), null);
  assert.deepEqual((again as { result: unknown }).result, (first as { result: unknown }).result);
  assert.equal((again as { replayOf: unknown }).replayOf, 1);
  assert.equal(scenario.refused(create('rates', 't-1', { name: 'other' }), null).kind, 'Conflict');
  assert.equal(scenario.refused(create('rates', 't-2', {}), null).kind, 'Conflict');
  assert.equal(scenario.state.tables.clientToken.size, 1);
});

test('ensureAdminCredential() makes one pair per account that has the form of AWS keys', () => {
  const scenario = createScenario();
  const pair = scenario.run(ensureAdminCredential, { secrets });
  assert.match(pair.id, /^AKIA[A-Z2-7]{16}$/);
  assert.match(secrets.open(pair.sealedSecret), /^[A-Za-z0-9+/]{40}$/);
  assert.equal(scenario.run(ensureAdminCredential, { secrets }), pair);
  assert.equal(findCredential(scenario.state, pair.id), pair);
  assert.equal(findCredential(scenario.state, 'AKIA'), undefined);
});

test('applyConfiguredPrincipals() follows the file and leaves the admin alone', () => {
  const scenario = createScenario();
  const admin = scenario.run(ensureAdminCredential, { secrets });
  const principal = {
    arn: 'arn:aws:iam::111111111111:user/a',
    accessKeyId: 'AKIAEXAMPLE',
    secretAccessKey: 's',
    policies: [],
  };
  assert.equal(scenario.run(applyConfiguredPrincipals, { principals: [principal], secrets }), 1);
  assert.equal(scenario.run(applyConfiguredPrincipals, { principals: [principal], secrets }), 0);
  assert.equal(findCredential(scenario.state, 'AKIAEXAMPLE')?.account, '111111111111');
  const taken = { principals: [{ ...principal, accessKeyId: admin.id }], secrets };
  assert.equal(scenario.refused(applyConfiguredPrincipals, taken).kind, 'Validation');
  assert.equal(scenario.run(applyConfiguredPrincipals, { principals: [], secrets }), 1);
  assert.equal(scenario.state.tables.credential.size, 1);
});
