// Evaluation of random policies against an evaluator written as plainly as possible.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { evaluatePolicy } from './evaluate.ts';
import type { KeyValue, PolicyRequest, Principal } from './request.ts';
import { compiled, role, user } from './sample.ts';

const effectOf = (statements: unknown, request: PolicyRequest): string =>
  evaluatePolicy(compiled(statements), request).effect;

type Keys = Readonly<Record<string, KeyValue>>;

const arbitraryPattern = fc.constantFrom('*', 'a*', '*b', 'a?b', 'ab', 'a', 'b', '?');
const arbitraryCondition = fc.record({
  operator: fc.constantFrom(
    'StringEquals',
    'StringNotEquals',
    'StringLike',
    'StringNotLike',
    'Null',
    'NumericLessThan',
    'Bool',
  ),
  set: fc.constantFrom('', 'ForAnyValue:', 'ForAllValues:'),
  ifExists: fc.boolean(),
  key: fc.constantFrom('k:one', 'k:many', 'k:none', 'aws:PrincipalAccount'),
  values: fc.array(fc.constantFrom('a', 'b', 'ab', 'a*', '?', '111122223333', '${k:one}', "${k:none, 'a'}"), {
    minLength: 1,
    maxLength: 3,
  }),
});
type RandomCondition = typeof arbitraryCondition extends fc.Arbitrary<infer T> ? T : never;
const arbitraryStatement = fc.record({
  effect: fc.constantFrom('Allow', 'Deny'),
  principal: fc.constantFrom<'*' | { readonly AWS: string | readonly string[] } | { readonly Service: string }>(
    '*',
    { AWS: '*' },
    { AWS: [user.arn, '*'] },
    { Service: '*' },
    { AWS: '111122223333' },
    { AWS: role.issuerArn },
    { AWS: user.arn },
    { AWS: '444455556666' },
  ),
  notPrincipal: fc.boolean(),
  action: fc.array(fc.constantFrom('x:A', 'x:B', 'x:*', 'y:A', '*'), { minLength: 1, maxLength: 2 }),
  notAction: fc.boolean(),
  resource: fc.array(
    fc.oneof(
      { weight: 4, arbitrary: arbitraryPattern.map((pattern) => `arn:r:${pattern}`) },
      { weight: 1, arbitrary: fc.constant('*') },
    ),
    { minLength: 1, maxLength: 2 },
  ),
  notResource: fc.boolean(),
  conditions: fc.array(arbitraryCondition, { maxLength: 2 }),
});
type RandomStatement = typeof arbitraryStatement extends fc.Arbitrary<infer T> ? T : never;
const arbitraryRequest = fc.record({
  principal: fc.constantFrom<Principal>(role, user, { kind: 'anonymous' }),
  action: fc.constantFrom('x:A', 'x:B', 'y:A', 'X:a'),
  resource: fc.constantFrom('arn:r:a', 'arn:r:ab', 'arn:r:aab', 'arn:r:b'),
  keys: fc.record({
    'k:one': fc.constantFrom<KeyValue>('a', 'b', 'ab', '3', undefined),
    'k:many': fc.constantFrom<KeyValue>(['a'], ['a', 'b'], [], undefined),
  }),
});

const writtenOperator = ({ operator, set, ifExists }: RandomCondition): string =>
  `${set}${operator}${ifExists && operator !== 'Null' ? 'IfExists' : ''}`;

/** What an operator takes of `values`. */
function valuesFor({ operator, values }: RandomCondition): readonly string[] {
  if (operator === 'Null' || operator === 'Bool') return values.map((value) => String(value.length % 2 === 0));
  return operator === 'NumericLessThan' ? values.map((value) => String(value.length)) : values;
}

function documentOf(statements: readonly RandomStatement[]) {
  return statements.map((one) => ({
    Effect: one.effect,
    [one.notPrincipal ? 'NotPrincipal' : 'Principal']: one.principal,
    [one.notAction ? 'NotAction' : 'Action']: one.action,
    [one.notResource ? 'NotResource' : 'Resource']: one.resource,
    Condition: Object.fromEntries(
      // One block has each operator once: the last of the same one counts here and below.
      one.conditions.map((condition) => [writtenOperator(condition), { [condition.key]: valuesFor(condition) }]),
    ),
  }));
}

