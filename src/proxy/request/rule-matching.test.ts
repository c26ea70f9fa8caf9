// Which requests a rule matches, point by point (docs/parity.md has the choices where AWS's documentation is silent).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HeaderMatch, RuleMatch } from '../../routing/index.ts';
import { parseRequestHead } from '../http1/request-head.ts';
import { HOST, sampleClient, sampleSnapshot } from '../snapshot-sample.ts';
import { createWorldCompiler } from '../world.ts';
import { decide } from './decide.ts';

/** Whether a rule with `match` takes the request that begins with `line` and has `lines`. */
function takes(match: RuleMatch, line: string, ...lines: readonly string[]): boolean {
  const rules = [
    { id: 'asked', match, action: { kind: 'fixed' as const, status: 200 } },
    { id: 'default', action: { kind: 'fixed' as const, status: 404 } },
  ];
  const head = parseRequestHead([`${line} HTTP/1.1`, `host: ${HOST}`, ...lines, ''].join('\r\n'));
  assert.ok(!('reason' in head), line);
  const world = createWorldCompiler(0).compile(sampleSnapshot(80, rules, {}, 1));
  const decision = decide(world, { vpcId: 'vpc-1', localAddress: '127.190.0.1', port: 80 }, head, sampleClient);
  assert.ok(decision.kind === 'answer');
  return decision.status === 200;
}

const path = (kind: 'exact' | 'prefix', value: string, caseSensitive = false): RuleMatch => ({
  path: { kind, value, caseSensitive },
});
const header = (kind: HeaderMatch['kind'], value: string, caseSensitive = false, name = 'x-a'): RuleMatch => ({
  headers: [{ name, kind, value, caseSensitive }],
});

test('a method is matched exactly', () => {
  assert.ok(takes({ method: 'GET' }, 'GET /'));
  assert.ok(!takes({ method: 'GET' }, 'get /'));
  assert.ok(!takes({ method: 'GET' }, 'HEAD /'));
  assert.ok(takes({ method: 'BREW' }, 'BREW /'));
});

test('an exact path is the whole path, its slash at the end too', () => {
  assert.ok(takes(path('exact', '/a'), 'GET /a'));
  assert.ok(!takes(path('exact', '/a'), 'GET /a/'));
  assert.ok(!takes(path('exact', '/a/'), 'GET /a'));
  assert.ok(!takes(path('exact', '/a'), 'GET /ab'));
  assert.ok(!takes(path('exact', '/a'), 'GET //a'));
  assert.ok(takes(path('exact', '/'), 'GET /'));
});

test('a prefix is a prefix of the text, not of segments', () => {
  assert.ok(takes(path('prefix', '/a'), 'GET /a'));
  assert.ok(takes(path('prefix', '/a'), 'GET /a/b'));
  assert.ok(takes(path('prefix', '/a'), 'GET /ab'));
  assert.ok(!takes(path('prefix', '/a/'), 'GET /a'));
  assert.ok(takes(path('prefix', '/a/'), 'GET /a/'));
  assert.ok(takes(path('prefix', '/'), 'GET /anything'));
});

test('case counts in a path only where caseSensitive says so', () => {
  for (const kind of ['exact', 'prefix'] as const) {
    assert.ok(takes(path(kind, '/Ab'), 'GET /aB'));
    assert.ok(!takes(path(kind, '/Ab', true), 'GET /aB'));
    assert.ok(takes(path(kind, '/Ab', true), 'GET /Ab'));
  }
});

test('the query takes no part, and a rule whose path has one matches nothing', () => {
  assert.ok(takes(path('exact', '/a'), 'GET /a?b=c'));
  assert.ok(takes(path('exact', '/a'), 'GET /a?'));
  assert.ok(!takes(path('prefix', '/a/b'), 'GET /a?/b'));
  assert.ok(!takes(path('exact', '/a?b=c'), 'GET /a?b=c'));
  assert.ok(!takes(path('prefix', '/a?'), 'GET /a?b=c'));
});

test('a path is matched as it was sent: escapes are not decoded, dots and double slashes stay', () => {
  assert.ok(!takes(path('exact', '/a'), 'GET /%61'));
  assert.ok(takes(path('exact', '/%61'), 'GET /%61'));
  assert.ok(takes(path('exact', '/a%2fb'), 'GET /a%2Fb'));
  assert.ok(!takes(path('exact', '/a%2fb', true), 'GET /a%2Fb'));
  assert.ok(!takes(path('prefix', '/a/b'), 'GET /a%2Fb'));
  assert.ok(!takes(path('exact', '/b'), 'GET /a/../b'));
  assert.ok(takes(path('prefix', '/a'), 'GET /a/../b'));
  assert.ok(!takes(path('exact', '/a/b'), 'GET /a//b'));
  assert.ok(!takes(path('exact', '/a'), 'GET /a;b'));
});

