// Whether one policy allows or denies a request, and why its statements apply or do not.

import type { CompiledPolicy, CompiledStatement, StatementPart } from './compile-policy.ts';
import type { KeyValue, PolicyRequest } from './request.ts';

/** What one policy says; `statement` is the first that decided, in the document's order. */
export type Evaluation =
  | { readonly effect: 'Allow' | 'Deny'; readonly statement: CompiledStatement }
  /** No statement applies. */
  | { readonly effect: 'None' };

const none: Evaluation = { effect: 'None' };

/** Evaluates `policy`: a statement that denies decides before any that allows (IAM User Guide: "Policy evaluation logic"). */
export function evaluatePolicy(policy: CompiledPolicy, request: PolicyRequest): Evaluation {
  const action = request.action.toLowerCase();
  for (const statement of policy.denying)
    if (findMismatch(statement, request, action) === undefined) return { effect: 'Deny', statement };
  for (const statement of policy.allowing)
    if (findMismatch(statement, request, action) === undefined) return { effect: 'Allow', statement };
  return none;
}

/** The first part of `statement` that does not match; undefined when the statement applies. */
function findMismatch({ parts }: CompiledStatement, request: PolicyRequest, action: string): StatementPart | undefined {
  for (const part of parts) if (!part.matches(request, action)) return part;
  return undefined;
}

/** Whether `statement` applies. */
export function applies(statement: CompiledStatement, request: PolicyRequest): boolean {
  return findMismatch(statement, request, request.action.toLowerCase()) === undefined;
}

/** Why one statement applies or does not. */
export interface StatementReason {
  readonly statement: CompiledStatement;
  /** The first part that did not match, and what it looked at; absent: the statement applies. */
  readonly failed?: { readonly part: StatementPart; readonly saw: KeyValue };
}

/** What became of every statement of `policy`, in the document's order. */
export function explainPolicy(policy: CompiledPolicy, request: PolicyRequest): readonly StatementReason[] {
  const action = request.action.toLowerCase();
  return policy.statements.map((statement) => {
    const part = findMismatch(statement, request, action);
    return part === undefined ? { statement } : { statement, failed: { part, saw: part.saw(request) } };
  });
}
