// Evaluation against the rules of the IAM User Guide, as tables.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compileDocument } from './compile-document.ts';
import { evaluatePolicy, explainPolicy } from './evaluate.ts';
import { createPolicyMemo } from './policy-memo.ts';
import type { KeyValue, PolicyRequest, Principal } from './request.ts';
import { compiled, role, user } from './sample.ts';

const anonymous: Principal = { kind: 'anonymous' };
const service = 'arn:aws:vpc-lattice:us-west-2:444455556666:service/svc-0123456789abcdef0';

type Keys = Readonly<Record<string, KeyValue>>;

function ask(principal: Principal, keys: Keys = {}, more: Partial<PolicyRequest> = {}): PolicyRequest {
  return {
    principal,
    action: 'vpc-lattice-svcs:Invoke',
    resource: `${service}/orders/1`,
    key: (name) => keys[name],
    ...more,
  };
}

const allowing = (more: object): object => ({
  Effect: 'Allow',
  Principal: '*',
  Action: 'vpc-lattice-svcs:Invoke',
  Resource: '*',
  ...more,
});

const effectOf = (statements: unknown, request: PolicyRequest, version?: string): string =>
  evaluatePolicy(compiled(statements, 'resource', version), request).effect;

/** Whether a condition is fulfilled by the keys of a request. */
function holds(condition: object, keys: Keys, principal: Principal = role): boolean {
  return effectOf(allowing({ Condition: condition }), ask(principal, keys)) === 'Allow';
}

describe('principals', () => {
  const rows: readonly (readonly [principal: unknown, who: Principal, matches: boolean])[] = [
    ['*', anonymous, true],
    [{ AWS: '*' }, anonymous, true],
    [{ AWS: '*' }, role, true],
    [{ AWS: '111122223333' }, role, true],
    [{ AWS: 'arn:aws:iam::111122223333:root' }, user, true],
    [{ AWS: 'arn:aws:iam::111122223333:root' }, anonymous, false],
    [{ AWS: '444455556666' }, role, false],
    [{ AWS: 'arn:aws:iam::111122223333:role/app/orders' }, role, true],
    [{ AWS: 'arn:aws:iam::111122223333:role/orders' }, role, false],
    [{ AWS: 'arn:aws:sts::111122223333:assumed-role/orders/session-1' }, role, true],
    [{ AWS: 'arn:aws:sts::111122223333:assumed-role/orders/session-2' }, role, false],
    [{ AWS: 'arn:aws:iam::111122223333:user/div/ann' }, user, true],
    [{ AWS: 'AIDA123456789EXAMPLE' }, user, true],
    [{ AWS: 'AROA123456789EXAMPLE' }, role, true],
    [{ AWS: ['444455556666', '111122223333'] }, user, true],
    [{ Service: 'ec2.amazonaws.com' }, { kind: 'service', name: 'ec2.amazonaws.com' }, true],
    [{ Service: 'ec2.amazonaws.com' }, { kind: 'service', name: 'lambda.amazonaws.com' }, false],
    [{ Service: 'ec2.amazonaws.com' }, role, false],
    [
      { Federated: 'arn:aws:iam::1:oidc-provider/x' },
      { kind: 'web-identity', provider: 'arn:aws:iam::1:oidc-provider/x' },
      true,
    ],
  ];
  for (const [principal, who, matches] of rows)
    test(`${JSON.stringify(principal)} ${matches ? 'is' : 'is not'} ${'arn' in who ? who.arn : who.kind}`, () => {
      assert.equal(effectOf(allowing({ Principal: principal }), ask(who)), matches ? 'Allow' : 'None');
      const { Principal: _, ...rest } = allowing({}) as { Principal: unknown };
      assert.equal(effectOf({ ...rest, NotPrincipal: principal }, ask(who)), matches ? 'None' : 'Allow');
    });
});

