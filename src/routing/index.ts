// Which rule matches, which target group is picked (pure).

export {
  compileRules,
  findRule,
  foldCase,
  type HeaderMatch,
  type HeaderText,
  type PathMatch,
  type Routable,
  type RuleIndex,
  type RuleMatch,
} from './rule-index.ts';
export { createWeightedPicker, type WeightedPicker } from './weighted-picker.ts';
