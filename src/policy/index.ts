// The IAM policy language: documents parsed and reviewed, patterns matched.

export type { Remark } from './document.ts';
export { parsePolicy, type PolicyKind } from './parse-policy.ts';
export { reviewPolicy } from './review-policy.ts';
export { matchesPattern } from './wildcard.ts';
