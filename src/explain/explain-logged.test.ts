// Requests of the access log: what is told of them, and that it is what became of them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HeadReader, openRequest, createWorldCompiler, decide } from '../proxy/request/index.ts';
import { sampleSnapshot } from '../proxy/snapshot-sample.ts';
import type { Snapshot } from '../snapshot/index.ts';
import type { LoggedRequest } from '../telemetry/index.ts';
import { explainLogged, type LoggedExplanation } from './explain-logged.ts';
import { guarded, HOST, limits, NOW, randomSnapshot, user, wordsOfPaths, type SampleRule } from './explain-sample.ts';

const rules: readonly SampleRule[] = [
  {
    id: 'canary',
    match: { headers: [{ name: 'x-canary', kind: 'exact', value: 'yes', caseSensitive: true }] },
    action: { kind: 'fixed', status: 410 },
  },
  {
    id: 'curl',
    match: { headers: [{ name: 'user-agent', kind: 'prefix', value: 'curl', caseSensitive: true }] },
    action: { kind: 'fixed', status: 418 },
  },
  { id: 'default', match: {}, action: { kind: 'forward', targetGroups: [{ id: 'tg-1', weight: 1 }] } },
];
const sample = sampleSnapshot(80, rules, { 'tg-1': [1, 2] }, 7);

/** The record of a request to the sample's service, from the one address of a client. */
function logged(more: Partial<LoggedRequest> = {}, snapshot = sample): LoggedRequest {
  const [service] = snapshot.services.values();
  const [network] = snapshot.networks.values();
  assert.ok(service !== undefined && network !== undefined);
  return {
    ...{ requestId: 'id', startTime: new Date(NOW).toISOString(), method: 'GET', path: '/a?b=c', host: HOST },
    ...{ protocol: 'HTTP/1.1', status: 200, duration: 3, client: '10.0.1.10:4000', revision: 7, vpc: 'vpc-1' },
    ...{ serviceNetworkArn: network.arn, serviceArn: service.arn, listener: 'listener-1' },
    ...more,
  };
}

function explain(request: LoggedRequest, snapshot: Snapshot | undefined = sample): LoggedExplanation {
  return explainLogged(request, snapshot, {
    limits,
    findName: (name) => (name === HOST ? { kind: 'addresses', v4: ['127.190.0.1'], v6: [] } : { kind: 'forwarded' }),
  });
}

