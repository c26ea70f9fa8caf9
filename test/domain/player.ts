// Random sequences of calls as numbers, and a player who makes calls of them.

import fc from 'fast-check';
import { createSeededRandom } from '../../src/base/random.ts';
import type { Context } from '../../src/domain/decision.ts';
import type { Idempotency } from '../../src/domain/idempotency.ts';
import type { Key } from '../../src/domain/records/index.ts';
import type { QuotaLimits } from '../../src/domain/quotas.ts';
import { emptyState, type Change, type RecordKind, type State } from '../../src/domain/state.ts';
import { createHand, MOST, type Call, type Hand, type Word } from './hand.ts';
import { ec2Words } from './ec2-words.ts';
import { endpointWords } from './endpoint-words.ts';
import { iamWords } from './iam-words.ts';
import { obeyCall, placeWords } from './place-words.ts';
import { quotaNames } from './recounts.ts';
import { resourceWords } from './resource-words.ts';
import { serviceWords } from './service-words.ts';
import { zoneWords } from './zone-words.ts';

const words: readonly Word[] = [
  ...serviceWords,
  ...resourceWords,
  ...placeWords,
  ...ec2Words,
  ...endpointWords,
  ...iamWords,
  ...zoneWords,
];

const callers: readonly Hand['caller'][] = [
  { account: '111111111111', region: 'us-east-1' },
  { account: '222222222222', region: 'us-east-1' },
  { account: '111111111111', region: 'eu-west-1' },
];

/** One step of a sequence, in numbers. */
export interface Step {
  /** Which call; one beyond the last: the data plane obeys. */
  readonly word: number;
  readonly caller: number;
  readonly numbers: readonly [number, number, number];
  /** 0–3: with one of four tokens; 4: an earlier call with a token again; else without. */
  readonly token: number;
  /** Milliseconds that pass before it. */
  readonly wait: number;
}

const number = fc.nat({ max: MOST });

/** Random steps. */
export const steps: fc.Arbitrary<Step> = fc.record({
  // The data plane obeys once in a dozen steps.
  word: fc.oneof(
    { arbitrary: fc.nat({ max: words.length - 1 }), weight: 11 },
    { arbitrary: fc.constant(words.length), weight: 1 },
  ),
  caller: fc.oneof(
    { arbitrary: fc.constant(0), weight: 8 },
    { arbitrary: fc.constant(1), weight: 3 },
    { arbitrary: fc.constant(2), weight: 1 },
  ),
  numbers: fc.tuple(number, number, number),
  token: fc.nat({ max: 15 }),
  wait: fc.oneof(fc.constant(0), fc.constant(1000), fc.constant(30_000), fc.constant(3_000_000)),
});

/** Steps, and the most that there may be of everything. */
export interface Sequence {
  /** Something of everything is there before. */
  readonly furnished: boolean;
  readonly steps: readonly Step[];
  readonly most: number;
}

/** The decisions that sequences can come to. */
export function wordNames(): ReadonlySet<string> {
  const hand = createHand(emptyState, { account: '', region: '' }, new Map());
  const names = words.flatMap((word) => Array.from({ length: MOST }, (_, n) => word(hand, n % 3, n % 5, n).operation));
  return new Set([...names, obeyCall(0, 0).operation]);
}

/** The steps of a sequence, with those before that make something of everything. */
export function allSteps({ furnished, steps: own }: Sequence): readonly Step[] {
  if (!furnished) return own;
  const hand = createHand(emptyState, { account: '', region: '' }, new Map());
  const makers = words.flatMap((word, i) =>
    /^(allocate|apply|associate|attach|create|ensure|put|register|run|start)/.test(word(hand, 0, 0, 0).operation)
      ? [i]
      : [],
  );
  // In rounds: what one makes, another needs. The last word lets the data plane obey.
  const rounds = [1, 2, 3, 5].flatMap((n) => [...makers, words.length].map((word) => ({ word, n })));
  const first = rounds.map(({ word, n }): Step => ({ word, caller: 0, numbers: [n, n, n], token: 15, wait: 0 }));
  return [...first, ...own];
}

/** Random sequences of up to `longest` steps. */
export function sequences(longest: number): fc.Arbitrary<Sequence> {
  return fc.record({
    furnished: fc.boolean(),
    steps: fc.array(steps, { minLength: 1, maxLength: longest, size: 'max' }),
    most: fc.oneof(fc.constant(2), fc.constant(1000)),
  });
}

/** The decisions of calls that AWS gives tokens to, and their like; not upkeep, the configuration and the tagging API. */
const takesToken = /^(batch|create|delete|put|register|start|tagResource$|untagResource$|update)/;

/** An answered call with a token. */
interface Answered {
  readonly call: Call;
  readonly context: Context;
  readonly idempotency: Idempotency;
  readonly result: unknown;
}

/** What a player is asked to decide. */
export interface Turn {
  readonly call: Call;
  readonly context: Context;
  readonly idempotency: Idempotency | undefined;
  /** It repeats this one. */
  readonly repeats: Answered | undefined;
}

/** Remembers what makes the next calls interesting: tokens and ids of what is gone. */
export interface Player {
  /** The call of `step` in `state`. */
  turn(state: State, step: Step): Turn;
  /** Takes in what a decision changed, and (for a call with a token) what it answered. */
  learn(turn: Turn, changes: readonly Change[], result: unknown): void;
}

/** A player with a clock and randomness of its own; nobody may have more than `most` of anything. */
export function createPlayer(most: number): Player {
  const random = createSeededRandom(1);
  const quotas = Object.fromEntries(quotaNames.map((name) => [name, most])) as QuotaLimits;
  const removed = new Map<RecordKind, string[]>();
  const answered: Answered[] = [];
  let now = 1_000_000;
  return {
    turn(state, step) {
      now += step.wait;
      const caller = callers[step.caller] ?? { account: '', region: '' };
      const [a, b, c] = step.numbers;
      const repeats = step.token === 4 ? answered[a % Math.max(1, answered.length)] : undefined;
      const word = words[step.word] ?? (() => obeyCall(state.revision, a % 8));
      const call = repeats?.call ?? word(createHand(state, caller, removed), a, b, c);
      const principalArn = `arn:aws:iam::${caller.account}:user/test`;
      const context: Context =
        repeats === undefined
          ? { ...caller, principalArn, operation: call.operation, now, random, quotas }
          : { ...repeats.context, now };
      const hasToken = step.token < 4 && takesToken.test(call.operation);
      const idempotency = hasToken ? { token: `t-${step.token}`, parameters: call.parameters } : undefined;
      return { call, context, idempotency: repeats?.idempotency ?? idempotency, repeats };
    },
    learn({ call, context, idempotency, repeats }, changes, result) {
      for (const { kind, key, record } of changes) {
        if (record === undefined) removed.set(kind, [...(removed.get(kind) ?? []), key.split('/').slice(2).join('/')]);
        if (kind === 'clientToken' && record === undefined) forget(answered, key);
      }
      if (idempotency !== undefined && repeats === undefined) answered.push({ call, context, idempotency, result });
    },
  };
}

/** A token that is gone is no token any more. */
function forget(answered: Answered[], key: Key): void {
  const gone = answered.findIndex(
    ({ context, idempotency }) =>
      key === `${context.account}/${context.region}/${context.operation}/${idempotency.token}`,
  );
  if (gone >= 0) answered.splice(gone, 1);
}
