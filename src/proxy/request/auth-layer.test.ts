// What a layer keeps of its document for one caller decides as the whole document does.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decideInvoke, type PolicyRequest } from '../../policy/index.ts';
import { anonymousCaller, prepareIdentifiedCaller, type Caller } from '../identity/caller.ts';
import { AuthMemory, compileAuth, MOST_EFFORT } from './auth-layer.ts';
import { INVOKE } from './authorize.ts';

const account = '123456789012';
const caller = (
  kind: 'user' | 'role' | 'root',
  arn: string,
  issuerArn: string,
  userId: string,
  tags: Readonly<Record<string, string>> = {},
): Caller =>
  prepareIdentifiedCaller({ id: arn, revision: 1, kind, arn, issuerArn, account, userId, tags, policies: [] });

const ann = `arn:aws:iam::${account}:user/ann`;
const orders = `arn:aws:iam::${account}:role/orders`;
const one = `arn:aws:sts::${account}:assumed-role/orders/one`;
const root = `arn:aws:iam::${account}:root`;
const callers: readonly Caller[] = [
  anonymousCaller,
  caller('user', ann, ann, 'AIDAANNANNANNANNANNAN', { team: 'PUT' }),
  caller('role', one, orders, 'AROAORDERSORDERSORDER:one', { team: 'a', Site: 'west' }),
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
  // Of what a caller has once and for all, of the method, of what every request has anew, and of one compared with the other.
  conditions: fc.uniqueArray(
    fc.constantFrom(
      ['StringEquals', 'vpc-lattice-svcs:RequestMethod', ['GET', 'BREW']],
      ['StringNotLike', 'vpc-lattice-svcs:RequestMethod', ['P*']],
      ['StringEquals', 'vpc-lattice-svcs:RequestMethod', ['${aws:PrincipalTag/team}']],
      ['StringEquals', 'aws:PrincipalTag/team', ['${vpc-lattice-svcs:RequestMethod}', "${aws:PrincipalTag/none, 'a'}"]],
      ['StringEqualsIfExists', 'aws:PrincipalTag/team', ['a']],
      ['StringEquals', 'aws:PrincipalTag/team', ['${vpc-lattice-svcs:RequestHeader/x}']],
      ['Null', 'aws:PrincipalTag/site', ['true']],
      ['StringNotEquals', 'aws:PrincipalType', ['Anonymous']],
      ['ArnLike', 'aws:PrincipalArn', [`arn:aws:iam::${account}:role/*`]],
      ['Bool', 'aws:SecureTransport', ['false']],
      ['StringLike', 'vpc-lattice-svcs:RequestPath', ['/${aws:PrincipalTag/team}*']],
      ['StringEquals', 'vpc-lattice-svcs:RequestHeader/x', ['a']],
    ),
    { maxLength: 3, selector: ([operator, key]) => `${operator} ${key}` },
  ),
});

interface Sent {
  readonly path: string;
  readonly method: string;
  readonly header?: string;
}

const ask = (by: Caller, { path, method, header }: Sent): PolicyRequest => ({
  principal: by.principal,
  action: INVOKE,
  resource: `arn:aws:vpc-lattice:us-east-1:${account}:service/svc-1${path}`,
  key: (name) =>
    new Map([
      ['vpc-lattice-svcs:requestmethod', method],
      ['vpc-lattice-svcs:requestpath', path],
      ['aws:securetransport', 'false'],
      ...(header === undefined ? [] : [['vpc-lattice-svcs:requestheader/x', header] as const]),
    ]).get(name),
});

const sent: readonly Sent[] = ['GET', 'PUT', 'BREW', 'BREAD'].flatMap((method) => [
  { path: '/a', method },
  { path: '/PUT', method, header: 'a' },
  { path: '/b', method, header: 'PUT' },
]);

/** The Condition of a statement: keys and values by operator. */
function conditionsOf(
  rows: readonly (readonly (string | readonly string[])[])[],
): Record<string, Record<string, unknown>> {
  const blocks: Record<string, Record<string, unknown>> = {};
  for (const [operator, key, values] of rows) (blocks[String(operator)] ??= {})[String(key)] = values;
  return blocks;
}

const first: Sent = { path: '/', method: 'GET' };

