// The rule index against the plain way: trying every rule in order.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  compileRules,
  findRule,
  foldCase,
  headerMatches,
  prepareHeader,
  type Routable,
  type RuleMatch,
} from './rule-index.ts';

function request(method: string, path: string, headers: Readonly<Record<string, string>> = {}): Routable {
  return {
    method,
    path,
    header(name) {
      const text = headers[name];
      return text === undefined ? undefined : { text, folded: foldCase(text) };
    },
  };
}

function plainFind(rules: readonly { match: RuleMatch }[], of: Routable): { match: RuleMatch } | undefined {
  return rules.find(({ match }) => {
    if (match.method !== undefined && match.method !== of.method) return false;
    if (match.path !== undefined) {
      const fold = (text: string): string => (match.path?.caseSensitive === true ? text : text.toLowerCase());
      const path = fold(of.path);
      const value = fold(match.path.value);
      if (match.path.kind === 'exact' ? path !== value : !path.startsWith(value)) return false;
    }
    return (match.headers ?? []).every((header) => headerMatches(prepareHeader(header), of.header(header.name)));
  });
}

const pathArb = fc.array(fc.constantFrom('a', 'A', 'b', '/'), { maxLength: 6 }).map((parts) => `/${parts.join('')}`);
const valueArb = fc.constantFrom('x', 'X', 'xy', 'yx', 'z');
const matchArb: fc.Arbitrary<RuleMatch> = fc.record(
  {
    method: fc.constantFrom('GET', 'POST'),
    path: fc.record({
      kind: fc.constantFrom('exact' as const, 'prefix' as const),
      value: pathArb,
      caseSensitive: fc.boolean(),
    }),
    headers: fc.array(
      fc.record({
        name: fc.constantFrom('h1', 'h2'),
        kind: fc.constantFrom('exact' as const, 'prefix' as const, 'contains' as const),
        value: valueArb,
        caseSensitive: fc.boolean(),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  },
  { requiredKeys: [] },
);

test('findRule() finds what trying every rule in order finds', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ match: matchArb }), { maxLength: 20 }),
      fc.constantFrom('GET', 'POST', 'get'),
      pathArb,
      fc.dictionary(fc.constantFrom('h1', 'h2'), valueArb),
      (rules, method, path, headers) => {
        const of = request(method, path, headers);
        assert.equal(findRule(compileRules(rules), of), plainFind(rules, of));
      },
    ),
    { numRuns: 500 },
  );
});

test('findRule() takes the first in order, not the longer prefix', () => {
  const rules = [
    { id: 'short', match: { path: { kind: 'prefix' as const, value: '/a', caseSensitive: true } } },
    { id: 'long', match: { path: { kind: 'prefix' as const, value: '/a/b', caseSensitive: true } } },
  ];
  assert.equal(findRule(compileRules(rules), request('GET', '/a/b/c'))?.id, 'short');
});

test('findRule() tells /a from /a/ in an exact match', () => {
  const rules = [{ match: { path: { kind: 'exact' as const, value: '/a', caseSensitive: false } } }];
  assert.equal(findRule(compileRules(rules), request('GET', '/A')), rules[0]);
  assert.equal(findRule(compileRules(rules), request('GET', '/a/')), undefined);
});

test('foldCase() makes ASCII letters small and leaves bytes of UTF-8 alone', () => {
  assert.equal(foldCase('A-Zz09'), 'a-zz09');
  assert.equal(foldCase('\xc3\x89A'), '\xc3\x89a');
});
