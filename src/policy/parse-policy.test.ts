// The grammar: what is taken, and what is said of what is not.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parsePolicy, type PolicyKind } from './index.ts';

const statement = { Effect: 'Allow', Principal: '*', Action: 'vpc-lattice-svcs:Invoke', Resource: '*' };
const policy = (more: object = {}, outer: object = {}): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ ...statement, ...more }], ...outer });
const without = (...names: readonly string[]): object => Object.fromEntries(names.map((name) => [name, undefined]));

test('parsePolicy() takes what the grammar of IAM has', () => {
  const right: readonly (readonly [string, PolicyKind?])[] = [
    [policy()],
    [policy({}, { Version: undefined, Id: 'mine' })],
    [policy({}, { Version: '2008-10-17', Statement: statement })],
    [policy({ Sid: 'one', Effect: 'Deny', Action: ['*', 'vpc-lattice-svcs:*'], Resource: ['arn:aws:a:b:c:d/*', '*'] })],
    [policy({ Principal: { AWS: ['arn:aws:iam::111122223333:root', '111122223333'], Service: 'a.amazonaws.com' } })],
    [policy({ Principal: { AWS: 'arn:aws:sts::111122223333:assumed-role/orders/session' } })],
    [policy({ Principal: { AWS: 'AROAJQABLZS4A3QDU576Q', Federated: 'cognito-identity.amazonaws.com' } })],
    [policy({ ...without('Principal'), NotPrincipal: { AWS: '111122223333' } })],
    [policy({ ...without('Action'), NotAction: 'vpc-lattice-svcs:Connect' })],
    [policy({ ...without('Resource'), NotResource: 'arn:aws:vpc-lattice:us-east-1:111122223333:service/svc-1/*' })],
    [
      policy({
        Condition: {
          StringEquals: { 'vpc-lattice-svcs:RequestMethod': ['GET', 'POST'] },
          'ForAnyValue:StringLikeIfExists': { 'aws:TagKeys': 'a*' },
          NumericEquals: { 'vpc-lattice-svcs:Port': 80 },
          NumericLessThan: { 'vpc-lattice-svcs:Port': '-1.5' },
          DateGreaterThan: { 'aws:CurrentTime': ['2026-01-02T03:04:05Z', '2026-01-02', 1767322845] },
          Bool: { 'aws:SecureTransport': false },
          BinaryEquals: { 'a:key': 'QmluYXJ5' },
          IpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '2001:db8::/32', '192.0.2.1'] },
          ArnLike: { 'aws:PrincipalArn': ['arn:aws:iam::*:role/*', '*', '${aws:PrincipalArn}'] },
          Null: { 'aws:PrincipalTag/team': 'true' },
        },
      }),
    ],
    [policy(without('Principal')), 'identity'],
    [policy({ ...without('Resource'), Action: 'sts:AssumeRole' }), 'trust'],
  ];
  for (const [text, kind = 'resource'] of right) assert.deepEqual(withoutDocument(text, kind), { ok: true }, text);
});

test('a parsed document has what it says', () => {
  const parsed = parsePolicy(
    policy({
      Sid: 'orders',
      Effect: 'Deny',
      ...without('Principal', 'Action'),
      NotPrincipal: { AWS: ['111122223333', '*'], Service: 'a' },
      NotAction: ['a:b', 'a:c'],
      Condition: { 'ForAllValues:StringLikeIfExists': { 'aws:TagKeys': ['a', 1, true] } },
    }),
    'resource',
  );
  assert.ok(parsed.ok);
  const [one] = parsed.document.statements;
  assert.deepEqual(one?.principal, {
    negated: true,
    everyone: true,
    aws: ['111122223333', '*'],
    services: ['a'],
    federated: [],
    canonicalUsers: [],
  });
  assert.deepEqual([one.sid, one.effect, one.action], ['orders', 'Deny', { negated: true, patterns: ['a:b', 'a:c'] }]);
  assert.deepEqual(one.resource, { negated: false, patterns: ['*'] });
  const [{ pointer, line, column, ...condition } = { pointer: '', line: 0, column: 0 }] = one.conditions;
  assert.deepEqual(condition, {
    operator: 'StringLike',
    set: 'ForAllValues',
    ifExists: true,
    key: 'aws:TagKeys',
    values: ['a', '1', 'true'],
  });
  assert.equal(pointer, '/Statement/0/Condition/ForAllValues:StringLikeIfExists/aws:TagKeys');
  assert.ok(line === 1 && column > 1);
});

