// A state that a test changes step by step, with a clock and randomness that repeat.

import { createSeededRandom } from '../base/random.ts';
import type { Context, Decision } from './decision.ts';
import { Refusal, type RefusalDetail } from './refusal.ts';
import { applyChanges, emptyState, type State } from './state.ts';

/** The account and region that a scenario acts in. */
export const scenarioCaller = { account: '123456789012', region: 'us-east-1' } as const;

/** See `createScenario`. */
export interface Scenario {
  state: State;
  now: number;
  quotas: Context['quotas'];
  readonly context: Context;
  /** Decides, applies the changes as the next revision (when there are any), and gives the result. */
  run<I, R>(decision: Decision<I, R>, input: I, caller?: { readonly account: string; readonly region: string }): R;
  /** The refusal that the decision ends in; throws when it does not. */
  refused<I, R>(decision: Decision<I, R>, input: I): RefusalDetail & { readonly message: string };
}

/** A scenario without records at time 1,000,000. */
export function createScenario(seed = 1): Scenario {
  const random = createSeededRandom(seed);
  const scenario: Scenario = {
    state: emptyState,
    now: 1_000_000,
    quotas: 'none',
    get context() {
      return {
        ...scenarioCaller,
        principalArn: 'arn:aws:iam::123456789012:user/test',
        operation: 'Test',
        now: scenario.now,
        random,
        quotas: scenario.quotas,
      };
    },
    run(decision, input, caller) {
      const { changes, result } = decision(scenario.state, input, { ...scenario.context, ...caller });
      if (changes.length > 0) scenario.state = applyChanges(scenario.state, changes, scenario.state.revision + 1);
      return result;
    },
    refused(decision, input) {
      try {
        decision(scenario.state, input, scenario.context);
      } catch (error) {
        if (error instanceof Refusal) return { ...error.detail, message: error.message };
        throw error;
      }
      throw new Error('the decision was not refused');
    },
  };
  return scenario;
}
