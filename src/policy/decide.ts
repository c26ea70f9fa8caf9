// The two decisions that policies are made for: a request to a service, and a call of an API. One core: what each policy says.

import { applies, evaluatePolicy, type Evaluation } from './evaluate.ts';
import type { CompiledPolicy, CompiledStatement } from './compile-policy.ts';
import { TooCostly, type PolicyRequest } from './request.ts';

/** A policy and what people call it: an ARN, `inline policy NAME`. */
export interface NamedPolicy {
  readonly name: string;
  readonly policy: CompiledPolicy;
}

/** The identity side of a caller. A kind that is absent does not limit; one that is there and empty allows nothing. */
export interface IdentityPolicies {
  readonly identity: readonly NamedPolicy[];
  readonly boundary?: NamedPolicy;
  /** Policies that the session was begun with. */
  readonly session?: readonly NamedPolicy[];
  /** Service control policies. */
  readonly organization?: readonly NamedPolicy[];
}

/** The kinds of policies, by the words of AWS's messages. */
export type PolicyLayer =
  | 'network-based policy'
  | 'service-based policy'
  | 'resource-based policy'
  | 'identity-based policy'
  | 'permissions boundary'
  | 'session policy'
  | 'service control policy';

/** A decision. `statement` is the one that decided. */
export type Verdict =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      readonly layer: PolicyLayer;
      /** `Deny`: a statement denies; `None`: nothing allows. */
      readonly effect: 'Deny' | 'None';
      readonly policy?: string;
      readonly statement?: CompiledStatement;
      /** The policy's patterns cost too much for this request: what cannot be judged is denied. */
      readonly costly?: true;
    };

/** Hears of every policy that is evaluated, in order. */
export type PolicyRecorder = (layer: PolicyLayer, policy: NamedPolicy, evaluation: Evaluation) => void;

const allowed: Verdict = { allowed: true };

/** Undefined when the request's budget is spent. */
function evaluateWithin(policy: CompiledPolicy, request: PolicyRequest): Evaluation | undefined {
  try {
    return evaluatePolicy(policy, request);
  } catch (error) {
    if (error instanceof TooCostly) return undefined;
    throw error;
  }
}

/** What the policies of one kind say together: a denial, or whether one allows. */
function consider(
  layer: PolicyLayer,
  policies: readonly NamedPolicy[],
  request: PolicyRequest,
  record: PolicyRecorder | undefined,
): Verdict {
  let found = false;
  for (const named of policies) {
    const evaluation = evaluateWithin(named.policy, request);
    if (evaluation === undefined) return { allowed: false, layer, effect: 'Deny', policy: named.name, costly: true };
    record?.(layer, named, evaluation);
    if (evaluation.effect === 'Deny')
      return { allowed: false, layer, effect: 'Deny', policy: named.name, statement: evaluation.statement };
    if (evaluation.effect === 'Allow') found = true;
  }
  return found ? allowed : { allowed: false, layer, effect: 'None' };
}

/** The refusal that counts: a denial, wherever it is, before what nothing allows. */
function refusalOf(verdicts: readonly Verdict[]): Verdict | undefined {
  const verdict = verdicts.reduce(graver, allowed);
  return verdict.allowed ? undefined : verdict;
}

/** Which of two verdicts counts; of two alike the earlier. */
function graver(before: Verdict, next: Verdict): Verdict {
  if (next.allowed || denies(before)) return before;
  return before.allowed || denies(next) ? next : before;
}

/** What each kind of the identity side says. */
function considerIdentity(
  caller: IdentityPolicies,
  request: PolicyRequest,
  record: PolicyRecorder | undefined,
): readonly Verdict[] {
  const { identity, boundary, session, organization } = caller;
  const verdicts = [
    // Nobody grants anything to root: it may what its account may.
    request.principal.kind === 'root' ? allowed : consider('identity-based policy', identity, request, record),
  ];
  if (boundary !== undefined) verdicts.push(consider('permissions boundary', [boundary], request, record));
  if (session !== undefined) verdicts.push(consider('session policy', session, request, record));
  for (const one of organization ?? []) verdicts.push(consider('service control policy', [one], request, record));
  return verdicts;
}

