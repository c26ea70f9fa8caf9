// Rules of listeners.

export { type RuleActionInput } from './action.ts';
export {
  batchUpdateRule,
  judgeBatch,
  type BatchUpdateRuleInput,
  type BatchUpdateRuleResult,
  type RuleFailure,
} from './batch.ts';
export { type RuleMatchInput } from './match.ts';
export { getRule, listRules } from './read.ts';
export {
  createRule,
  deleteRule,
  judgeNewRule,
  judgeRuleUpdate,
  updateRule,
  type CreateRuleInput,
  type RuleChange,
  type UpdateRuleInput,
} from './rule.ts';
