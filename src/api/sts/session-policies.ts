// The policies that a session is begun with: documents and ARNs, which limit what its role or user may do.

import { ServiceError } from '../../aws/index.ts';
import { findManagedDocument } from '../../domain/iam/index.ts';
import type { State } from '../../domain/index.ts';
import { parsePolicy } from '../../policy/index.ts';

/** What a call says of them. */
export interface SessionPolicyInput {
  readonly Policy?: string;
  readonly PolicyArns?: readonly { readonly arn?: string }[];
}

/** The most characters of policy, ARNs and tags together (STS API: AssumeRole). */
const MOST_PACKED = 2048;

/** The documents; undefined when the call has none. Refused with MalformedPolicyDocument, ValidationError or PackedPolicyTooLarge. */
export function readSessionPolicies(
  { Policy, PolicyArns = [] }: SessionPolicyInput,
  tags: Readonly<Record<string, string>>,
  account: string,
  state: State,
): { readonly documents?: readonly string[]; readonly packedSize?: number } {
  if (Policy !== undefined) {
    const parsed = parsePolicy(Policy, 'identity');
    if (!parsed.ok) {
      const [problem] = parsed.problems;
      throw new ServiceError('MalformedPolicyDocument', `At ${problem?.pointer || '/'}: ${problem?.message}`, {
        status: 400,
      });
    }
  }
  const managed = PolicyArns.map(({ arn = '' }) => {
    const found = findManagedDocument(state, { account }, arn);
    if (found === undefined)
      throw new ServiceError('ValidationError', `The policy ${arn} does not exist.`, { status: 400 });
    return found.document;
  });
  const packed = [Policy ?? '', ...PolicyArns.map(({ arn = '' }) => arn), ...Object.entries(tags).flat()].join(
    '',
  ).length;
  if (packed > MOST_PACKED)
    throw new ServiceError(
      'PackedPolicyTooLarge',
      `Packed size of session policies and tags consumes ${Math.ceil((packed / MOST_PACKED) * 100)}% of allotted space`,
      { status: 400 },
    );
  const packedSize = Math.ceil((packed / MOST_PACKED) * 100);
  if (Policy === undefined && PolicyArns.length === 0) return packed === 0 ? {} : { packedSize };
  return { documents: [...(Policy === undefined ? [] : [Policy]), ...managed], packedSize };
}
