// Principals and policies for the tests of this room.

import assert from 'node:assert/strict';
import { compilePolicy, type CompiledPolicy } from './compile-policy.ts';
import { parsePolicy, type PolicyKind } from './parse-policy.ts';
import type { CallerPrincipal } from './request.ts';

/** A session of a role. */
export const role: CallerPrincipal = {
  kind: 'role',
  arn: 'arn:aws:sts::111122223333:assumed-role/orders/session-1',
  issuerArn: 'arn:aws:iam::111122223333:role/app/orders',
  account: '111122223333',
  userId: 'AROA123456789EXAMPLE:session-1',
  tags: { Team: 'blue' },
  organizationId: 'o-a1b2c3d4e5',
};

/** A user of the same account. */
export const user: CallerPrincipal = {
  kind: 'user',
  arn: 'arn:aws:iam::111122223333:user/div/ann',
  issuerArn: 'arn:aws:iam::111122223333:user/div/ann',
  account: '111122223333',
  userId: 'AIDA123456789EXAMPLE',
  tags: {},
};

/** The policy with `statements`, which must be right. */
export function compiled(statements: unknown, kind: PolicyKind = 'resource', version = '2012-10-17'): CompiledPolicy {
  const parsed = parsePolicy(JSON.stringify({ Version: version, Statement: statements }), kind);
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return compilePolicy(parsed.document);
}
