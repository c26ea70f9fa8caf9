// What a service network or a service with auth type AWS_IAM asks of requests, compiled once per document.

import { compilePolicy, parsePolicy, type NamedPolicy } from '../../policy/index.ts';

/** The policies of one layer. None of them: every request is denied (User Guide: Auth policies). */
export interface AuthLayer {
  readonly policies: readonly NamedPolicy[];
}

/** The layer of a network or service; undefined with auth type NONE. */
export function compileAuth(owner: {
  readonly arn: string;
  readonly authType?: 'AWS_IAM';
  readonly policy?: string;
}): AuthLayer | undefined {
  if (owner.authType === undefined) return undefined;
  const parsed = owner.policy === undefined ? undefined : parsePolicy(owner.policy, 'resource');
  // What cannot be read allows nothing; PutAuthPolicy takes no such document.
  if (parsed?.ok !== true) return { policies: [] };
  return { policies: [{ name: `auth policy of ${owner.arn}`, policy: compilePolicy(parsed.document) }] };
}