const allow = (more: object = {}): object => ({ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*', ...more });
const aboutHeader = (key: string): object => ({ Condition: { StringEquals: { [key]: 'x' } } });

test('the steps are those of the request, without what only holds for requests that are still to come', () => {
  const { explanation, agrees, unknown, problem } = explain(logged({ rule: 'default', target: '10.0.1.20:80' }));
  assert.equal(problem, undefined);
  assert.deepEqual(
    explanation?.steps.map(({ kind }) => kind),
    ['name', 'door', 'listener', 'caller', 'policies', 'policies', 'rules', 'targets'],
  );
  assert.ok(explanation?.verdict.kind === 'forward' && agrees === true);
  assert.deepEqual(explanation.verdict.targetGroups, [{ id: 'tg-1', type: 'IP', weight: 1, share: 100, targets: [] }]);
  assert.deepEqual(unknown, ['header x-canary, which rule canary asks for', 'the health of targets at that time']);
});

test('a rule about a header that the log does not have is believed to have matched when the log names it', () => {
  const { explanation, agrees } = explain(logged({ rule: 'canary', status: 410 }));
  assert.ok(agrees === true);
  assert.deepEqual(explanation?.verdict, { kind: 'answer', status: 410, text: '', rule: 'canary' });
  const step = explanation.steps.find(({ kind }) => kind === 'rules');
  assert.deepEqual(step, { kind: 'rules', rules: [{ id: 'canary', matches: true, by: 'log' }] });
});

test('Host and User-Agent are known to rules', () => {
  const { explanation, agrees } = explain(logged({ rule: 'curl', status: 418, userAgent: 'curl/8' }));
  assert.deepEqual([explanation?.verdict.kind, agrees], ['answer', true]);
  assert.equal(explain(logged({ rule: 'curl', status: 418, userAgent: 'wget' })).agrees, false);
});

test('a statement about what the log does not have cannot be told, unless another part decides it', () => {
  const statements = [
    allow(aboutHeader('vpc-lattice-svcs:RequestHeader/x-team')),
    allow({ ...aboutHeader('vpc-lattice-svcs:RequestHeader/x-team'), Resource: 'arn:aws:s3:::b' }),
    allow(aboutHeader('aws:Referer')),
    allow(aboutHeader('vpc-lattice-svcs:RequestHeader/User-Agent')),
    allow(aboutHeader('aws:UserAgent')),
  ];
  const { explanation, agrees, unknown } = explain(
    logged({ rule: 'default' }),
    guarded(sample, { service: statements }),
  );
  const [policy] = (explanation?.steps ?? []).flatMap((step) => (step.kind === 'policies' ? step.policies : []));
  assert.deepEqual(
    policy?.statements.map((one) => [one.applies, one.unknown, one.failed?.element]),
    [
      [false, ['vpc-lattice-svcs:requestheader/x-team'], undefined],
      [false, undefined, 'Resource'],
      [false, ['aws:referer'], undefined],
      [false, undefined, 'StringEquals vpc-lattice-svcs:RequestHeader/User-Agent'],
      [false, undefined, 'StringEquals aws:UserAgent'],
    ],
  );
  assert.equal(agrees, false);
  assert.equal(unknown.length, 2);
});

test('the caller is whom the log names, at the time of the log, with the tags that it has', () => {
  const snapshot = guarded(sample, {
    service: [
      allow({
        Condition: {
          StringEquals: { 'aws:PrincipalTag/te;am': 'red;1' },
          DateEquals: { 'aws:CurrentTime': new Date(NOW).toISOString() },
        },
      }),
    ],
  });
  const who = { caller: user.arn, resolvedUser: user.arn, rule: 'default' };
  assert.equal(explain(logged({ ...who, callerTags: 'te\\;am=red\\;1;b=;' }), snapshot).agrees, true);
  const other = explain(logged({ ...who, callerTags: 'team=blue;' }), snapshot);
  assert.equal(other.explanation?.verdict.kind, 'answer');
  const session = 'arn:aws:sts::123456789012:assumed-role/orders/s1';
  const asRole = explain(
    logged({ caller: session, resolvedUser: session, status: 403, authDeniedReason: 'Service' }),
    snapshot,
  );
  assert.deepEqual(
    [asRole.agrees, asRole.unknown],
    [true, [`the policies that the session ${session} was given when it began`]],
  );
  const gone = 'arn:aws:iam::123456789012:user/gone';
  assert.match(explain(logged({ caller: gone }), snapshot).problem ?? '', /there was no principal arn:/);
});

test('a signature that was refused is told as such', () => {
  const { explanation, agrees, unknown } = explain(
    logged({ resolvedUser: 'Unknown', status: 403, authDeniedReason: 'Identity' }),
  );
  assert.deepEqual([explanation?.verdict.kind, agrees], ['answer', true]);
  assert.deepEqual(unknown, ['the signature, and so why it was refused']);
});

test('a request to a name or port of none is explained as far as it came', () => {
  const { serviceArn: _, listener: _listener, ...bare } = logged();
  const { explanation, agrees } = explain({ ...bare, status: 404, host: 'other' });
  assert.deepEqual([explanation?.verdict.kind, agrees], ['answer', true]);
});

test('without the snapshot, with another one, or of what could not be read, it says so', () => {
  assert.match(
    explainLogged(logged(), undefined, { limits, findName: () => ({ kind: 'absent' }) }).problem ?? '',
    /revision 7, .* is not kept any more/,
  );
  for (const more of [
    { vpc: 'vpc-2' },
    { listener: 'listener-2' },
    { serviceArn: 'arn:x/svc-2' },
    { serviceNetworkArn: 'arn:x/sn-2' },
  ])
    assert.match(explain(logged(more)).problem ?? '', /not those of then/, JSON.stringify(more));
  const { method: _, path: _path, ...unread } = logged({ status: 400 });
  assert.match(explain(unread).problem ?? '', /could not be read/);
});

const requestArb = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT'),
  path: fc.array(wordsOfPaths, { maxLength: 4 }).map((parts) => `/${parts.join('/')}`),
  header: fc.constantFrom('', 'h1: x\r\n', 'h2: xX\r\n', 'h1: y\r\n'),
});

test('explanations end as requests did, or say what they would need to know', () => {
  const seen = { agrees: 0, differs: 0 };
  fc.assert(
    fc.property(
      randomSnapshot((some) => sampleSnapshot(80, some, { 'tg-1': [1], 'tg-2': [2] }, 7)),
      requestArb,
      (snapshot, { method, path, header }) => {
        const text = `${method} ${path} HTTP/1.1\r\nhost: ${HOST}\r\n${header}\r\n`;
        const found = new HeadReader(limits).look(Buffer.from(text, 'latin1'));
        assert.ok(found.kind === 'whole');
        const request = openRequest(found.text, found.bytes, found.bodyStart, limits);
        if ('reason' in request) return;
        const entry = { vpcId: 'vpc-1', localAddress: '127.190.0.1', port: 80 };
        const world = createWorldCompiler(0).compile(snapshot);
        const client = { address: '10.0.1.10', secure: false, now: () => NOW };
        const decision = decide(world, entry, request.head, client);
        const { rule, listener } = decision;
        const record = logged(
          {
            ...{ method, path: request.head.target, status: decision.kind === 'answer' ? decision.status : 200 },
            ...(rule === undefined ? {} : { rule: rule.id }),
            ...(decision.kind === 'answer' && decision.denied !== undefined
              ? { authDeniedReason: decision.denied }
              : {}),
          },
          snapshot,
        );
        assert.ok(listener !== undefined);
        const explained = explain(record, snapshot);
        assert.equal(explained.problem, undefined);
        seen[explained.agrees === true ? 'agrees' : 'differs']++;
        if (explained.agrees !== true)
          assert.ok(
            explained.unknown.some((one) => /header/i.test(one)),
            JSON.stringify(explained),
          );
      },
    ),
    { numRuns: 1000 },
  );
  // A request whose header decided is rare here, and not in every run: one that differs has its own test above.
  assert.ok(seen.agrees > 50, JSON.stringify(seen));
});
