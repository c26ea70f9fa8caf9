// What explain tells: who asks, what policies, rules and targets say, and where a request ends before them.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sampleSnapshot } from '../proxy/snapshot-sample.ts';
import type { Snapshot } from '../snapshot/index.ts';
import type { ExplainDeps } from './follow.ts';
import { explainerOf, guarded, HOST, role, user, type SampleRule } from './explain-sample.ts';
import type { Explanation, Step } from './explanation.ts';
import type { ExplainQuestion } from '../base/explain-question.ts';

const rules: readonly SampleRule[] = [
  {
    id: 'gone',
    match: { path: { kind: 'exact', value: '/gone', caseSensitive: true } },
    action: { kind: 'fixed', status: 410 },
  },
  { id: 'posts', match: { method: 'POST' }, action: { kind: 'fixed', status: 405 } },
  {
    id: 'canary',
    match: { headers: [{ name: 'x-canary', kind: 'prefix', value: 'yes', caseSensitive: false }] },
    action: { kind: 'forward', targetGroups: [{ id: 'tg-2', weight: 1 }] },
  },
  {
    id: 'default',
    match: {},
    action: {
      kind: 'forward',
      targetGroups: [
        { id: 'tg-1', weight: 3 },
        { id: 'tg-2', weight: 1 },
        { id: 'tg-3', weight: 0 },
      ],
    },
  },
];

const sample = sampleSnapshot(80, rules, { 'tg-1': [1, 2, 3], 'tg-2': [] }, 7);

function explain(
  wish: Partial<ExplainQuestion> = {},
  snapshot: Snapshot = sample,
  deps: Partial<ExplainDeps> = {},
): Explanation {
  const question = { vpcId: 'vpc-1', method: 'GET', url: `http://${HOST}/`, headers: [], ...wish };
  const explained = explainerOf(snapshot, deps)(question);
  assert.ok(!('failure' in explained), JSON.stringify(explained));
  return explained;
}

function refusal(wish: Partial<ExplainQuestion>): string {
  const explained = explainerOf(sample)({
    vpcId: 'vpc-1',
    method: 'GET',
    url: `http://${HOST}/`,
    headers: [],
    ...wish,
  });
  assert.ok('failure' in explained, JSON.stringify(explained));
  return `${explained.failure}: ${explained.message}`;
}

function stepsOf<Kind extends Step['kind']>(
  { steps }: Explanation,
  kind: Kind,
): readonly Extract<Step, { readonly kind: Kind }>[] {
  return steps.filter((step): step is Extract<Step, { readonly kind: Kind }> => step.kind === kind);
}