describe('actions and resources', () => {
  const actions: readonly (readonly [pattern: string, matches: boolean])[] = [
    ['*', true],
    ['vpc-lattice-svcs:*', true],
    ['VPC-LATTICE-SVCS:invoke', true],
    ['vpc-lattice-svcs:In?oke', true],
    ['vpc-lattice-svcs:Connect', false],
    ['vpc-lattice:*', false],
  ];
  for (const [pattern, matches] of actions)
    test(`the action ${pattern} ${matches ? 'is' : 'is not'} Invoke`, () => {
      assert.equal(effectOf(allowing({ Action: pattern }), ask(role)), matches ? 'Allow' : 'None');
      const { Action: _, ...rest } = allowing({}) as { Action: unknown };
      assert.equal(effectOf({ ...rest, NotAction: pattern }, ask(role)), matches ? 'None' : 'Allow');
    });
  const resources: readonly (readonly [pattern: string, matches: boolean])[] = [
    ['*', true],
    [`${service}/*`, true],
    [`${service}/orders/*`, true],
    [`${service}/ORDERS/*`, false],
    [`${service}/orders`, false],
    [service, false],
    ['arn:aws:vpc-lattice:*:444455556666:service/*', true],
    [`${service}/orders/\${aws:userid}`, false],
    [`${service}/orders/\${vpc-lattice-svcs:RequestHeader/x-order}`, true],
    [`${service}/\${vpc-lattice-svcs:RequestHeader/none, 'orders'}/1`, true],
    [`${service}/orders\${*}1`, false],
  ];
  for (const [pattern, matches] of resources)
    test(`the resource ${pattern} ${matches ? 'is' : 'is not'} the one asked for`, () => {
      const request = ask(role, { 'vpc-lattice-svcs:requestheader/x-order': '1' });
      assert.equal(effectOf(allowing({ Resource: pattern }), request), matches ? 'Allow' : 'None');
      const { Resource: _, ...rest } = allowing({}) as { Resource: unknown };
      assert.equal(effectOf({ ...rest, NotResource: pattern }, request), matches ? 'None' : 'Allow');
    });
});

