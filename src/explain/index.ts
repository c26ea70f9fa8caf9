// The hot path with a recorder: why a request is allowed, refused, or goes where it goes.

export { createExplainer, type Approach, type Explainer, type ExplainDeps, type ExplainFailure } from './explain.ts';
export type {
  Explanation,
  ExplainedGroup,
  ExplainedPolicy,
  ExplainedRule,
  GroupsSaid,
  Step,
  Verdict,
} from './explanation.ts';
export { readQuestion, type Question } from './question.ts';
