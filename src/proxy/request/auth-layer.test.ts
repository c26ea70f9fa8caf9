// What a layer keeps of its document for one caller decides as the whole document does.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decideInvoke, type PolicyRequest } from '../../policy/index.ts';
import { anonymousCaller, prepareIdentifiedCaller, type Caller } from '../identity/caller.ts';
import { compileAuth } from './auth-layer.ts';
import { INVOKE } from './authorize.ts';

const account = '123456789012';
const caller = (kind: 'user' | 'role' | 'root', arn: string, issuerArn: string, userId: string): Caller =>
  prepareIdentifiedCaller({ id: arn, revision: 1, kind, arn, issuerArn, account, userId, tags: {}, policies: [] });

const ann = `arn:aws:iam::${account}:user/ann`;
const orders = `arn:aws:iam::${account}:role/orders`;
const one = `arn:aws:sts::${account}:assumed-role/orders/one`;
const root = `arn:aws:iam::${account}:root`;
const callers: readonly Caller[] = [
  anonymousCaller,
  caller('user', ann, ann, 'AIDAANNANNANNANNANNAN'),
  caller('role', one, orders, 'AROAORDERSORDERSORDER:one'),
  caller('root', root, root, account),
];

const names = [ann, orders, one, root, account, 'AROAORDERSORDERSORDER', `arn:aws:iam::${account}:user/ben`, '*'];
const principal = fc.subarray(names, { minLength: 1 }).map((some) => (some.includes('*') ? '*' : { AWS: some }));
const statement = fc.record({
  who: fc.oneof(
    principal.map((Principal) => ({ Principal })),
    fc.subarray(names.slice(0, 3), { minLength: 1 }).map((AWS) => ({ NotPrincipal: { AWS } })),
  ),
  what: fc.constantFrom(
    { Action: INVOKE },
    { Action: '*' },
    { Action: ['vpc-lattice-svcs:Connect', 'VPC-Lattice-SVCS:inv*'] },
    { Action: 'vpc-lattice-svcs:Connect' },
    { NotAction: INVOKE },
    { NotAction: 'vpc-lattice-svcs:Connect' },
  ),
  effect: fc.constantFrom('Allow', 'Deny'),
  resource: fc.constantFrom('*', 'arn:*/a', 'arn:*/b'),
  condition: fc.constantFrom(
    {},
    { Condition: { StringEquals: { 'vpc-lattice-svcs:RequestMethod': 'GET' } } },
    { Condition: { StringNotEquals: { 'aws:PrincipalType': 'Anonymous' } } },
  ),
});

const ask = (by: Caller, path: string): PolicyRequest => ({
  principal: by.principal,
  action: INVOKE,
  resource: `arn:aws:vpc-lattice:us-east-1:${account}:service/svc-1${path}`,
  key: (name) => (name === 'vpc-lattice-svcs:requestmethod' ? 'GET' : undefined),
});

test('about() leaves out nothing that could decide', () => {
  fc.assert(
    fc.property(fc.array(statement, { minLength: 1, maxLength: 6 }), (drafts) => {
      const Statement = drafts.map(({ who, what, effect, resource, condition }) => ({
        ...{ Effect: effect, Resource: resource, ...who, ...what, ...condition },
      }));
      const policy = JSON.stringify({ Version: '2012-10-17', Statement });
      const layer = compileAuth({ arn: 'arn:network', authType: 'AWS_IAM', policy });
      assert.ok(layer !== undefined && layer.policies.length === 1, policy);
      for (const by of callers)
        for (const path of ['/a', '/b']) {
          const request = ask(by, path);
          const whole = decideInvoke({ network: layer }, request);
          const narrow = decideInvoke({ network: layer.about(by, ask(by, '/')) }, request);
          assert.equal(narrow.allowed, whole.allowed);
          if (narrow.allowed || whole.allowed) continue;
          assert.deepEqual([narrow.effect, narrow.layer], [whole.effect, whole.layer]);
          const indexes = [narrow, whole].map((verdict) => ('statement' in verdict ? verdict.statement?.index : -1));
          assert.equal(indexes[0], indexes[1]);
        }
    }),
    { numRuns: 300 },
  );
});

test('about() knows every caller, however many there are', () => {
  const Statement = [{ Effect: 'Allow', Principal: { AWS: ann }, Action: INVOKE, Resource: '*' }];
  const policy = JSON.stringify({ Version: '2012-10-17', Statement });
  const layer = compileAuth({ arn: 'arn:network', authType: 'AWS_IAM', policy });
  const allows = (by: Caller): boolean | undefined =>
    layer && decideInvoke({ network: layer.about(by, ask(by, '/')) }, ask(by, '/')).allowed;
  const known = caller('user', ann, ann, 'AIDAANNANNANNANNANNAN');
  assert.equal(allows(known), true);
  for (let i = 0; i < 2500; i++) {
    const arn = `arn:aws:iam::${account}:user/number-${i}`;
    assert.equal(allows(caller('user', arn, arn, `AIDA${i}`)), false);
  }
  assert.equal(allows(known), true);
});
