// The rule index against the plain way: trying every rule in order.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { foldCase, headerMatches, prepareHeader } from './header-match.ts';
import { compileRules, findRule, type Routable, type RuleMatch, type RuleMismatch } from './rule-index.ts';

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
const valueArb = fc.oneof(
  fc.constantFrom('x', 'X', 'xy', 'yx', 'z', 'É', 'éX', 'xyzé'),
  fc.array(fc.constantFrom('x', 'X', 'y', 'É', 'é'), { minLength: 1, maxLength: 8 }).map((parts) => parts.join('')),
);
/** As values come on the wire. */
const wireArb = valueArb.map((value) => Buffer.from(value).toString('latin1'));
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
      fc.dictionary(fc.constantFrom('h1', 'h2'), wireArb),
      (rules, method, path, headers) => {
        const of = request(method, path, headers);
        assert.equal(findRule(compileRules(rules), of), plainFind(rules, of));
      },
    ),
    { numRuns: 1500 },
  );
});

test('findRule() tells a recorder of every rule up to the one it finds, and of each the first part that does not match', () => {
  const told = (
    rules: readonly { readonly match: RuleMatch }[],
    of: Routable,
  ): readonly (RuleMismatch | undefined)[] => {
    const heard: (RuleMismatch | undefined)[] = [];
    const found = findRule(compileRules(rules), of, (rule, failed) => {
      assert.equal(rule, rules[heard.length]);
      heard.push(failed);
    });
    assert.equal(found, plainFind(rules, of));
    return heard;
  };
  fc.assert(
    fc.property(
      fc.array(fc.record({ match: matchArb }), { maxLength: 8 }),
      fc.constantFrom('GET', 'POST'),
      pathArb,
      fc.dictionary(fc.constantFrom('h1', 'h2'), wireArb),
      (rules, method, path, headers) => {
        const of = request(method, path, headers);
        const heard = told(rules, of);
        const found = plainFind(rules, of);
        assert.equal(heard.length, found === undefined ? rules.length : rules.findIndex((one) => one === found) + 1);
        heard.forEach((failed, i) => {
          const { match } = rules[i] ?? { match: {} };
          assert.equal(failed === undefined, rules[i] === found);
          // All before the part that failed matches, and it alone does not.
          const { path: where, method: how } = match;
          const before = {
            ...(failed?.part !== 'path' && where && { path: where }),
            ...(failed?.part === 'header' && how !== undefined && { method: how }),
          };
          assert.ok(failed === undefined || plainFind([{ match: before }], of) !== undefined);
          const alone: RuleMatch | undefined =
            failed === undefined
              ? undefined
              : failed.part === 'path'
                ? { path: failed.expected }
                : failed.part === 'method'
                  ? { method: failed.expected }
                  : { headers: [failed.expected] };
          assert.ok(alone === undefined || plainFind([{ match: alone }], of) === undefined);
        });
      },
    ),
    { numRuns: 500 },
  );
});

test('findRule() finds the same among many conditions on one header', () => {
  const alphabet = fc.array(fc.constantFrom('a', 'B', 'c', '-', '1'), { minLength: 1, maxLength: 5 });
  const header = fc.record({
    name: fc.constant('h1'),
    kind: fc.constantFrom('exact' as const, 'prefix' as const, 'contains' as const),
    value: alphabet.map((parts) => parts.join('')),
    caseSensitive: fc.boolean(),
  });
  fc.assert(
    fc.property(
      fc.array(header, { minLength: 30, maxLength: 80 }),
      fc.array(fc.constantFrom('a', 'b', 'B', 'c', 'C', '-', '1'), { maxLength: 40 }),
      (headers, parts) => {
        const rules = headers.map((one) => ({ match: { headers: [one] } }));
        const of = request('GET', '/', { h1: parts.join('') });
        assert.equal(findRule(compileRules(rules), of), plainFind(rules, of));
      },
    ),
    { numRuns: 300 },
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
