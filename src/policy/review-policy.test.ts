// What is odd about a document that is right.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as sdk from '@aws-sdk/client-vpc-lattice';
import { parsePolicy, reviewPolicy } from './index.ts';
import { controlActions } from './vocabulary.ts';

const review = (more: object): readonly string[] => {
  const statement = { Effect: 'Allow', Principal: '*', Action: 'vpc-lattice-svcs:Invoke', Resource: '*', ...more };
  const parsed = parsePolicy(JSON.stringify({ Statement: statement }), 'resource');
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return reviewPolicy(parsed.document).map(({ pointer, message }) => `${pointer}: ${message}`);
};

test('a policy with actions and keys that exist gets no remark', () => {
  const keys = [
    'vpc-lattice-svcs:RequestHeader/x-team',
    'VPC-Lattice-Svcs:SourceVpc',
    'aws:PrincipalTag/team',
    'aws:SourceIp',
  ];
  for (const Action of ['*', 'vpc-lattice-svcs:Inv*', 'VPC-LATTICE-SVCS:invoke', 'vpc-lattice:*Rule', 's3:GetAnything'])
    assert.deepEqual(
      review({ Action, Condition: { StringEquals: Object.fromEntries(keys.map((key) => [key, 'a'])) } }),
      [],
    );
});

test('reviewPolicy() names what can never matter, and traps', () => {
  const condition = (key: string, values: unknown = 'a'): object => ({
    Condition: { StringEquals: { [key]: values } },
  });
  for (const [more, expected] of [
    [
      { Action: ['vpc-lattice-svcs:Invok', 'vpc-lattice:BatchUpdateRule'] },
      [/Invok is no action/, /BatchUpdateRule is no action/],
    ],
    [condition('vpc-lattice-svcs:Sorcevpc'), [/Sorcevpc is no condition key/]],
    [condition('vpc-lattice-svcs:RequestHeader/'), [/is no condition key/]],
    [
      { Action: 'vpc-lattice-svcs:Connect', ...condition('vpc-lattice-svcs:RequestPath') },
      [/never there when a connection/],
    ],
    [condition('aws:username', []), [/no values/]],
    [{ Principal: undefined, NotPrincipal: '*' }, [/allows everyone else/]],
    [{ Effect: 'Deny', Principal: undefined, NotPrincipal: { AWS: '111122223333' } }, [/this one names none/]],
    [{ Effect: 'Deny', Principal: undefined, NotPrincipal: { AWS: 'arn:aws:iam::111122223333:user/a' } }, []],
    [{ Action: undefined, NotAction: 'a:b' }, [/every other action/]],
  ] as const) {
    const remarks = review(more);
    assert.equal(remarks.length, expected.length, JSON.stringify(remarks));
    for (const [i, pattern] of expected.entries()) assert.match(remarks[i] ?? '', pattern);
  }
});

test('controlActions are the operations but BatchUpdateRule, and three permissions', () => {
  const operations = Object.keys(sdk).flatMap((name) => /^(\w+)Command$/.exec(name)?.[1] ?? []);
  assert.equal(operations.length, 73);
  assert.deepEqual(
    controlActions.toSorted(),
    [
      ...operations.filter((name) => name !== 'BatchUpdateRule'),
      'AssociateViaAWSService',
      'AssociateViaAWSService-EventsAndStates',
      'CreateServiceNetworkVpcEndpointAssociation',
    ].toSorted(),
  );
});
