// A condition of a statement in the form that is evaluated (IAM User Guide: "IAM JSON policy elements: Condition operators").

import { parseAddress } from '../base/cidr.ts';
import type { Condition } from './document.ts';
import type { Operator } from './operators.ts';
import { keyOf, spend, type KeyValue, type PolicyRequest } from './request.ts';
import { fillTemplate, isPlain, parseTemplate, type FilledPiece, type Piece } from './template.ts';
import { costly, PatternBuilder, QUICK, quick, type Matcher } from './wildcard.ts';

/** Whether a value of the request is what one of the policy's values stands for. */
type Test = (seen: string, request: PolicyRequest) => boolean;

/** How the values of an operator are made into a test. */
type Comparison = (values: readonly string[], variables: boolean) => Test;

const exactly = (wanted: string): Matcher => quick((seen) => seen === wanted);

/** A comparison of texts: `make` gets each value without variables. */
function comparingTexts(make: (pieces: readonly FilledPiece[]) => Matcher): Comparison {
  return (values, variables) => {
    const quickOnes: Matcher[] = [];
    const others: Matcher[] = [];
    const filled: Test[] = [];
    for (const value of values) {
      const pieces: readonly Piece[] = variables ? parseTemplate(value) : [{ kind: 'text', text: value }];
      if (isPlain(pieces)) {
        const matches = make([{ kind: 'text', text: value }]);
        (matches.quick ? quickOnes : others).push(matches);
      } else filled.push(comparingFilled(pieces, make));
    }
    const effort = quickOnes.length * QUICK;
    // Loops, and one spending for all: `some` and a closure for each value took twice as long.
    return (seen, request) => {
      spend(request, effort);
      for (const matches of quickOnes) if (matches(seen)) return true;
      for (const matches of others) {
        spend(request, matches.effort(seen.length));
        if (matches(seen)) return true;
      }
      for (const test of filled) if (test(seen, request)) return true;
      return false;
    };
  };
}

/** A comparison with a value that is another for every request. */
function comparingFilled(pieces: readonly Piece[], make: (pieces: readonly FilledPiece[]) => Matcher): Test {
  return (seen, request) => {
    const filled = fillTemplate(pieces, (key) => keyOf(request, key));
    if (filled === undefined) return false;
    // It is made for this request alone.
    spend(request, EFFORT_OF_MAKING * filled.reduce((sum, { text }) => sum + text.length, 1));
    const made = make(filled);
    spend(request, made.effort(seen.length));
    return made(seen);
  };
}

/** A comparison of what texts stand for: that of the request is read once, at the given effort, and compared with those of the policy. */
function comparingRead<Seen, Wanted>(
  read: (text: string) => Seen,
  effort: (length: number) => number,
  readWanted: (text: string) => Wanted,
  holds: (seen: Seen, wanted: Wanted) => boolean,
): Comparison {
  return (values) => {
    const wanted = values.map(readWanted);
    return (seen, request) => {
      spend(request, effort(seen.length) + wanted.length);
      const found = read(seen);
      return wanted.some((one) => holds(found, one));
    };
  };
}

/** Of each unit of a pattern. */
const EFFORT_OF_MAKING = 10;

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

const folded = (text: string): string => text.toLowerCase();

const equalText = comparingTexts((pieces) => exactly(joined(pieces)));

const equalFolded = comparingTexts((pieces) => {
  const wanted = folded(joined(pieces));
  return costly(
    (seen) => folded(seen) === wanted,
    (length) => length,
  );
});

const likeText = comparingTexts(matcherOfPieces);

/** Parts of an ARN; the last has every colon that follows. */
const ARN_PARTS = 6;

/** Each of the six parts is compared by itself, so that no wildcard reaches over a colon but in the last one. */
const likeArn = comparingTexts((pieces) => {
  if (pieces.length === 1 && joined(pieces) === '*') return quick(() => true);
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
  if (builders.length < ARN_PARTS) return quick(() => false);
  const matchers = builders.map((builder) => builder.build());
  const matches = (seen: string): boolean => {
    const parts = splitArn(seen);
    return parts.length === ARN_PARTS && matchers.every((one, i) => one(parts[i] ?? ''));
  };
  const effort = (length: number): number => length + Math.max(...matchers.map((one) => one.effort(length)));
  return costly(matches, effort);
});

function splitArn(arn: string): readonly string[] {
  const parts = arn.split(':');
  return [
    ...parts.slice(0, ARN_PARTS - 1),
    ...(parts.length < ARN_PARTS ? [] : [parts.slice(ARN_PARTS - 1).join(':')]),
  ];
}

/** A number, or NaN, of which nothing holds. */
const parseNumber = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text));

/** Milliseconds since 1970 of an ISO 8601 time or of seconds since 1970. */
const parseTime = (text: string): number => (/^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text));

const bitsOf = { 4: 32, 6: 128 } as const;

/** An address range: its family, the bits that count, and how many do not. */
interface Range {
  readonly family: 4 | 6;
  readonly base: bigint;
  readonly host: bigint;
}

function parseRange(value: string): Range | undefined {
  const [text = '', prefix] = value.split('/');
  const address = parseAddress(text);
  if (address === undefined) return undefined;
  const host = prefix === undefined ? 0n : BigInt(bitsOf[address.family] - Number(prefix));
  return { family: address.family, base: address.value >> host, host };
}

const inRange = comparingRead(
  parseAddress,
  () => 100,
  parseRange,
  (seen, range) => seen !== undefined && seen.family === range?.family && seen.value >> range.host === range.base,
);

const same = <T>(seen: T, wanted: T): boolean => seen === wanted;
const boolean = comparingRead(folded, (length) => length, folded, same);

/** Bytes may be written in more than one way: without padding, or with other bits behind it. */
const bytesOf = (text: string): string => Buffer.from(text, 'base64').toString('latin1');
const binary = comparingRead(bytesOf, (length) => 10 + length, bytesOf, same);

const numbers = (holds: (seen: number, wanted: number) => boolean): Comparison =>
  comparingRead(parseNumber, (length) => 10 + length, parseNumber, holds);
const times = (holds: (seen: number, wanted: number) => boolean): Comparison =>
  comparingRead(parseTime, (length) => 50 + length, parseTime, holds);

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
  const isAmong = compare(values, variables);
  const fits = (seen: string, request: PolicyRequest): boolean => isAmong(seen, request) !== negated;
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
