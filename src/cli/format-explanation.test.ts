// An explanation as people read it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Explanation } from '../explain/index.ts';
import { formatExplanation } from './format-explanation.ts';

const question = { revision: 7, vpc: 'vpc-1', method: 'GET', url: 'http://shop.example/a' } as const;

test('formatExplanation() tells a request that is forwarded in a line a step', () => {
  const explanation: Explanation = {
    ...question,
    steps: [
      { kind: 'name', name: 'shop.example', answer: 'addresses', addresses: ['169.254.171.1', 'fd00::1'] },
      {
        kind: 'door',
        address: '169.254.171.1',
        port: 20080,
        association: 'snva-1',
        serviceNetwork: 'sn-1',
        listenerPort: 80,
      },
      {
        ...{ kind: 'packets', groups: ['sg-1'], client: '10.0.1.10', enforced: true },
        egress: { groups: [], passes: true },
        ingress: {
          ...{ groups: ['sg-1'], passes: true },
          by: {
            group: 'sg-1',
            rule: { id: 'sgr-1', protocol: 'tcp', fromPort: 80, toPort: 80, cidrs: ['10.0.0.0/16'], groups: [] },
          },
        },
      },
      {
        kind: 'listener',
        host: 'shop.example',
        port: 80,
        service: { id: 'svc-1', arn: 'arn', name: 'shop' },
        listener: 'listener-1',
      },
      { kind: 'caller', caller: 'anonymous', by: 'nothing' },
      { kind: 'policies', layer: 'network-based policy', authType: 'NONE', policies: [] },
      { kind: 'policies', layer: 'service-based policy', authType: 'AWS_IAM', policies: [] },
      {
        kind: 'rules',
        rules: [
          {
            id: 'rule-1',
            matches: false,
            failed: { part: 'header', name: 'x-c', match: 'prefix', expected: 'a"', caseSensitive: false, saw: null },
          },
          { id: 'rule-2', matches: true },
        ],
      },
      {
        kind: 'targets',
        targetGroups: [
          {
            ...{ id: 'tg-1', name: 'web', type: 'IP', weight: 3, share: 100 },
            targets: [
              { id: '10.0.1.10', port: 8080, health: 'healthy', takesRequests: true },
              {
                ...{ id: '10.0.1.11', port: 8080, health: 'unhealthy', takesRequests: false },
                packets: { groups: ['sg-2'], passes: false },
              },
            ],
          },
        ],
      },
    ],
    verdict: {
      kind: 'forward',
      rule: 'rule-2',
      targetGroups: [{ id: 'tg-1', name: 'web', weight: 3, share: 100, targets: [] }],
    },
  };
  assert.deepEqual(formatExplanation(explanation).split('\n'), [
    'GET http://shop.example/a from vpc-1, revision 7',
    'name       shop.example is 169.254.171.1, fd00::1',
    'door       169.254.171.1 is of sn-1, by snva-1; port 20080 stands for 80',
    'packets    from 10.0.1.10 pass',
    '  out of the client: no security groups, everything passes',
    '  into the door: sg-1 lets it pass by sgr-1 (tcp 80-80, 10.0.0.0/16)',
    'listener   listener-1 of shop (svc-1), port 80',
    'caller     anonymous: no signature',
    'policy     network-based policy: auth type NONE, nothing is asked',
    'policy     service-based policy: there is none, and so nothing is allowed',
    'rules      rule-2 matches, after 1 that did not',
    '  rule-1 does not match: header x-c begins with "a\\"", in any case; it is absent',
    'targets    web (tg-1), IP, weight 3: 100 % of requests',
    '  10.0.1.10:8080 healthy, takes requests',
    '  10.0.1.11:8080 unhealthy',
    '    from managed addresses into it: no rule of sg-2 lets it pass',
    'verdict    forwarded by rule rule-2 to web (tg-1)',
    '',
  ]);
});

