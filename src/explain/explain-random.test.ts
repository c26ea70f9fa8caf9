// Explanations against decisions: random requests, rules and auth policies, both by the hot path's own functions.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createWorldCompiler, decide, HeadReader, openRequest, type Decision } from '../proxy/request/index.ts';
import { signerArn, signLines, withSigner } from '../proxy/identity/signer-sample.ts';
import { sampleSnapshot } from '../proxy/snapshot-sample.ts';
import type { Snapshot } from '../snapshot/index.ts';
import type { Explanation } from './explanation.ts';
import type { ExplainQuestion } from '../base/explain-question.ts';
import { readQuestion } from './question.ts';
import { explainerOf, HOST, limits, NOW, randomSnapshot, user, wordsOfPaths } from './explain-sample.ts';

const snapshotArb = randomSnapshot((rules) => sampleSnapshot(80, rules, { 'tg-1': [1], 'tg-2': [2] }, 7));

const bounding = (Action: string, Condition: object = {}) => ({
  name: 'boundary',
  document: JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action, Resource: '*', Condition } }),
});

const questionArb = fc.record({
  signs: fc.boolean(),
  boundary: fc.constantFrom(
    undefined,
    bounding('*'),
    bounding('vpc-lattice-svcs:Invoke', { StringNotEquals: { 'vpc-lattice-svcs:RequestPath': '/a' } }),
    bounding('s3:*'),
  ),
  method: fc.constantFrom('GET', 'GET', 'GET', 'POST', 'POST', 'PUT', 'get', 'CONNECT'),
  path: fc.array(wordsOfPaths, { maxLength: 4 }).map((parts) => `/${parts.join('/')}`),
  query: fc.constantFrom('', '', '', '?x=1', '?X-Amz-Credential=a/vpc-lattice-svcs'),
  headers: fc.array(
    fc.constantFrom(
      'h1: x',
      'h1: x',
      'h2: x',
      'h2: xX',
      'h1: y',
      'h1: X',
      'h1: xy',
      'h2: É',
      'host: other',
      'connection: h1',
      'authorization: AWS4-HMAC-SHA256 x',
    ),
    { maxLength: 3 },
  ),
});

/** What a client gets, without which of several groups has its turn. */
function outcomeOf(decision: Decision): string {
  if (decision.kind === 'answer') return `${decision.status} ${decision.reason} ${decision.rule?.id ?? ''}`;
  return `${decision.rule.id} of ${decision.listener.record.id}`;
}

function explainedOutcome({ verdict }: Explanation, listener: string): string {
  if (verdict.kind === 'unreachable') return verdict.reason;
  if (verdict.kind === 'forward') return `${verdict.rule} of ${listener}`;
  return `${verdict.status} ${verdict.text} ${verdict.rule ?? ''}`;
}

/** The decision of the hot path, which records nothing, or why it refuses the head. */
function decideAsServed(
  question: ExplainQuestion,
  snapshot: Snapshot,
): Decision | { readonly status: number; readonly reason: string } {
  const read = readQuestion(question);
  assert.ok(!('problem' in read));
  const found = new HeadReader(limits).look(Buffer.from(read.head, 'latin1'));
  assert.ok(found.kind === 'whole');
  const request = openRequest(found.text, found.bytes, found.bodyStart, limits);
  if ('reason' in request) return request;
  const entry = { vpcId: 'vpc-1', localAddress: '127.190.0.1', port: 80 };
  const world = createWorldCompiler(0).compile(snapshot);
  return decide(world, entry, request.head, { address: '', secure: false, now: () => NOW });
}

test('explain tells what decide() decides, also of a principal whose signature it does not have', () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(snapshotArb, questionArb, (bare, { signs, boundary, method, path: anyPath, query, headers }) => {
      // Signers differ on paths that are written in more than one way.
      const path = signs ? anyPath.replace(/\.\.|(?<=\/)(?=\/)|%61/g, 'b') : anyPath;
      const { policies, tags } = user;
      const snapshot = withSigner(bare, NOW, { policies, tags, ...(boundary === undefined ? {} : { boundary }) });
      const ask = { vpcId: 'vpc-1', method, url: `http://${HOST}${path}${query}` };
      const own = signs ? headers.filter((line) => !/^(host|authorization):/.test(line)) : headers;
      const signature = signs
        ? signLines({ method, path: `${path}${query}`, now: NOW })
            .trimEnd()
            .split('\r\n')
        : [];
      const served = decideAsServed({ ...ask, headers: [...own, ...signature] }, snapshot);
      const questions = [
        { ...ask, headers: [...own, ...signature] },
        // Of two ways to sign a query the hot path knows one: who is named in the question does not sign.
        ...(signs && !query.includes('X-Amz') ? [{ ...ask, headers: own, as: signerArn }] : []),
      ];
      for (const question of questions) {
        const explained = explainerOf(snapshot)(question);
        assert.ok(!('failure' in explained), JSON.stringify(explained));
        const { verdict, steps } = explained;
        const kind = `${signs ? 'signed ' : ''}${verdict.kind === 'answer' ? verdict.status : verdict.kind}`;
        seen.set(kind, (seen.get(kind) ?? 0) + 1);
        if (verdict.kind === 'answer' && verdict.text.includes('no permissions boundary'))
          seen.set('boundary', (seen.get('boundary') ?? 0) + 1);
        if (!('kind' in served)) {
          assert.deepEqual(verdict, { kind: 'answer', status: served.status, text: served.reason });
          continue;
        }
        assert.equal(explainedOutcome(explained, 'listener-1'), outcomeOf(served));
        const rules = steps.find((step) => step.kind === 'rules');
        if (rules !== undefined) assert.equal(rules.rules.find(({ matches }) => matches)?.id, served.rule?.id);
        if (served.kind === 'forward')
          assert.ok(verdict.kind === 'forward' && verdict.targetGroups.some(({ id }) => id === served.groupId));
      }
    }),
    { numRuns: 1500 },
  );
  // What never comes to an end says nothing about it.
  for (const kind of ['forward', '403', '404', '410', 'signed forward', 'signed 403', 'boundary'])
    assert.ok((seen.get(kind) ?? 0) > 5, `${kind} was seen ${seen.get(kind) ?? 0} times`);
});