const globbed = (pattern: string, text: string): boolean =>
  new RegExp(
    `^${pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  ).test(text);

function naiveCondition(condition: RandomCondition, request: PolicyRequest): boolean {
  const { operator, set, key } = condition;
  const own: Keys = 'account' in request.principal ? { 'aws:PrincipalAccount': request.principal.account } : {};
  const found = own[key] ?? request.key(key);
  const seen = found === undefined ? [] : typeof found === 'string' ? [found] : found;
  const values = valuesFor(condition);
  if (operator === 'Null') return values.includes(String(seen.length === 0));
  const fill = (value: string): string | undefined => {
    if (value === '${k:one}')
      return typeof request.key('k:one') === 'string' ? (request.key('k:one') as string) : undefined;
    return value.startsWith('${') ? 'a' : value;
  };
  const negated = operator.includes('Not');
  const one = (text: string): boolean =>
    values.some((value) => {
      const filled = fill(value);
      if (filled === undefined) return false;
      if (operator === 'NumericLessThan') return text !== '' && Number(text) < Number(filled);
      if (operator === 'Bool') return text.toLowerCase() === filled;
      return operator.endsWith('Like') ? globbed(filled, text) : filled === text;
    }) !== negated;
  if (seen.length === 0) return condition.ifExists || set === 'ForAllValues:' || (set === '' && negated);
  return set === 'ForAllValues:' || (set === '' && negated) ? seen.every(one) : seen.some(one);
}

function naiveEffect(statements: readonly RandomStatement[], request: PolicyRequest): string {
  const { principal: who } = request;
  const applies = (one: RandomStatement): boolean => {
    const names = 'arn' in who ? [who.arn, who.issuerArn, who.account] : [];
    // A denial of everyone else leaves out no session that it does not name with its role: it has one name here.
    const left = one.effect === 'Deny' && one.notPrincipal ? names.filter((name) => name === user.arn) : names;
    const named = typeof one.principal === 'string' ? ['*'] : 'AWS' in one.principal ? [one.principal.AWS].flat() : [];
    const principal = named.includes('*') || left.some((name) => named.includes(name));
    const action = one.action.some((pattern) => globbed(pattern.toLowerCase(), request.action.toLowerCase()));
    const resource = one.resource.some((pattern) => globbed(pattern, request.resource));
    const conditions = new Map(one.conditions.map((condition) => [writtenOperator(condition), condition]));
    return (
      principal !== one.notPrincipal &&
      action !== one.notAction &&
      resource !== one.notResource &&
      [...conditions.values()].every((condition) => naiveCondition(condition, request))
    );
  };
  const effects = statements.filter(applies).map(({ effect }) => effect);
  if (effects.includes('Deny')) return 'Deny';
  return effects.includes('Allow') ? 'Allow' : 'None';
}

const requestOf = ({
  keys,
  ...rest
}: typeof arbitraryRequest extends fc.Arbitrary<infer T> ? T : never): PolicyRequest => ({
  ...rest,
  key: (name) => (keys as Keys)[name],
});

test('the compiled form says what an evaluator says that goes through the document itself', () => {
  const effects = new Set<string>();
  fc.assert(
    fc.property(
      fc.array(arbitraryStatement, { minLength: 1, maxLength: 4 }),
      arbitraryRequest,
      (statements, random) => {
        const request = requestOf(random);
        const effect = effectOf(documentOf(statements), request);
        effects.add(effect);
        assert.equal(effect, naiveEffect(statements, request));
      },
    ),
    { numRuns: 4000 },
  );
  assert.deepEqual(effects, new Set(['Allow', 'Deny', 'None']));
});

test('a denial that is added allows nothing, wherever it stands, and wins where it applies', () => {
  fc.assert(
    fc.property(
      fc.array(arbitraryStatement, { minLength: 1, maxLength: 4 }),
      arbitraryStatement,
      arbitraryRequest,
      fc.nat(),
      (statements, one, random, place) => {
        const request = requestOf(random);
        const denial = { ...one, effect: 'Deny' as const };
        const before = effectOf(documentOf(statements), request);
        const after = effectOf(documentOf(statements.toSpliced(place % (statements.length + 1), 0, denial)), request);
        const applies = effectOf(documentOf([denial]), request) === 'Deny';
        assert.equal(after, applies ? 'Deny' : before);
      },
    ),
    { numRuns: 2000 },
  );
});
