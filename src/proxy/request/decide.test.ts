// What happens to a request: door by address, service by Host, rule by priority, group by weight.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRequestHead } from '../http1/request-head.ts';
import { HOST, sampleClient, sampleSnapshot, type SampleRule } from '../snapshot-sample.ts';
import { createWorldCompiler } from '../world.ts';
import { decide, hostName, type Decision } from './decide.ts';

/** The address of the sample's one component on loopback. */
const address = '127.190.0.1';

const rules: readonly SampleRule[] = [
  {
    id: 'gone',
    match: { path: { kind: 'exact', value: '/gone', caseSensitive: true } },
    action: { kind: 'fixed', status: 410 },
  },
  {
    id: 'zero',
    match: { path: { kind: 'prefix', value: '/zero', caseSensitive: true } },
    action: { kind: 'forward', targetGroups: [{ id: 'tg-1', weight: 0 }] },
  },
  {
    id: 'canary',
    match: { method: 'POST', headers: [{ name: 'x-canary', kind: 'exact', value: 'yes', caseSensitive: false }] },
    action: { kind: 'forward', targetGroups: [{ id: 'tg-2', weight: 1 }] },
  },
  {
    id: 'default',
    action: {
      kind: 'forward',
      targetGroups: [
        { id: 'tg-1', weight: 3 },
        { id: 'tg-2', weight: 1 },
      ],
    },
  },
];

function ask(text: string, entry: { vpcId?: string; localAddress?: string; port?: number } = {}, of = rules): Decision {
  const world = createWorldCompiler(0).compile(sampleSnapshot(80, of, { 'tg-1': [1], 'tg-2': [2] }, 7));
  const head = parseRequestHead(text);
  assert.ok(!('reason' in head));
  return decide(world, { vpcId: 'vpc-1', localAddress: address, port: 80, ...entry }, head, sampleClient);
}

const request = (line: string, host = HOST, lines = ''): string => `${line} HTTP/1.1\r\nhost: ${host}\r\n${lines}`;

function outcome(decision: Decision): string {
  return decision.kind === 'answer'
    ? `${decision.status} ${decision.reason}${decision.rule?.id ?? ''}`
    : `${decision.rule.id} ${decision.groupId} ${decision.position}`;
}

test('decide() takes the first rule that matches and its group', () => {
  assert.equal(outcome(ask(request('GET /gone'))), '410 gone');
  assert.equal(outcome(ask(request('GET /gone?x=1'))), '410 gone');
  assert.equal(outcome(ask(request('POST /a', HOST, 'X-Canary: YES\r\n'))), 'canary tg-2 0');
  assert.equal(outcome(ask(request('POST /a', HOST, 'X-Canary: no\r\n'))), 'default tg-1 0');
  assert.equal(outcome(ask(request('GET /zero'))), '503 every target group of the rule has weight 0zero');
});

test('decide() finds the service by Host without regard to case, port and final dot', () => {
  for (const host of [HOST, HOST.toUpperCase(), `${HOST}:80`, `${HOST}.`, `${HOST}.:8080`, `${HOST}:`])
    assert.equal(outcome(ask(request('GET /gone', host))), '410 gone', host);
  for (const host of ['', 'other', `x.${HOST}`, `${HOST}..`, `[::1]`, `[::1]:80`, address])
    assert.equal(outcome(ask(request('GET /gone', host))), '404 no service of this name in the service network', host);
  assert.equal(outcome(ask(`GET http://${HOST}/gone HTTP/1.1\r\nhost: other\r\n`)), '410 gone');
});

test('decide() answers 404 where nothing is offered', () => {
  const text = request('GET /');
  const nowhere = '404 no service network is reached at this address';
  assert.equal(outcome(ask(text, { vpcId: 'vpc-2' })), nowhere);
  assert.equal(outcome(ask(text, { localAddress: '127.190.0.2' })), nowhere);
  assert.equal(outcome(ask(text, { port: 81 })), '404 the service has no HTTP listener on this port');
  assert.equal(outcome(ask(text, {}, rules.slice(0, 1))), '404 no rule matches');
});

test('decide() says with each answer how far it came', () => {
  const decision = ask(request('GET /gone'));
  assert.deepEqual(
    [decision.door?.id, decision.listener?.record.id, decision.rule?.id],
    ['snva-1', 'listener-1', 'gone'],
  );
  const early = ask(request('GET /', 'other'));
  assert.deepEqual([early.door?.id, early.listener, early.rule], ['snva-1', undefined, undefined]);
});

test('hostName() keeps the brackets of an IPv6 literal', () => {
  assert.deepEqual(['[::1]', '[::1]:80', 'A:80', 'a.', 'a'].map(hostName), ['[::1]', '[::1]', 'a', 'a', 'a']);
});
