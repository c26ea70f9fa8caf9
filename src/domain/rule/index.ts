// Rules of listeners.

export { type RuleActionInput } from './action.ts';
export { batchUpdateRule, type BatchUpdateRuleInput, type BatchUpdateRuleResult, type RuleFailure } from './batch.ts';
export { type RuleMatchInput } from './match.ts';
export { getRule, listRules } from './read.ts';
export {
  createRule,
  deleteRule,
  updateRule,
  type CreateRuleInput,
  type RuleChange,
  type UpdateRuleInput,
} from './rule.ts';
