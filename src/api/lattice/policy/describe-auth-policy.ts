// An auth policy in the wire's shape.

import type { AuthPolicyView } from '../../../domain/policy/index.ts';

/** The document, and whether it is evaluated. */
export function describeAuthPolicy({ policy, state }: AuthPolicyView) {
  return { policy: policy.document, state };
}
