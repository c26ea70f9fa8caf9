// Which rule matches, which target group is picked (pure).

export {
  compileRules,
  findRule,
  type PathMatch,
  type Routable,
  type RuleIndex,
  type RuleMatch,
  type RuleMismatch,
  type RuleRecorder,
} from './rule-index.ts';
export { foldCase, type HeaderMatch, type HeaderText } from './header-match.ts';
export { createWeightedPicker, type WeightedPicker } from './weighted-picker.ts';
