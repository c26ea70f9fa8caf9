// The explanation of a served request as people read it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatLoggedExplanation } from './format-logged-explanation.ts';

const request = {
  ...{ requestId: 'id', startTime: '2026-01-02T03:04:05Z', method: 'GET', path: '/a', host: 'shop', status: 200 },
  ...{ protocol: 'HTTP/1.1', duration: 3, client: '10.0.1.10:4000', vpc: 'vpc-1', revision: 7, rule: 'rule-1' },
} as const;

test('formatLoggedExplanation() tells what the log has, the steps, and what is unknown', () => {
  const explanation = {
    ...{ revision: 7, vpc: 'vpc-1', method: 'GET', url: 'http://shop/a' },
    steps: [{ kind: 'name', name: 'shop', answer: 'absent', addresses: [] }],
    verdict: { kind: 'answer', status: 403, text: 'no' },
  } as const;
  const lines = formatLoggedExplanation({ request, explanation, agrees: false, unknown: ['header \u001b[31m'] });
  assert.deepEqual(lines.split('\n'), [
    'GET /a of 2026-01-02T03:04:05Z, revision 7',
    'request    id',
    'client     10.0.1.10:4000 of vpc-1, asked shop',
    'log        200 after 3 ms, by rule rule-1',
    'name       shop has no address in this VPC',
    'verdict    403 no',
    '           the log has another end: what is not recorded decided',
    'unknown    header \u{fffd}[31m',
    '',
  ]);
});

test('formatLoggedExplanation() says why there is nothing more than the log', () => {
  const { method: _, path: _path, host: _host, rule: _rule, ...unread } = request;
  assert.deepEqual(formatLoggedExplanation({ request: unread, problem: 'gone', unknown: [] }).split('\n'), [
    '- - of 2026-01-02T03:04:05Z, revision 7',
    'request    id',
    'client     10.0.1.10:4000 of vpc-1, asked -',
    'log        200 after 3 ms',
    'problem    gone',
    '',
  ]);
});