test('formatExplanation() tells of a denial its statements and places, without what a terminal would obey', () => {
  const explanation: Explanation = {
    ...question,
    steps: [
      { kind: 'packets', groups: [], enforced: false },
      { kind: 'caller', caller: 'principal', by: 'as', principal: 'arn:aws:iam::123456789012:user/ann' },
      {
        ...{ kind: 'policies', layer: 'service-based policy', authType: 'AWS_IAM' },
        policies: [
          {
            ...{ name: 'auth policy of arn', resource: 'arn/a', effect: 'Deny' },
            statements: [
              { sid: 'No', effect: 'Deny', line: 3, column: 5, applies: true },
              {
                ...{ effect: 'Allow', line: 9, column: 5, applies: false },
                failed: {
                  element: 'StringEquals aws:PrincipalTag/team',
                  expected: ['a', 'b'],
                  saw: ['x\u001b[31m', 'y'],
                },
              },
            ],
          },
        ],
      },
    ],
    verdict: { kind: 'answer', status: 403, text: 'AccessDeniedException: no' },
  };
  assert.deepEqual(formatExplanation(explanation).split('\n').slice(1), [
    "packets    the door has no security groups; no client is named (--address); on loopback only the door's groups have an effect",
    'caller     arn:aws:iam::123456789012:user/ann, as the question says',
    'policy     service-based policy: auth policy of arn denies arn/a',
    '  3:5 Deny No applies',
    '  9:5 Allow does not apply',
    '      StringEquals aws:PrincipalTag/team: "a" or "b"; it is "x\u{fffd}[31m" and "y"',
    'verdict    403 AccessDeniedException: no',
    '',
  ]);
});

test('formatExplanation() tells where a request ends before it comes to a listener', () => {
  const told = (explanation: Pick<Explanation, 'steps' | 'verdict'>): string =>
    formatExplanation({ ...question, ...explanation })
      .split('\n')
      .slice(1, -1)
      .join('\n');
  const reason = 'nothing listens';
  assert.equal(
    told({
      steps: [
        { kind: 'name', name: 'a.b', answer: 'custom', addresses: ['127.1.0.1'], service: 'shop.example' },
        { kind: 'door', address: '127.1.0.1', port: 81, refused: reason },
      ],
      verdict: { kind: 'unreachable', reason },
    }),
    `name       a.b is asked of other resolvers; where they lead to shop.example, it is 127.1.0.1
door       127.1.0.1 is no address of a service network
  nothing listens
verdict    unreachable: nothing listens`,
  );
  const zone = { id: 'Z1', name: 'corp.test' };
  const name = { kind: 'name', name: 'a.corp.test', addresses: [], zone } as const;
  const verdict = { kind: 'unreachable', reason } as const;
  const first = (step: Explanation['steps'][number]): string => told({ steps: [step], verdict }).split('\n')[0] ?? '';
  assert.deepEqual(
    [
      first({ ...name, answer: 'addresses', addresses: ['127.1.0.1'] }),
      first({ ...name, answer: 'absent' }),
      first({ ...name, answer: 'refused' }),
    ],
    [
      'name       a.corp.test is 127.1.0.1, says the hosted zone corp.test (Z1)',
      'name       a.corp.test has no address in this VPC, says the hosted zone corp.test (Z1)',
      'name       a.corp.test is not answered: the VPC has no DNS support',
    ],
  );
  assert.equal(
    told({
      steps: [{ kind: 'rules', rules: [] }],
      verdict: { kind: 'answer', status: 410, text: '', rule: 'gone' },
    }),
    'rules      none matches\nverdict    410 by rule gone',
  );
});

test('formatExplanation() says in the verdict that a client which is not known may be dropped', () => {
  const last = (verdict: Explanation['verdict']): string | undefined =>
    formatExplanation({ ...question, vpcName: 'shop', steps: [], verdict })
      .split('\n')
      .at(-2);
  const doubt = { unlessDroppedBy: ['sg-1', 'sg-2'] };
  const then = ', if security groups let the client through (not every one passes sg-1, sg-2): name it with --address';
  assert.equal(
    last({ kind: 'forward', rule: 'rule-1', targetGroups: [], ...doubt }),
    `verdict    forwarded by rule rule-1 to ${then}`,
  );
  assert.equal(last({ kind: 'answer', status: 403, text: 'no', ...doubt }), `verdict    403 no${then}`);
});

test('formatExplanation() says when nobody has the address of the client, and which groups were not asked', () => {
  const verdict = { kind: 'answer', status: 404, text: '', rule: 'gone' } as const;
  const packets = (step: object): string[] =>
    formatExplanation({
      ...{ ...question, vpcName: 'shop', verdict },
      steps: [{ kind: 'packets', groups: [], enforced: true, ...step }],
    })
      .split('\n')
      .slice(0, -2);
  const passes = { groups: [], passes: true };
  assert.deepEqual(packets({ client: '10.0.9.9', isVacant: true, egress: passes, ingress: passes }), [
    'GET http://shop.example/a from shop (vpc-1), revision 7',
    'packets    from 10.0.9.9 pass',
    '  out of the client: nobody has 10.0.9.9 in this VPC, there are no groups to ask',
    '  into the door: no security groups, everything passes',
  ]);
  assert.equal(
    packets({ mayDrop: ['sg-1'] })[1],
    'packets    the door has no security groups; no client is named (--address); not every client passes sg-1',
  );
});
