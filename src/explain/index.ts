// The hot path with a recorder: why a request is allowed, refused, or goes where it goes.

export { createExplainer, type Explainer } from './explain.ts';
export { explainLogged, type LoggedExplanation } from './explain-logged.ts';
export type { Approach, ExplainDeps } from './follow.ts';
export type {
  Explanation,
  ExplainedGroup,
  ExplainedPolicy,
  ExplainedRule,
  GroupsSaid,
  Step,
  Verdict,
} from './explanation.ts';
export { readQuestion } from './question.ts';
