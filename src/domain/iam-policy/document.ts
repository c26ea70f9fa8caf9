// Which policy documents IAM takes: those that its grammar has, and that are not too long.

import { parsePolicy } from '../../policy/index.ts';
import { iamRefusal } from '../refusal.ts';

/** The most problems of a document that a refusal names. */
const MOST_PROBLEMS = 5;

/** Characters of a managed policy, of all inline policies of a user or role, and of a trust policy (IAM User Guide: IAM and STS quotas). AWS raises the last one alone. */
const sizes = { managed: 6144, iamUser: 2048, iamRole: 10_240, trust: 2048 } as const;

/** Refuses with MalformedPolicyDocument what is no policy of an identity. */
export function checkIdentityPolicy(document: string): void {
  checkGrammar(document, 'identity');
}

/** Refuses with LimitExceeded when the documents have more characters than these may have together; white space is not counted. */
export function checkSize(kind: keyof typeof sizes, owner: string, documents: readonly string[]): void {
  const size = documents.reduce((sum, document) => sum + sizeOf(document), 0);
  const most = sizes[kind];
  if (size <= most) return;
  if (kind === 'managed') throw iamRefusal('LimitExceeded', `Cannot exceed quota for PolicySize: ${most}`);
  if (kind === 'trust') throw iamRefusal('LimitExceeded', `Cannot exceed quota for ACLSizePerRole: ${most}`);
  const words = kind === 'iamUser' ? 'user' : 'role';
  throw iamRefusal('LimitExceeded', `Maximum policy size of ${most} bytes exceeded for ${words} ${owner}`);
}

/** Refuses what says not who may assume a role, or is too long. */
export function checkTrustPolicy(role: string, document: string): void {
  const { statements } = checkGrammar(document, 'trust');
  for (const { action } of statements)
    if (action.negated || !action.patterns.every((pattern) => /^sts:/i.test(pattern)))
      throw iamRefusal('MalformedPolicyDocument', 'AssumeRole policy may only specify STS AssumeRole actions.');
  checkSize('trust', role, [document]);
}

function checkGrammar(document: string, kind: 'identity' | 'trust') {
  const parsed = parsePolicy(document, kind);
  if (parsed.ok) return parsed.document;
  const problems = parsed.problems.slice(0, MOST_PROBLEMS).map(({ pointer, line, column, message }) => {
    const at = pointer === '' ? '' : ` at ${pointer}`;
    return `${message.replace(/\.$/, '')}${at} (line ${line}, column ${column})`;
  });
  throw iamRefusal('MalformedPolicyDocument', `Syntax errors in policy. ${problems.join('; ')}.`);
}

/** Characters without the white space between tokens. */
function sizeOf(document: string): number {
  return document.replace(/("(?:[^"\\]|\\.)*")|\s+/g, '$1').length;
}