/** What decides a request to a service. A layer that is absent has auth type NONE; one without a policy allows nothing. */
export interface InvokeLayers {
  readonly network?: { readonly policies: readonly NamedPolicy[] } | undefined;
  readonly service?: { readonly policies: readonly NamedPolicy[] } | undefined;
  /** Absent: the caller is anonymous. */
  readonly caller?: IdentityPolicies | undefined;
}

/**
 * Decides a request that a service network carries to a service: the network's policy, the service's and the caller's identity side must all
 * allow it; a denial anywhere wins (User Guide: Auth policies). With auth type NONE on both layers nothing is evaluated.
 */
export function decideInvoke(layers: InvokeLayers, request: PolicyRequest, record?: PolicyRecorder): Verdict {
  const { network, service, caller } = layers;
  if (network === undefined && service === undefined) return allowed;
  let verdict = allowed;
  if (network !== undefined) verdict = consider('network-based policy', network.policies, request, record);
  if (service !== undefined)
    verdict = graver(verdict, consider('service-based policy', service.policies, request, record));
  if (caller !== undefined) for (const one of considerIdentity(caller, request, record)) verdict = graver(verdict, one);
  return verdict;
}

/** What decides a call of an API. */
export interface CallLayers {
  readonly caller: IdentityPolicies;
  /** The policy of the resource, where it has one. */
  readonly resource?: NamedPolicy;
  /** Twelve digits: who owns the resource. */
  readonly owner: string;
  /** Nothing is allowed that the policy of the resource does not allow: so it is with a role's trust policy. */
  readonly mustGrant?: boolean;
}

/**
 * Decides a call of an API (IAM User Guide: "Policy evaluation logic"). In one account the identity side or the policy of the resource must allow
 * it, across accounts both; a boundary, a session policy and service control policies limit what the identity side allows. A policy of the
 * resource that names a user or a session itself is not limited by boundary and session policy.
 */
export function decideCall(layers: CallLayers, request: PolicyRequest, record?: PolicyRecorder): Verdict {
  const { caller, resource, owner, mustGrant } = layers;
  const { principal } = request;
  const identity = considerIdentity(caller, request, record);
  const granted: Verdict =
    resource === undefined ? ungranted : consider('resource-based policy', [resource], request, record);
  const refusal = refusalOf([...identity, granted]);
  if (refusal === undefined || denies(refusal)) return refusal ?? allowed;
  const foreign = 'account' in principal && principal.account !== owner;
  if (!granted.allowed) return refusalOf(identity) ?? (foreign || mustGrant === true ? granted : allowed);
  const grant = resource === undefined ? 'account' : grantOf(resource, request);
  // What is granted to an account is for the account to give on.
  if (foreign || grant === 'account') return refusal;
  const limits = grant === 'itself' ? (['service control policy'] as const) : limiting;
  return identity.find((one) => !one.allowed && limits.some((layer) => layer === one.layer)) ?? allowed;
}

const ungranted: Verdict = { allowed: false, layer: 'resource-based policy', effect: 'None' };

/** What limits a grant of the resource's policy to somebody of its own account. */
const limiting = ['permissions boundary', 'session policy', 'service control policy'] as const;

function denies(verdict: Verdict): boolean {
  return !verdict.allowed && verdict.effect === 'Deny';
}

/** To whom the statements that allow the request grant it, the nearest first: the user or session itself; its role or everyone; only its account. */
function grantOf({ policy }: NamedPolicy, request: PolicyRequest): 'itself' | 'others' | 'account' {
  const { principal } = request;
  if (!('arn' in principal)) return 'others';
  const { arn, account } = principal;
  const grants = policy.allowing.filter((statement) => applies(statement, request));
  if (grants.some(({ named }) => named.has(arn))) return 'itself';
  const names = (named: ReadonlySet<string>): boolean =>
    named.size === 0 || [...named].some((one) => one !== account && !one.endsWith(`:iam::${account}:root`));
  return grants.some(({ named }) => names(named)) ? 'others' : 'account';
}
