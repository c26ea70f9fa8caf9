// Which policy documents are taken: those that IAM's grammar has, on one line; what they mean is not judged here.

import { parsePolicy } from '../../policy/index.ts';
import type { Draft } from '../draft.ts';
import type { InvalidField } from '../refusal.ts';
import type { State } from '../state.ts';

/** The most characters of any policy that the model allows (AuthPolicyString). A longer one is refused for its length, and not parsed. */
const MOST_CHARACTERS = 36_864;

/** What is wrong with the input of PutAuthPolicy or PutResourcePolicy. */
export function judgePolicyInput(
  _state: State,
  { policy }: Draft<{ readonly policy: string }>,
): readonly InvalidField[] {
  return policy === undefined || policy.length > MOST_CHARACTERS ? [] : judgePolicy(policy);
}

/** Everything that is wrong with the form of `document`, the policy of a resource, each as the member `policy`. */
export function judgePolicy(document: string): readonly InvalidField[] {
  const wrong = (message: string): InvalidField => ({ name: 'policy', message });
  if (/[\r\n]/.test(document)) return [wrong('the document must not contain newlines or blank lines')];
  const parsed = parsePolicy(document, 'resource');
  if (parsed.ok) return [];
  return parsed.problems.map(({ pointer, column, message }) =>
    wrong(pointer === '' ? `at character ${column}: ${message}` : `at ${pointer} (character ${column}): ${message}`),
  );
}