describe('condition operators', () => {
  const key = 'vpc-lattice-svcs:requestheader/x';
  const written = 'vpc-lattice-svcs:RequestHeader/x';
  const rows: readonly (readonly [operator: string, values: unknown, seen: KeyValue, fulfilled: boolean])[] = [
    ['StringEquals', 'a', 'a', true],
    ['StringEquals', 'a', 'A', false],
    ['StringEquals', 'a*', 'ab', false],
    ['StringEquals', ['a', 'b'], 'b', true],
    ['StringEquals', 'a', undefined, false],
    ['StringEqualsIfExists', 'a', undefined, true],
    ['StringEqualsIfExists', 'a', 'b', false],
    ['StringNotEquals', ['a', 'b'], 'c', true],
    ['StringNotEquals', ['a', 'b'], 'b', false],
    ['StringNotEquals', 'a', undefined, true],
    ['StringEqualsIgnoreCase', 'aB', 'Ab', true],
    ['StringNotEqualsIgnoreCase', 'aB', 'Ab', false],
    ['StringLike', 'a*c?', 'abbcd', true],
    ['StringLike', 'a*c?', 'abbc', false],
    ['StringNotLike', 'a*', 'b', true],
    ['StringLike', '${aws:PrincipalTag/team}-*', 'blue-1', true],
    ['StringLike', '${aws:PrincipalTag/none}-*', 'blue-1', false],
    ['StringNotLike', '${aws:PrincipalTag/none}-*', 'blue-1', true],
    ['StringEquals', "${aws:PrincipalTag/none, 'x'}", 'x', true],
    ['StringEquals', '${*}${?}${$}', '*?$', true],
    ['NumericEquals', 8080, '8080', true],
    ['NumericEquals', '8080', '8080.0', true],
    ['NumericNotEquals', '80', '81', true],
    ['NumericLessThan', '80', '79', true],
    ['NumericLessThan', '80', '80', false],
    ['NumericLessThanEquals', '80', '80', true],
    ['NumericGreaterThan', '80', '80', false],
    ['NumericGreaterThanEquals', '80', '80', true],
    ['NumericEquals', '80', 'x', false],
    ['NumericNotEquals', '80', 'x', true],
    ['NumericEquals', '0', '', false],
    ['DateEquals', '2026-01-02T03:04:05Z', '1767323045', true],
    ['DateLessThan', '2026-01-02T03:04:05Z', '2026-01-02T03:04:04Z', true],
    ['DateGreaterThan', '2026-01-02T03:04:05Z', '2026-01-02T05:04:05+02:00', false],
    ['DateGreaterThanEquals', '2026-01-02', '2026-01-02T00:00:00Z', true],
    ['DateNotEquals', '2026-01-02', '2026-01-03', true],
    ['Bool', true, 'true', true],
    ['Bool', 'TRUE', 'true', true],
    ['Bool', 'false', 'true', false],
    ['Bool', 'false', undefined, false],
    ['BinaryEquals', 'QmluYXJ5VmFsdWU=', 'QmluYXJ5VmFsdWU=', true],
    ['BinaryEquals', 'QmluYXJ5VmFsdWU=', 'QmluYXJ5', false],
    ['IpAddress', '203.0.113.0/24', '203.0.113.7', true],
    ['IpAddress', '203.0.113.9/24', '203.0.113.7', true],
    ['IpAddress', '203.0.113.0/24', '203.0.114.7', false],
    ['IpAddress', '203.0.113.7', '203.0.113.7', true],
    ['IpAddress', '2001:db8::/32', '2001:db8:1::7', true],
    ['IpAddress', '::/0', '203.0.113.7', false],
    ['IpAddress', '0.0.0.0/0', 'nonsense', false],
    ['NotIpAddress', '203.0.113.0/24', '203.0.114.7', true],
    ['NotIpAddress', '203.0.113.0/24', undefined, true],
    ['ArnEquals', 'arn:aws:iam::*:role/*', 'arn:aws:iam::111122223333:role/a/b', true],
    ['ArnLike', 'arn:aws:iam::111122223333:role/?', 'arn:aws:iam::111122223333:role/a', true],
    ['ArnLike', '*', 'arn:aws:iam::111122223333:role/a', true],
    ['ArnNotLike', 'arn:aws:iam::111122223333:role/b*', 'arn:aws:iam::111122223333:role/a', true],
    ['ArnNotEquals', 'arn:aws:iam::111122223333:role/a', 'arn:aws:iam::111122223333:role/a', false],
    ['ArnLike', 'arn:aws:iam::${aws:PrincipalAccount}:role/*', 'arn:aws:iam::111122223333:role/a', true],
    ['ArnLike', 'arn:aws:iam::1*:role/a', 'arn:aws:iam::1:x:role/a', false],
    ['Null', 'true', undefined, true],
    ['Null', 'true', 'a', false],
    ['Null', false, 'a', true],
    ['Null', ['true', 'false'], 'a', true],
    ['Null', 'true', [], true],
    ['ForAnyValue:StringEquals', ['a', 'b'], ['c', 'b'], true],
    ['ForAnyValue:StringEquals', ['a', 'b'], ['c', 'd'], false],
    ['ForAnyValue:StringEquals', 'a', undefined, false],
    ['ForAnyValue:StringEquals', 'a', [], false],
    ['ForAnyValue:StringNotEquals', 'a', ['a', 'b'], true],
    ['ForAnyValue:StringNotEquals', 'a', ['a', 'a'], false],
    ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'b', 'a'], true],
    ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'c'], false],
    ['ForAllValues:StringEquals', 'a', undefined, true],
    ['ForAllValues:StringEquals', 'a', [], true],
    ['ForAllValues:StringNotEquals', 'a', ['b', 'a'], false],
    ['StringEquals', 'a', ['b', 'a'], true],
    ['StringNotEquals', 'a', ['b', 'a'], false],
    ['StringEquals', [], 'a', false],
    ['StringNotEquals', [], 'a', true],
  ];
  for (const [operator, values, seen, fulfilled] of rows)
    test(`${operator} ${JSON.stringify(values)} is ${fulfilled ? '' : 'not '}fulfilled by ${JSON.stringify(seen)}`, () => {
      assert.equal(holds({ [operator]: { [written]: values } }, { [key]: seen }), fulfilled);
    });

  test('every operator and every key of a block must be fulfilled', () => {
    const condition = { StringEquals: { 'a:b': 'x', 'c:d': 'y' }, Bool: { 'e:f': 'true' } };
    assert.equal(holds(condition, { 'a:b': 'x', 'c:d': 'y', 'e:f': 'true' }), true);
    assert.equal(holds(condition, { 'a:b': 'x', 'c:d': 'y', 'e:f': 'false' }), false);
    assert.equal(holds(condition, { 'a:b': 'x', 'c:d': 'z', 'e:f': 'true' }), false);
  });

  test('in the version of 2008 variables are plain text', () => {
    const statement = allowing({ Condition: { StringEquals: { 'a:b': '${aws:PrincipalAccount}' } } });
    assert.equal(effectOf(statement, ask(role, { 'a:b': '111122223333' }), '2008-10-17'), 'None');
    assert.equal(effectOf(statement, ask(role, { 'a:b': '${aws:PrincipalAccount}' }), '2008-10-17'), 'Allow');
    assert.equal(effectOf(statement, ask(role, { 'a:b': '111122223333' })), 'Allow');
  });

  test('what stands for a variable has no wildcards', () => {
    const condition = { StringLike: { 'a:b': '${aws:PrincipalTag/Team}' } };
    assert.equal(holds(condition, { 'a:b': 'x' }, { ...role, tags: { Team: '*' } }), false);
    assert.equal(holds(condition, { 'a:b': '*' }, { ...role, tags: { Team: '*' } }), true);
  });
});

