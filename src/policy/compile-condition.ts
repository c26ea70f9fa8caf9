// A condition of a statement in the form that is evaluated (IAM User Guide: "IAM JSON policy elements: Condition operators").

import { parseAddress } from '../base/cidr.ts';
import type { Condition } from './document.ts';
import type { Operator } from './operators.ts';
import { keyOf, type KeyValue, type PolicyRequest } from './request.ts';
import { fillTemplate, isPlain, parseTemplate, type FilledPiece, type Piece } from './template.ts';
import { PatternBuilder, type Matcher } from './wildcard.ts';

/** Whether a value of the request is what one of the policy's values stands for. */
type Test = (seen: string, request: PolicyRequest) => boolean;

/** How the values of an operator are made into tests of one value each. */
type Comparison = (value: string, variables: boolean) => Test;

const exactly =
  (wanted: string): Matcher =>
  (seen) =>
    seen === wanted;

/** A comparison of texts: `make` gets the value without variables. */
function comparingTexts(make: (pieces: readonly FilledPiece[]) => Matcher): Comparison {
  return (value, variables) => {
    const pieces: readonly Piece[] = variables ? parseTemplate(value) : [{ kind: 'text', text: value }];
    const fixed = isPlain(pieces) ? make([{ kind: 'text', text: value }]) : undefined;
    if (fixed !== undefined) return fixed;
    return (seen, request) => {
      const filled = fillTemplate(pieces, (key) => keyOf(request, key));
      return filled !== undefined && make(filled)(seen);
    };
  };
}

const joined = (pieces: readonly FilledPiece[]): string => pieces.map(({ text }) => text).join('');

/** The matcher of pieces of which the text ones may have wildcards. */
export function matcherOfPieces(pieces: readonly FilledPiece[]): Matcher {
  const builder = new PatternBuilder();
  for (const { kind, text } of pieces) {
    if (kind === 'text') builder.wild(text);
    else builder.literal(text);
  }
  return builder.build();
}

const equalText = comparingTexts((pieces) => exactly(joined(pieces)));

const equalFolded = comparingTexts((pieces) => {
  const wanted = joined(pieces).toLowerCase();
  return (seen) => seen.toLowerCase() === wanted;
});

const likeText = comparingTexts(matcherOfPieces);

/** Parts of an ARN; the last has every colon that follows. */
const ARN_PARTS = 6;

/** Each of the six parts is compared by itself, so that no wildcard reaches over a colon but in the last one. */
const likeArn = comparingTexts((pieces) => {
  if (pieces.length === 1 && joined(pieces) === '*') return () => true;
  const builders = [new PatternBuilder()];
  for (const { kind, text } of pieces) {
    let rest = text;
    while (true) {
      const colon = builders.length < ARN_PARTS ? rest.indexOf(':') : -1;
      const part = colon < 0 ? rest : rest.slice(0, colon);
      if (kind === 'text') builders.at(-1)?.wild(part);
      else builders.at(-1)?.literal(part);
      if (colon < 0) break;
      builders.push(new PatternBuilder());
      rest = rest.slice(colon + 1);
    }
  }
  if (builders.length < ARN_PARTS) return () => false;
  const matchers = builders.map((builder) => builder.build());
  return (seen) => {
    const parts = splitArn(seen);
    return parts.length === ARN_PARTS && matchers.every((matches, i) => matches(parts[i] ?? ''));
  };
});

function splitArn(arn: string): readonly string[] {
  const parts = arn.split(':');
  return [
    ...parts.slice(0, ARN_PARTS - 1),
    ...(parts.length < ARN_PARTS ? [] : [parts.slice(ARN_PARTS - 1).join(':')]),
  ];
}

function comparingNumbers(
  parse: (text: string) => number,
  holds: (seen: number, wanted: number) => boolean,
): Comparison {
  return (value) => {
    const wanted = parse(value);
    return (seen) => holds(parse(seen), wanted);
  };
}

/** A number, or NaN, of which nothing holds. */
const parseNumber = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text));

/** Milliseconds since 1970 of an ISO 8601 time or of seconds since 1970. */
const parseTime = (text: string): number => (/^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text));

const bitsOf = { 4: 32, 6: 128 } as const;

