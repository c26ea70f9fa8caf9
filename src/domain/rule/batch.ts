// Several rules of one listener at once: the way to swap priorities.

import type { Context, Decided } from '../decision.ts';
import type { Judge } from '../draft.ts';
import { lookUp } from '../identifiers.ts';
import { getListener } from '../listener/read.ts';
import { keyOfRecord } from '../records/base.ts';
import type { Rule } from '../records/lattice.ts';
import { checkFields, conflict, Refusal } from '../refusal.ts';
import { put, recordsBy, type State } from '../state.ts';
import { findRuleOf } from './read.ts';
import { changeRule, type RuleChange } from './rule.ts';

export interface BatchUpdateRuleInput {
  readonly serviceIdentifier: string;
  readonly listenerIdentifier: string;
  readonly rules: readonly (RuleChange & { readonly ruleIdentifier: string })[];
}

/** One rule of a batch that stays as it was. */
export interface RuleFailure {
  readonly ruleIdentifier: string;
  readonly failureCode: string;
  readonly failureMessage: string;
}

export interface BatchUpdateRuleResult {
  readonly successful: readonly Rule[];
  readonly unsuccessful: readonly RuleFailure[];
}

/** What is wrong with the input of BatchUpdateRule as a whole. */
export const judgeBatch: Judge<BatchUpdateRuleInput> = (state, { rules = [] }, caller) => {
  const named = new Set<string>();
  return rules.flatMap(({ ruleIdentifier = '' }, index) => {
    const id = lookUp(state, caller, 'rule', ruleIdentifier)?.id ?? ruleIdentifier;
    if (!named.has(id)) {
      named.add(id);
      return [];
    }
    return [{ name: `rules[${index}].ruleIdentifier`, message: `the rule ${ruleIdentifier} is named twice` }];
  });
};

/**
 * BatchUpdateRule: priorities are judged on the outcome of the whole batch, so that two rules can swap theirs. A rule whose
 * change is refused stays as it was and is reported; the others change. A rule named twice is refused with `Validation`.
 */
export function batchUpdateRule(
  state: State,
  input: BatchUpdateRuleInput,
  context: Context,
): Decided<BatchUpdateRuleResult> {
  const { service, listener } = getListener(state, context, input.serviceIdentifier, input.listenerIdentifier);
  checkFields(judgeBatch(state, input, context));
  const present = recordsBy(state, 'rule', 'rulesByListener', keyOfRecord(listener));
  const changed = new Map<string, { readonly ruleIdentifier: string; readonly rule: Rule }>();
  const unsuccessful: RuleFailure[] = [];
  for (const { ruleIdentifier, ...change } of input.rules) {
    const rule = findRuleOf(state, context, listener, ruleIdentifier);
    if (rule === undefined) {
      unsuccessful.push({
        ruleIdentifier,
        failureCode: 'RuleNotFound',
        failureMessage: `The rule ${ruleIdentifier} was not found.`,
      });
      continue;
    }
    try {
      changed.set(rule.id, { ruleIdentifier, rule: changeRule(state, { rule, listener, service }, change, context) });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      unsuccessful.push(failureOf(ruleIdentifier, error));
    }
  }
  // A rule that falls back to its old priority may collide with another of the batch: until nothing changes any more.
  for (let settled = false; !settled;) {
    settled = true;
    const outcome = present.map((rule) => changed.get(rule.id)?.rule ?? rule);
    for (const { ruleIdentifier, rule } of [...changed.values()]) {
      const holder = outcome.find((other) => other.id !== rule.id && other.priority === rule.priority);
      if (holder === undefined) continue;
      changed.delete(rule.id);
      const message = `The priority ${rule.priority} is already used by the rule ${holder.id}.`;
      unsuccessful.push(failureOf(ruleIdentifier, conflict('RULE', holder.id, message)));
      settled = false;
    }
  }
  const successful = [...changed.values()].map(({ rule }) => rule);
  const changes = successful.filter((rule) => !present.includes(rule)).map((rule) => put('rule', rule));
  return { changes, result: { successful, unsuccessful } };
}

function failureOf(ruleIdentifier: string, refusal: Refusal): RuleFailure {
  return { ruleIdentifier, failureCode: `${refusal.kind}Exception`, failureMessage: refusal.message };
}
