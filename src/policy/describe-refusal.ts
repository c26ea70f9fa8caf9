// A refusal in AWS's words (IAM User Guide: "Troubleshoot access denied error messages").

import { describePrincipal } from './compile-policy.ts';
import type { Verdict } from './decide.ts';
import type { PolicyRequest } from './request.ts';

const article = (layer: string): string => (/^[aeiou]/.test(layer) ? 'an' : 'a');

/** `User: … is not authorized to perform: … on resource: … because no … allows the … action`. */
export function describeRefusal(
  verdict: Exclude<Verdict, { readonly allowed: true }>,
  { principal, action, resource }: Pick<PolicyRequest, 'principal' | 'action' | 'resource'>,
): string {
  const { layer, effect, costly } = verdict;
  const reason = costly
    ? `because the patterns of ${article(layer)} ${layer} cost too much with a request of this size`
    : effect === 'Deny'
      ? `with an explicit deny in ${article(layer)} ${layer}`
      : `because no ${layer} allows the ${action} action`;
  return `User: ${describePrincipal(principal)} is not authorized to perform: ${action} on resource: ${resource} ${reason}`;
}
