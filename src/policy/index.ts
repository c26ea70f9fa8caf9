// The IAM policy language: documents parsed, reviewed, compiled and evaluated; patterns matched.

export { compileDocument } from './compile-document.ts';
export {
  compilePolicy,
  describePrincipal,
  type CompiledPolicy,
  type CompiledStatement,
  type StatementPart,
} from './compile-policy.ts';
export {
  decideCall,
  decideInvoke,
  type CallLayers,
  type IdentityPolicies,
  type InvokeLayers,
  type NamedPolicy,
  type PolicyLayer,
  type PolicyRecorder,
  type Verdict,
} from './decide.ts';
export { describeRefusal } from './describe-refusal.ts';
export type { Remark } from './document.ts';
export { evaluatePolicy, explainPolicy, type Evaluation, type StatementReason } from './evaluate.ts';
export { createPolicyMemo, type PolicyMemo } from './policy-memo.ts';
export { parsePolicy, type PolicyKind } from './parse-policy.ts';
export {
  findTag,
  findTagFor,
  spend,
  TooCostly,
  type Budget,
  type CallerPrincipal,
  type KeyValue,
  type PolicyRequest,
  type Principal,
} from './request.ts';
export { reviewPolicy } from './review-policy.ts';
export { matchesPattern } from './wildcard.ts';