test('of an absolute target the path is matched, and OPTIONS * has none', () => {
  assert.ok(takes(path('exact', '/a'), `GET http://${HOST}/a?b`));
  assert.ok(takes(path('exact', '/'), `GET http://${HOST}`));
  assert.ok(!takes(path('prefix', '/'), 'OPTIONS *'));
  assert.ok(takes({ method: 'OPTIONS' }, 'OPTIONS *'));
});

test("a header's name has no case, and its value is what stands between the blanks", () => {
  assert.ok(takes(header('exact', 'b c'), 'GET /', 'X-A: \t b c\t'));
  assert.ok(!takes(header('exact', 'b'), 'GET /', 'x-ab: b'));
  assert.ok(!takes(header('contains', 'b'), 'GET /'));
  assert.ok(!takes(header('prefix', 'b'), 'GET /', 'x-a:'));
});

test('exact, prefix and contains compare the value, without case unless caseSensitive says so', () => {
  assert.ok(takes(header('exact', 'AbC'), 'GET /', 'x-a: aBc'));
  assert.ok(!takes(header('exact', 'abc'), 'GET /', 'x-a: abcd'));
  assert.ok(takes(header('prefix', 'AB'), 'GET /', 'x-a: abc'));
  assert.ok(!takes(header('prefix', 'bc'), 'GET /', 'x-a: abc'));
  assert.ok(takes(header('contains', 'B'), 'GET /', 'x-a: abc'));
  assert.ok(!takes(header('contains', 'x'), 'GET /', 'x-a: abc'));
  for (const kind of ['exact', 'prefix', 'contains'] as const) {
    assert.ok(!takes(header(kind, 'aBc', true), 'GET /', 'x-a: abc'));
    assert.ok(takes(header(kind, 'aBc', true), 'GET /', 'x-a: aBc'));
  }
});

test('a repeated header is its values joined by a comma and a space', () => {
  assert.ok(takes(header('exact', 'b, c'), 'GET /', 'x-a: b', 'y: z', 'X-A: c'));
  assert.ok(takes(header('exact', 'b, c'), 'GET /', 'x-a: b, c'));
  assert.ok(!takes(header('exact', 'b'), 'GET /', 'x-a: b', 'x-a: c'));
  assert.ok(takes(header('prefix', 'b'), 'GET /', 'x-a: b', 'x-a: c'));
  assert.ok(!takes(header('prefix', 'c'), 'GET /', 'x-a: b', 'x-a: c'));
  assert.ok(takes(header('contains', 'c'), 'GET /', 'x-a: b', 'x-a: c'));
});

test('beyond ASCII a value is the bytes of its UTF-8, and has no case', () => {
  const wire = (text: string): string => Buffer.from(text).toString('latin1');
  assert.ok(takes(header('exact', 'Jürgen'), 'GET /', `x-a: ${wire('JüRGEN')}`));
  assert.ok(!takes(header('exact', 'jürgen'), 'GET /', `x-a: ${wire('JÜRGEN')}`));
  assert.ok(!takes(header('exact', 'jürgen'), 'GET /', 'x-a: j\xfcrgen'));
  assert.ok(!takes(header('contains', '\u00e9'), 'GET /', 'x-a: \xe3\xa9'));
});

test('headers are matched as the client sent them, those too that end at the proxy; Host is the one that counts', () => {
  assert.ok(takes(header('exact', 'close', false, 'connection'), 'GET /', 'Connection: close'));
  assert.ok(takes(header('prefix', '1.2', false, 'x-forwarded-for'), 'GET /', 'x-forwarded-for: 1.2.3.4'));
  assert.ok(takes(header('exact', HOST, false, 'host'), 'GET /'));
  assert.ok(takes(header('exact', `${HOST}:80`, false, 'host'), `GET http://${HOST}:80/`));
});

test('every part must match, every header too', () => {
  const match: RuleMatch = {
    method: 'POST',
    ...path('prefix', '/a'),
    headers: [...(header('exact', 'b').headers ?? []), ...(header('exact', 'd', false, 'x-c').headers ?? [])],
  };
  assert.ok(takes(match, 'POST /a', 'x-c: d', 'x-a: b'));
  assert.ok(!takes(match, 'GET /a', 'x-c: d', 'x-a: b'));
  assert.ok(!takes(match, 'POST /b', 'x-c: d', 'x-a: b'));
  assert.ok(!takes(match, 'POST /a', 'x-c: d'));
  assert.ok(!takes(match, 'POST /a', 'x-c: e', 'x-a: b'));
  assert.ok(takes({}, 'GET /'));
});