test('about() leaves out nothing that could decide', () => {
  fc.assert(
    fc.property(fc.array(statement, { minLength: 1, maxLength: 6 }), (drafts) => {
      const Statement = drafts.map(({ who, what, effect, resource, conditions }) => ({
        ...{ Effect: effect, Resource: resource, ...who, ...what },
        Condition: conditionsOf(conditions),
      }));
      const policy = JSON.stringify({ Version: '2012-10-17', Statement });
      const layer = compileAuth({ arn: 'arn:network', authType: 'AWS_IAM', policy });
      assert.ok(layer !== undefined && layer.policies.length === 1, policy);
      for (const by of callers)
        for (const one of sent) {
          const request = ask(by, one);
          const whole = decideInvoke({ network: layer }, request);
          // What is kept was made for another request of the caller with this method.
          layer.about(by, ask(by, { path: '/', method: one.method, header: 'other' }));
          const narrow = decideInvoke({ network: layer.about(by, request) }, request);
          assert.equal(narrow.allowed, whole.allowed);
          if (narrow.allowed || whole.allowed) continue;
          assert.deepEqual([narrow.effect, narrow.layer], [whole.effect, whole.layer]);
          const indexes = [narrow, whole].map((verdict) => ('statement' in verdict ? verdict.statement?.index : -1));
          assert.equal(indexes[0], indexes[1]);
        }
    }),
    { numRuns: 1500 },
  );
});

test('about() knows every caller, however many there are', () => {
  const Statement = [{ Effect: 'Allow', Principal: { AWS: ann }, Action: INVOKE, Resource: '*' }];
  const policy = JSON.stringify({ Version: '2012-10-17', Statement });
  const memory = new AuthMemory(100);
  const [layer] = ['one', 'another'].map((arn) => compileAuth({ arn, authType: 'AWS_IAM', policy }, memory));
  const allows = (by: Caller): boolean | undefined =>
    layer && decideInvoke({ network: layer.about(by, ask(by, first)) }, ask(by, first)).allowed;
  const known = caller('user', ann, ann, 'AIDAANNANNANNANNANNAN');
  assert.equal(allows(known), true);
  for (let i = 0; i < 2500; i++) {
    const arn = `arn:aws:iam::${account}:user/number-${i}`;
    assert.equal(allows(caller('user', arn, arn, `AIDA${i}`)), false);
  }
  assert.equal(allows(known), true);
});

test('about() leaves what costs too much to judge once to every request', () => {
  const patterns = Array.from({ length: 400 }, (_, i) => `*${i}y*`);
  const Statement = [
    {
      ...{ Effect: 'Allow', Principal: '*', Action: INVOKE, Resource: '*' },
      Condition: { StringLike: { 'aws:PrincipalTag/team': patterns } },
    },
    { Effect: 'Deny', Principal: '*', Action: INVOKE, Resource: 'arn:*/b' },
  ];
  const policy = JSON.stringify({ Version: '2012-10-17', Statement });
  const layer = compileAuth({ arn: 'arn:network', authType: 'AWS_IAM', policy });
  assert.ok(layer !== undefined);
  const by = caller('user', ann, ann, 'AIDAANNANNANNANNANNAN', { team: 'x'.repeat(256) });
  const request = { ...ask(by, { path: '/a', method: 'GET' }), budget: { left: MOST_EFFORT } };
  const verdict = decideInvoke({ network: layer.about(by, request) }, request);
  assert.ok(!verdict.allowed && verdict.costly === true);
});

test('layers forget their callers together when they are too many', () => {
  const memory = new AuthMemory(3);
  const places = [0, 1].map(() => new Map<string, number>());
  const [one = new Map(), other = new Map()] = places;
  const add = (place: Map<string, number>, name: string): void => {
    memory.take(place);
    place.set(name, 1);
  };
  for (const name of ['a', 'b']) add(one, name);
  add(other, 'c');
  assert.deepEqual([one.size, other.size], [2, 1]);
  add(other, 'd');
  assert.deepEqual([[...one.keys()], [...other.keys()]], [[], ['d']]);
  for (const name of ['e', 'f', 'g']) add(one, name);
  assert.deepEqual([[...one.keys()], [...other.keys()]], [['g'], []]);
});