const inRange: Comparison = (value) => {
  const [text = '', prefix] = value.split('/');
  const range = parseAddress(text);
  if (range === undefined) return () => false;
  const host = prefix === undefined ? 0n : BigInt(bitsOf[range.family] - Number(prefix));
  const base = range.value >> host;
  return (seen) => {
    const address = parseAddress(seen);
    return address?.family === range.family && address.value >> host === base;
  };
};

const boolean: Comparison = (value) => {
  const wanted = value.toLowerCase();
  return (seen) => seen.toLowerCase() === wanted;
};

/** Bytes may be written in more than one way: without padding, or with other bits behind it. */
const binary: Comparison = (value) => {
  const bytes = (text: string): string => Buffer.from(text, 'base64').toString('latin1');
  const wanted = bytes(value);
  return (seen) => bytes(seen) === wanted;
};

const numbers = (holds: (seen: number, wanted: number) => boolean): Comparison => comparingNumbers(parseNumber, holds);
const times = (holds: (seen: number, wanted: number) => boolean): Comparison => comparingNumbers(parseTime, holds);

const equal = (seen: number, wanted: number): boolean => seen === wanted;
const less = (seen: number, wanted: number): boolean => seen < wanted;
const atMost = (seen: number, wanted: number): boolean => seen <= wanted;
const greater = (seen: number, wanted: number): boolean => seen > wanted;
const atLeast = (seen: number, wanted: number): boolean => seen >= wanted;

/** Of each operator what it compares, and whether it is fulfilled where none of its values is seen. */
const comparisons: Readonly<Record<Exclude<Operator, 'Null'>, readonly [compare: Comparison, negated?: boolean]>> = {
  StringEquals: [equalText],
  StringNotEquals: [equalText, true],
  StringEqualsIgnoreCase: [equalFolded],
  StringNotEqualsIgnoreCase: [equalFolded, true],
  StringLike: [likeText],
  StringNotLike: [likeText, true],
  NumericEquals: [numbers(equal)],
  NumericNotEquals: [numbers(equal), true],
  NumericLessThan: [numbers(less)],
  NumericLessThanEquals: [numbers(atMost)],
  NumericGreaterThan: [numbers(greater)],
  NumericGreaterThanEquals: [numbers(atLeast)],
  DateEquals: [times(equal)],
  DateNotEquals: [times(equal), true],
  DateLessThan: [times(less)],
  DateLessThanEquals: [times(atMost)],
  DateGreaterThan: [times(greater)],
  DateGreaterThanEquals: [times(atLeast)],
  Bool: [boolean],
  BinaryEquals: [binary],
  IpAddress: [inRange],
  NotIpAddress: [inRange, true],
  ArnEquals: [likeArn],
  ArnLike: [likeArn],
  ArnNotEquals: [likeArn, true],
  ArnNotLike: [likeArn, true],
};

/** Says whether a condition is fulfilled by what a key has. */
export type ConditionTest = (seen: KeyValue, request: PolicyRequest) => boolean;

/** Compiles `condition`; `variables` as the document's version has them. */
export function compileCondition(condition: Condition, variables: boolean): ConditionTest {
  const { operator, set, ifExists, values } = condition;
  if (operator === 'Null') {
    // One value says both: of "true" and "false" each is fulfilled by one of the cases.
    const wanted = new Set(values.map((value) => value.toLowerCase() === 'true'));
    return (seen) => wanted.has(seen === undefined || (typeof seen !== 'string' && seen.length === 0));
  }
  const [compare, negated = false] = comparisons[operator];
  const tests = values.map((value) => compare(value, variables));
  const fits = (seen: string, request: PolicyRequest): boolean => {
    for (const test of tests) if (test(seen, request)) return !negated;
    return negated;
  };
  const absent = ifExists || (set === 'ForAllValues' ? true : set === undefined && negated);
  // Without a set operator a key with several values is as one of them: negated, none of them may be among the policy's.
  const every = set === 'ForAllValues' || (set === undefined && negated);
  return (seen, request) => {
    if (seen === undefined) return absent;
    if (typeof seen === 'string') return fits(seen, request);
    if (seen.length === 0) return absent;
    return every ? seen.every((one) => fits(one, request)) : seen.some((one) => fits(one, request));
  };
}
