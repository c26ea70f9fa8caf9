// What a service network or a service with auth type AWS_IAM asks of requests, compiled once per document.

import {
  compilePolicy,
  parsePolicy,
  type CompiledPolicy,
  type CompiledStatement,
  type NamedPolicy,
  type PolicyRequest,
  type StatementPart,
} from '../../policy/index.ts';
import type { Caller } from '../identity/caller.ts';

/** The policies of one layer. None of them: every request is denied (User Guide: Auth policies). */
export interface AuthLayer {
  readonly policies: readonly NamedPolicy[];
  /**
   * The same for requests of `caller`: without the statements that are about others or about other actions than that of `request`, which every
   * request to a service has. Says the same as `policies`, at a fraction of the cost where a document names many.
   */
  about(caller: Caller, request: PolicyRequest): { readonly policies: readonly NamedPolicy[] };
}

/** Callers of whom a layer keeps what is about them. */
const MOST_CALLERS = 1000;

/** The layer of a network or service; undefined with auth type NONE. */
export function compileAuth(owner: {
  readonly arn: string;
  readonly authType?: 'AWS_IAM';
  readonly policy?: string;
}): AuthLayer | undefined {
  if (owner.authType === undefined) return undefined;
  const parsed = owner.policy === undefined ? undefined : parsePolicy(owner.policy, 'resource');
  // What cannot be read allows nothing; PutAuthPolicy takes no such document.
  if (parsed?.ok !== true) {
    const nothing = { policies: [] };
    return { ...nothing, about: () => nothing };
  }
  const name = `auth policy of ${owner.arn}`;
  const policy = compilePolicy(parsed.document);
  const narrow = createNarrowing(policy);
  const kept = new Map<Caller, { readonly policies: readonly NamedPolicy[] }>();
  return {
    policies: [{ name, policy }],
    about(caller, request) {
      const known = kept.get(caller);
      if (known !== undefined) return known;
      const made = { policies: [{ name, policy: narrow(request) }] };
      if (kept.size >= MOST_CALLERS) for (const oldest of kept.keys().take(1)) kept.delete(oldest);
      kept.set(caller, made);
      return made;
    },
  };
}

/** What only depends on who asks and for which action. */
function isFixed({ kind }: StatementPart): boolean {
  return kind === 'Principal' || kind === 'Action';
}

/** Makes what leaves out of `policy` the statements that can never apply to requests of one principal and action. */
function createNarrowing(policy: CompiledPolicy): (request: PolicyRequest) => CompiledPolicy {
  // What is left of a statement is the same for all whom it is about.
  const rests = new Map(
    policy.statements.map((one): readonly [CompiledStatement, CompiledStatement] => [
      one,
      { ...one, parts: one.parts.filter((part) => !isFixed(part)) },
    ]),
  );
  return (request) => {
    const action = request.action.toLowerCase();
    const about = (statements: readonly CompiledStatement[]): readonly CompiledStatement[] =>
      statements.flatMap((one) =>
        one.parts.every((part) => !isFixed(part) || part.matches(request, action)) ? (rests.get(one) ?? one) : [],
      );
    return { statements: policy.statements, denying: about(policy.denying), allowing: about(policy.allowing) };
  };
}