describe('keys of the principal', () => {
  const rows: readonly (readonly [key: string, who: Principal, value: string | undefined])[] = [
    ['aws:PrincipalType', anonymous, 'Anonymous'],
    ['aws:PrincipalType', role, 'AssumedRole'],
    ['aws:PrincipalType', user, 'User'],
    ['aws:PrincipalArn', role, 'arn:aws:iam::111122223333:role/app/orders'],
    ['aws:PrincipalArn', anonymous, undefined],
    ['aws:PrincipalAccount', user, '111122223333'],
    ['aws:PrincipalOrgID', role, 'o-a1b2c3d4e5'],
    ['aws:PrincipalOrgID', user, undefined],
    ['AWS:principalTAG/team', role, 'blue'],
    ['aws:userid', role, 'AROA123456789EXAMPLE:session-1'],
    ['aws:username', user, 'ann'],
    ['aws:username', role, undefined],
    ['aws:PrincipalIsAWSService', user, 'false'],
  ];
  for (const [key, who, value] of rows)
    test(`${key} of ${'arn' in who ? who.kind : 'nobody'} is ${value}`, () => {
      if (value === undefined) assert.equal(holds({ Null: { [key]: 'true' } }, {}, who), true);
      else assert.equal(holds({ StringEquals: { [key]: value } }, {}, who), true);
    });
});

test('of each statement the first part that did not match is told, with what it saw', () => {
  const policy = compiled([
    allowing({ Sid: 'Who', Principal: { AWS: '444455556666' } }),
    allowing({ Sid: 'What', Action: 'vpc-lattice-svcs:Connect' }),
    allowing({ Sid: 'Where', Resource: `${service}/carts/*` }),
    allowing({ Sid: 'How', Condition: { StringEquals: { 'vpc-lattice-svcs:RequestMethod': ['GET', 'HEAD'] } } }),
    allowing({ Sid: 'Yes' }),
  ]);
  const told = explainPolicy(policy, ask(role, { 'vpc-lattice-svcs:requestmethod': 'POST' })).map(
    ({ statement: { sid, line }, failed }) =>
      failed === undefined ? [sid, line] : [sid, failed.part.element, failed.part.expected, failed.saw],
  );
  assert.deepEqual(told, [
    ['Who', 'Principal', ['444455556666'], role.arn],
    ['What', 'Action', ['vpc-lattice-svcs:Connect'], 'vpc-lattice-svcs:Invoke'],
    ['Where', 'Resource', [`${service}/carts/*`], `${service}/orders/1`],
    ['How', 'StringEquals vpc-lattice-svcs:RequestMethod', ['GET', 'HEAD'], 'POST'],
    ['Yes', 1],
  ]);
});

test('a document that cannot be read denies everything, for what it was to deny is not known', () => {
  const broken = compileDocument('{"Statement":[{"Effect":"Deny"}]}', 'identity');
  assert.equal(evaluatePolicy(broken, ask(user)).effect, 'Deny');
  const right = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}';
  assert.equal(createPolicyMemo(1)(right, 'identity').allowing.length, 1);
  assert.equal(createPolicyMemo(1)('', 'identity').denying.length, 1);
});
