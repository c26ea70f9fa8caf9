// Which policy documents are taken: those that IAM's grammar has, on one line; what they mean is not judged here.

import { parsePolicy } from '../../policy/index.ts';
import type { InvalidField } from '../refusal.ts';

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
