// Explanations against decisions: random requests, rules and auth policies, both by the hot path's own functions.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createWorldCompiler, decide, HeadReader, openRequest, type Decision } from '../proxy/request/index.ts';
import { sampleSnapshot } from '../proxy/snapshot-sample.ts';
import { findCaller } from './find-caller.ts';
import type { Explanation } from './explanation.ts';
import { readQuestion } from './question.ts';
import { explainerOf, limits, NOW, randomSnapshot, user, wordsOfPaths } from './explain-sample.ts';

const snapshotArb = randomSnapshot((rules) => sampleSnapshot(80, rules, { 'tg-1': [1], 'tg-2': [2] }, 7));

const questionArb = fc.record({
  as: fc.constantFrom(undefined, user.arn),
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

test('explain tells what decide() decides', () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(snapshotArb, questionArb, (snapshot, { as, method, path, query, headers }) => {
      const signed = headers.some((line) => line.startsWith('authorization'));
      const url = `http://shop.example${path}${query}`;
      const question = { vpcId: 'vpc-1', method, url, headers, ...(as === undefined || signed ? {} : { as }) };
      const explained = explainerOf(snapshot)(question);
      assert.ok(!('failure' in explained), JSON.stringify(explained));

      const read = readQuestion(question);
      assert.ok(!('problem' in read));
      const found = new HeadReader(limits).look(Buffer.from(read.head, 'latin1'));
      assert.ok(found.kind === 'whole');
      const request = openRequest(found.text, found.bytes, found.bodyStart, limits);
      const kind = explained.verdict.kind === 'answer' ? String(explained.verdict.status) : explained.verdict.kind;
      seen.set(kind, (seen.get(kind) ?? 0) + 1);
      if ('reason' in request) {
        assert.equal(explainedOutcome(explained, ''), `${request.status} ${request.reason} `);
        return;
      }
      // The principal's signature cannot be guessed: it stands in its place, as nothing else records.
      const world = createWorldCompiler(0).compile(snapshot);
      const caller = question.as === undefined ? undefined : findCaller(world, question.as, NOW);
      const decision = decide(
        world,
        { vpcId: 'vpc-1', localAddress: '127.190.0.1', port: 80 },
        request.head,
        { address: '', secure: false, now: () => NOW },
        caller === undefined ? undefined : { caller, service: () => {}, policy: () => {}, rule: () => {} },
      );
      assert.equal(explainedOutcome(explained, 'listener-1'), outcomeOf(decision));
      const rules = explained.steps.find((step) => step.kind === 'rules');
      if (rules !== undefined) assert.equal(rules.rules.find(({ matches }) => matches)?.id, decision.rule?.id);
      if (decision.kind === 'forward')
        assert.ok(
          explained.verdict.kind === 'forward' &&
            explained.verdict.targetGroups.some(({ id }) => id === decision.groupId),
        );
    }),
    { numRuns: 1500 },
  );
  // One that only ever sees one of them says nothing.
  for (const kind of ['forward', '403', '404', '410'])
    assert.ok((seen.get(kind) ?? 0) > 5, `${kind} was seen ${seen.get(kind) ?? 0} times`);
});
