// What answers say about a name.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encode, type Answer } from 'dns-packet';
import { encodeQuestion, fixedAddresses, readAddresses } from './resolve-name.ts';
import { parseQuery } from './message.ts';

const answer = (answers: Answer[], flags = 0): Buffer => encode({ type: 'response', id: 0, flags, answers });

test('readAddresses() takes all addresses and the shortest time to live on the way to them', () => {
  const bytes = answer([
    { type: 'CNAME', name: 'lb.test', ttl: 30, data: 'real.test' },
    { type: 'A', name: 'real.test', ttl: 60, data: '10.0.0.1' },
    { type: 'A', name: 'real.test', ttl: 60, data: '10.0.0.2' },
  ]);
  assert.deepEqual(readAddresses(bytes), { addresses: ['10.0.0.1', '10.0.0.2'], ttl: 30 });
});

test('readAddresses() takes neither an error nor an answer without addresses', () => {
  const record: Answer = { type: 'A', name: 'lb.test', ttl: 60, data: '10.0.0.1' };
  assert.equal(readAddresses(answer([record], 3)), undefined);
  assert.equal(readAddresses(answer([])), undefined);
  assert.equal(readAddresses(answer([{ type: 'CNAME', name: 'lb.test', ttl: 30, data: 'real.test' }])), undefined);
});

test('fixedAddresses() knows addresses and localhost', () => {
  assert.deepEqual(fixedAddresses('10.0.0.1')?.addresses, ['10.0.0.1']);
  assert.deepEqual(fixedAddresses('LocalHost')?.addresses, ['127.0.0.1']);
  assert.equal(fixedAddresses('localhost.test'), undefined);
});

test('encodeQuestion() is a question that we answer ourselves', () => {
  const parsed = parseQuery(encodeQuestion('Lb.Test'));
  assert.ok(parsed.kind === 'query');
  assert.deepEqual([parsed.query.key, parsed.query.type], ['\u0002lb\u0004test', 1]);
});