test('parsePolicy() says where what is wrong, and what was expected', () => {
  const wrong: readonly (readonly [string, readonly (readonly [string, RegExp])[], PolicyKind?])[] = [
    ['', [['', /empty/]]],
    ['{"Version":', [['', /no JSON/]]],
    ['{"Version":"2012-10-17",}', [['', /no JSON/]]],
    ['/* a */ {}', [['', /no JSON/]]],
    ['[]', [['', /bject was expected: a policy/]]],
    [policy({}, { Version: '2012-10-18' }), [['/Version', /2012-10-17 or 2008-10-17/]]],
    [policy({}, { Id: 1 }), [['/Id', /text/]]],
    [policy({}, { Statement: undefined }), [['', /Statement is missing/]]],
    [policy({}, { Statement: [] }), [['/Statement', /list is empty/]]],
    [policy({}, { Statement: 'all' }), [['/Statement', /bject was expected: a statement/]]],
    [policy({}, { Statements: [] }), [['/Statements', /no element of a policy; there are Version/]]],
    [policy(without('Effect')), [['/Statement/0', /Effect is missing/]]],
    [policy({ Effect: 'allow' }), [['/Statement/0/Effect', /Allow or Deny/]]],
    [policy(without('Principal')), [['/Statement/0', /xactly one of Principal and NotPrincipal/]]],
    [policy({ NotPrincipal: '*' }), [['/Statement/0', /xactly one of Principal and NotPrincipal/]]],
    [policy({ Principal: 'arn:aws:iam::111122223333:root' }), [['/Statement/0/Principal', /"\*" or an object/]]],
    [policy({ Principal: {} }), [['/Statement/0/Principal', /rincipal was expected/]]],
    [policy({ Principal: { Aws: '*' } }), [['/Statement/0/Principal/Aws', /there are AWS/]]],
    [policy({ Principal: { AWS: [1] } }), [['/Statement/0/Principal/AWS/0', /account id/]]],
    [
      policy({ Principal: { AWS: 'arn:aws:iam::111122223333:role/*' } }),
      [['/Statement/0/Principal/AWS', /without wildcards/]],
    ],
    [policy({ Action: [] }), [['/Statement/0/Action', /list is empty/]]],
    [policy({ Action: 'Invoke' }), [['/Statement/0/Action', /SERVICE:ACTION/]]],
    [policy(without('Resource')), [['/Statement/0', /xactly one of Resource and NotResource/]]],
    [policy({ Resource: 'service/*' }), [['/Statement/0/Resource', /ARN/]]],
    [policy({ Condition: { StringEquals: 'a' } }), [['/Statement/0/Condition/StringEquals', /keys/]]],
    [policy({ Condition: { StringEquals: { 'a:b': null } } }), [['/Statement/0/Condition/StringEquals/a:b', /text/]]],
    [policy({ Condition: { StringEquals: { a: 'b' } } }), [['/Statement/0/Condition/StringEquals/a', /condition key/]]],
    [policy({ Condition: { StringEqual: { 'a:b': 'c' } } }), [['/Statement/0/Condition/StringEqual', /operator/]]],
    [policy({ Condition: { NullIfExists: { 'a:b': 'true' } } }), [['/Statement/0/Condition/NullIfExists', /operator/]]],
    [
      policy({ Condition: { IpAddress: { 'aws:SourceIp': ['10.0.0.0/33', '10.0.0.1', 'x'] } } }),
      [
        ['/Statement/0/Condition/IpAddress/aws:SourceIp/0', /range/],
        ['/Statement/0/Condition/IpAddress/aws:SourceIp/2', /range/],
      ],
    ],
    [
      policy({ Condition: { NumericEquals: { 'a:b': '${aws:username}' } } }),
      [['/Statement/0/Condition/NumericEquals/a:b', /number/]],
    ],
    [
      policy({ Condition: { DateEquals: { 'a:b': '2026-02-99' } } }),
      [['/Statement/0/Condition/DateEquals/a:b', /time like/]],
    ],
    [policy({ Condition: { Bool: { 'a:b': 'yes' } } }), [['/Statement/0/Condition/Bool/a:b', /rue or false/]]],
    [policy({ Condition: { ArnEquals: { 'a:b': 'svc-1' } } }), [['/Statement/0/Condition/ArnEquals/a:b', /ARN/]]],
    [policy({ toString: 1 }), [['/Statement/0/toString', /no element of a statement/]]],
    [policy({ 'a/b~': 1 }), [['/Statement/0/a~1b~0', /no element/]]],
    [
      policy({ Effect: 'No', Action: 1 }),
      [
        ['/Statement/0/Effect', /Allow/],
        ['/Statement/0/Action', /SERVICE/],
      ],
    ],
    [
      '{"Statement":{"Effect":"Allow","Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}}',
      [['/Statement/Effect', /twice/]],
    ],
    [
      JSON.stringify({
        Statement: [
          { ...statement, Sid: 'a' },
          { ...statement, Sid: 'a' },
        ],
      }),
      [['/Statement/1/Sid', /twice/]],
    ],
    [policy(), [['/Statement/0/Principal', /no Principal/]], 'identity'],
    [policy(), [['/Statement/0/Resource', /no Resource/]], 'trust'],
    [
      policy({ ...without('Resource'), Principal: undefined, NotPrincipal: { AWS: '111122223333' } }),
      [['/Statement/0/NotPrincipal', /names whom it trusts/]],
      'trust',
    ],
  ];
  for (const [text, expected, kind = 'resource'] of wrong) {
    const parsed = parsePolicy(text, kind);
    const problems = parsed.ok ? [] : parsed.problems;
    assert.deepEqual(
      [...new Set(problems.map(({ pointer }) => pointer))],
      expected.map(([pointer]) => pointer),
      text,
    );
    for (const [pointer, pattern] of expected)
      assert.ok(
        problems.some((one) => one.pointer === pointer && pattern.test(one.message)),
        `${text}: ${pattern}`,
      );
  }
});