const allow = (more: object = {}): object => ({ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*', ...more });

describe('rules and targets', () => {
  test('each rule before the one that matches is told with its first part that does not', () => {
    const [step] = stepsOf(explain({ headers: ['X-Canary: No'] }), 'rules');
    assert.deepEqual(step?.rules, [
      {
        id: 'gone',
        matches: false,
        failed: { part: 'path', match: 'exact', expected: '/gone', caseSensitive: true, saw: '/' },
      },
      {
        id: 'posts',
        matches: false,
        failed: { part: 'method', match: 'exact', expected: 'POST', caseSensitive: true, saw: 'GET' },
      },
      {
        ...{ id: 'canary', matches: false },
        failed: { part: 'header', name: 'x-canary', match: 'prefix', expected: 'yes', caseSensitive: false, saw: 'No' },
      },
      { id: 'default', matches: true },
    ]);
    assert.deepEqual(explain({ url: `http://${HOST}/gone?x` }).verdict, {
      kind: 'answer',
      status: 410,
      text: '',
      rule: 'gone',
    });
  });

  test('targets have their health, and those that take requests are the ones that pickTarget() takes', () => {
    const health: Readonly<Record<number, string>> = { 1: 'unhealthy', 2: 'healthy' };
    const { verdict } = explain({}, sample, { findHealth: (_group, { port }) => health[port] });
    assert.ok(verdict.kind === 'forward');
    const told = verdict.targetGroups.map(({ id, share, targets, failure }) => ({
      ...{ id, share, failure: failure?.text },
      targets: targets.map((one) => `${one.port} ${one.health} ${one.takesRequests}`),
    }));
    assert.deepEqual(told, [
      {
        id: 'tg-1',
        share: 75,
        failure: undefined,
        targets: ['1 unhealthy false', '2 healthy true', '3 initial false'],
      },
      { id: 'tg-2', share: 25, failure: 'the target group has no registered targets', targets: [] },
    ]);
  });

  test('what the security groups of a target say stands beside it', () => {
    const packets = { groups: ['sg-1'], passes: false };
    const { verdict } = explain({}, sample, {
      findAdmission: (_vpc, _address, port) => (port === 2 ? packets : undefined),
    });
    assert.ok(verdict.kind === 'forward');
    const told = verdict.targetGroups[0]?.targets.map((one) => one.packets);
    assert.deepEqual(told, [undefined, packets, undefined]);
  });

  test('while all are unhealthy, all take requests', () => {
    const { verdict } = explain({}, sample, { findHealth: () => 'unhealthy' });
    assert.ok(verdict.kind === 'forward');
    assert.deepEqual(
      verdict.targetGroups[0]?.targets.map(({ takesRequests }) => takesRequests),
      [true, true, true],
    );
  });

  test('a rule whose only group has no target is a 503', () => {
    assert.deepEqual(explain({ headers: ['x-canary: YES'] }).verdict, {
      ...{ kind: 'answer', status: 503, text: 'the target group has no registered targets', rule: 'canary' },
    });
  });
});

describe('policies', () => {
  test('each statement is told with its place and its first part that does not match', () => {
    const statement = allow({ Sid: 'Ann', Principal: { AWS: '210987654321' } });
    const asked = explain(
      { as: user.arn },
      guarded(sample, { service: [statement, allow({ Resource: 'arn:aws:vpc-lattice:*:*:service/*/x' })] }),
    );
    assert.equal(asked.verdict.kind === 'answer' && asked.verdict.status, 403);
    const [network, service, identity] = stepsOf(asked, 'policies');
    assert.deepEqual(
      [network?.authType, service?.authType, identity?.layer],
      ['NONE', 'AWS_IAM', 'identity-based policy'],
    );
    const resource = 'arn:aws:vpc-lattice:us-east-1:123456789012:service/svc-1/';
    assert.deepEqual(service?.policies, [
      {
        name: 'auth policy of arn:aws:vpc-lattice:us-east-1:123456789012:service/svc-1',
        resource,
        effect: 'None',
        statements: [
          {
            ...{ sid: 'Ann', effect: 'Allow', line: 4, column: 3, applies: false },
            failed: { element: 'Principal', expected: ['210987654321'], saw: user.arn },
          },
          {
            ...{ effect: 'Allow', line: 13, column: 3, applies: false },
            failed: { element: 'Resource', expected: ['arn:aws:vpc-lattice:*:*:service/*/x'], saw: resource },
          },
        ],
      },
    ]);
    assert.deepEqual(
      identity?.policies.map(({ name, effect }) => [name, effect]),
      [['inline policy reading', 'Allow']],
    );
  });

  test('a layer without a policy and a principal without one are told as such', () => {
    const bare = { ...user, policies: [] };
    const snapshot = { ...guarded(sample, { network: [] }), principals: new Map([[bare.id, bare]]) };
    const told = stepsOf(explain({ as: user.arn }, snapshot), 'policies');
    assert.deepEqual(told, [
      { kind: 'policies', layer: 'network-based policy', authType: 'AWS_IAM', policies: [] },
      { kind: 'policies', layer: 'service-based policy', authType: 'NONE', policies: [] },
      { kind: 'policies', layer: 'identity-based policy', authType: 'AWS_IAM', policies: [] },
    ]);
  });

  test('what is told of policies is not taken from what the request may cost', () => {
    const patterns = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'x'].map((one) => `*${one}y*`);
    const costly = allow({ Condition: { StringLike: { 'vpc-lattice-svcs:RequestHeader/h1': [...patterns, '*xx*'] } } });
    const headers = [`h1: ${'x'.repeat(5000)}`];
    // One layer takes five eighths of it, and both more than there is.
    const { verdict, steps } = explain({ headers }, guarded(sample, { network: [costly], service: [allow()] }));
    assert.equal(verdict.kind, 'forward');
    assert.ok(steps.some((step) => step.kind === 'policies' && step.layer === 'service-based policy'));
    const both = explain({ headers }, guarded(sample, { network: [costly], service: [costly] })).verdict;
    assert.match(both.kind === 'answer' ? both.text : '', /the patterns of a service-based policy cost too much/);
  });

  test('a path that can be read in two ways is told in both', () => {
    const asked = explain({ url: `http://${HOST}/a/../b` }, guarded(sample, { service: [allow()] }));
    const [, service] = stepsOf(asked, 'policies');
    assert.deepEqual(
      service?.policies.map(({ resource }) => resource.split('svc-1')[1]),
      ['/a/../b', '/b'],
    );
  });
});

describe('the caller', () => {
  const open = guarded(sample, {});
  const callerOf = (wish: Partial<ExplainQuestion>) => stepsOf(explain(wish, open), 'caller')[0];

  test('is nobody without a signature, and whom the question names', () => {
    assert.deepEqual(callerOf({}), { kind: 'caller', caller: 'anonymous', by: 'nothing' });
    assert.deepEqual(callerOf({ as: user.arn }), {
      kind: 'caller',
      caller: 'principal',
      by: 'as',
      principal: user.arn,
    });
  });

  test('can be a session, which is allowed what its role is', () => {
    const arn = 'arn:aws:sts::123456789012:assumed-role/orders/night';
    const guard = guarded(sample, {
      service: [
        allow({ Principal: { AWS: role.arn }, Condition: { StringEquals: { 'aws:userid': `${role.userId}:night` } } }),
      ],
    });
    assert.equal(explain({ as: arn }, guard).verdict.kind, 'forward');
    assert.equal(explain({ as: user.arn }, guard).verdict.kind, 'answer');
  });

  test('is told when the signature is refused', () => {
    const { steps, verdict } = explain({ headers: ['authorization: AWS4-HMAC-SHA256 Credential=x'] }, open);
    assert.equal(steps.at(-1)?.kind, 'caller');
    assert.ok(
      verdict.kind === 'answer' && verdict.status === 403 && verdict.text.startsWith('IncompleteSignatureException: '),
    );
  });
});

describe('before a listener', () => {
  test('names that have no address, and ports at which nothing listens, are unreachable', () => {
    const end = (url: string): readonly unknown[] => {
      const { steps, verdict } = explain({ url });
      return [steps.at(-1)?.kind, verdict.kind];
    };
    assert.deepEqual(end('http://shop.7d67968.vpc-lattice-svcs.us-east-1.on.aws/'), ['name', 'unreachable']);
    assert.deepEqual(end('http://example.org/'), ['name', 'unreachable']);
    assert.deepEqual(end(`http://${HOST}:81/`), ['door', 'unreachable']);
    assert.deepEqual(end('http://127.190.0.1/'), ['listener', 'answer']);
  });

  test('a name that a hosted zone answers tells the zone, also where it has no address', () => {
    const zone = { id: 'Z1', name: 'shop.test' };
    const answered = explain({ url: 'http://www.shop.test/' }, sample, {
      findName: () => ({ kind: 'addresses', v4: ['127.190.0.1'], v6: [], zone }),
    });
    assert.deepEqual(stepsOf(answered, 'name')[0]?.zone, zone);
    const denied = explain({ url: 'http://www.shop.test/' }, sample, { findName: () => ({ kind: 'absent', zone }) });
    assert.match(
      JSON.stringify(denied.verdict),
      /the hosted zone shop\.test \(Z1\), which answers this VPC, has no address/,
    );
    const refused = explain({ url: 'http://www.shop.test/' }, sample, { findName: () => ({ kind: 'refused' }) });
    assert.match(JSON.stringify(refused.verdict), /enableDnsSupport is off/);
  });

  test('a custom domain name leads to the generated one of its service', () => {
    const [service] = sample.services.values();
    assert.ok(service !== undefined);
    const named = { ...service, domainNames: [HOST, 'shop.test'] };
    const [step] = stepsOf(
      explain({ url: 'http://SHOP.test./' }, { ...sample, services: new Map([[named.id, named]]) }),
      'name',
    );
    assert.deepEqual(step, {
      kind: 'name',
      name: 'shop.test',
      answer: 'custom',
      addresses: ['127.190.0.1'],
      service: HOST,
    });
  });

  test('packets that groups drop end it, on loopback only for those of the door', () => {
    const said = (egress: boolean, ingress: boolean) => ({
      findPassage: () => ({
        egress: { groups: ['sg-2'], passes: egress },
        ingress: { groups: ['sg-1'], passes: ingress },
        isVacant: false,
      }),
    });
    assert.equal(explain({ address: '10.0.1.10' }, sample, said(false, true)).verdict.kind, 'forward');
    assert.equal(explain({ address: '10.0.1.10' }, sample, said(true, false)).verdict.kind, 'unreachable');
    const dropping = said(false, true);
    const vpcs = new Map([...sample.vpcs].map(([id, vpc]) => [id, { ...vpc, attachment: { kind: 'netns' as const } }]));
    const routed = {
      ...dropping,
      findName: () => ({ kind: 'addresses' as const, v4: ['169.254.171.1'], v6: [] }),
      findArrival: () => ({ listenerPort: 80 }),
    };
    const { steps, verdict } = explain({ address: '10.0.1.10' }, { ...sample, vpcs }, routed);
    assert.deepEqual([steps.at(-1)?.kind, verdict.kind], ['packets', 'unreachable']);
    assert.equal(explain({}, { ...sample, vpcs }, routed).verdict.kind, 'forward');
  });

  test('of a client that is not known the verdict says which groups may drop it, and of one that nobody is too', () => {
    const told = (kind: 'netns' | 'loopback', wish: Partial<ExplainQuestion>, isVacant = false) => {
      const attachment = kind === 'netns' ? { kind } : { kind, n: 90 };
      const vpcs = new Map([...sample.vpcs].map(([id, vpc]) => [id, { ...vpc, name: 'shop', attachment }]));
      const passes = { groups: [], passes: true };
      const { verdict, vpcName } = explain(
        wish,
        { ...sample, vpcs },
        {
          findPassage: () => ({ egress: passes, ingress: passes, isVacant }),
          findBarriers: () => ({ egress: ['sg-1', 'sg-2'], ingress: ['sg-2', 'sg-3'] }),
        },
      );
      assert.equal(vpcName, 'shop');
      return verdict.kind === 'unreachable' ? verdict.reason : verdict.unlessDroppedBy;
    };
    const address = '10.0.1.10';
    assert.deepEqual(told('netns', {}), ['sg-1', 'sg-2', 'sg-3']);
    assert.deepEqual(told('netns', { headers: ['host: a', 'host: b'] }), ['sg-1', 'sg-2', 'sg-3']);
    assert.deepEqual(told('loopback', {}), ['sg-2', 'sg-3']);
    assert.deepEqual(told('netns', { address }), undefined);
    assert.deepEqual(told('netns', { address }, true), ['sg-1', 'sg-2'], 'into the door was asked');
    assert.deepEqual(told('loopback', { address }, true), undefined);
    assert.deepEqual(explain().verdict.kind === 'forward' && 'unlessDroppedBy' in explain().verdict, false);
  });

  test('a head that the proxy refuses is refused', () => {
    assert.deepEqual(explain({ headers: ['host: a', 'host: b'] }).steps.at(-1)?.kind, 'head');
    assert.deepEqual(explain({ headers: Array.from({ length: 101 }, (_, i) => `x-${i}: 1`) }).verdict, {
      ...{ kind: 'answer', status: 400, text: 'too many headers' },
    });
  });
});

test('what is asked wrongly is refused in a sentence', () => {
  const rows: readonly (readonly [Partial<ExplainQuestion>, RegExp])[] = [
    [{ vpcId: 'vpc-2' }, /^not found: There is no VPC vpc-2/],
    [{ as: 'arn:aws:iam::123456789012:user/bob' }, /^not found: There is no principal/],
    [{ as: 'arn:aws:sts::123456789012:assumed-role/other/night' }, /^not found: There is no principal/],
    [{ address: '10.1.0.1' }, /^invalid: 10\.1\.0\.1 is no IPv4 address of VPC vpc-1/],
    [{ address: 'here' }, /^invalid: here is no IPv4 address/],
    [{ url: 'shop/a' }, /^invalid: the URL is not of the form/],
    [{ url: 'http://a b/' }, /^invalid: the URL is not of the form/],
    [{ url: 'http://ann@shop/' }, /^invalid: the URL is not of the form/],
    [{ url: 'https://shop.example/' }, /^invalid: TLS is not carried yet/],
    [{ url: `http://${HOST}:99999/` }, /^invalid: the URL's port/],
    [{ url: `http://${'a'.repeat(64)}.example/` }, /^invalid: the URL's host/],
    [{ method: 'G T' }, /^invalid: no method/],
    [{ headers: ['x'] }, /^invalid: a header is not of the form/],
    [{ headers: ['x: 1\r\nhost: other'] }, /^invalid: a header is not of the form/],
  ];
  for (const [wish, message] of rows) assert.match(refusal(wish), message);
  const both = explainerOf(guarded(sample, {}))({
    vpcId: 'vpc-1',
    method: 'GET',
    url: `http://${HOST}/`,
    headers: ['Authorization: x'],
    as: user.arn,
  });
  assert.ok('failure' in both && /do not go together/.test(both.message));
});