test('the place of a problem is its line and column', () => {
  const text = JSON.stringify(JSON.parse(policy({ Effect: 'maybe' })), undefined, 2);
  const parsed = parsePolicy(text, 'resource');
  assert.ok(!parsed.ok);
  const [{ line, column } = { line: 0, column: 0 }] = parsed.problems;
  assert.equal(text.split('\n')[line - 1]?.slice(column - 1, column + 6), '"maybe"');
});

test('no document makes parsePolicy() throw', () => {
  const valid = policy({
    Condition: { StringEquals: { 'aws:username': ['a', 'b'] } },
    Principal: { AWS: '111122223333' },
  });
  fc.assert(
    fc.property(fc.json(), fc.nat(), fc.nat(), fc.string(), (other, from, length, text) => {
      const at = from % valid.length;
      for (const document of [
        other,
        valid.slice(0, at) + text + valid.slice(at + (length % 20)),
        `{"Statement":${other}}`,
      ])
        for (const kind of ['resource', 'identity', 'trust'] as const) {
          const parsed = parsePolicy(document, kind);
          assert.ok(parsed.ok || parsed.problems.length > 0);
        }
    }),
  );
});

test('parsePolicy() says where a document nests too deeply', () => {
  const deep = `{"Id":"[[{{",\n"Statement":${'['.repeat(100_000)}`;
  for (const document of [deep, `${deep}${']'.repeat(100_000)}}`, '{"a":'.repeat(100_000)]) {
    const parsed = parsePolicy(document, 'resource');
    assert.ok(!parsed.ok);
    assert.match(parsed.problems[0]?.message ?? '', /deeper in each other/);
  }
  const parsed = parsePolicy(deep, 'resource');
  assert.deepEqual(parsed.ok ? [] : parsed.problems.map(({ line, column }) => [line, column]), [[2, 13 + 63]]);
  assert.ok(parsePolicy(policy({}, { Id: `\\"${'['.repeat(1000)}` }), 'resource').ok);
});

function withoutDocument(text: string, kind: PolicyKind): unknown {
  const { ok, ...rest } = parsePolicy(text, kind);
  return 'problems' in rest ? { ok, ...rest } : { ok };
}
