// The operations of IAM that are implemented; the others answer 501.

import type { Operation } from '../operation.ts';
import { accessKeyOperations } from './access-keys.ts';
import { accountOperations } from './account.ts';
import type { IamDeps } from './deps.ts';
import { entityPolicyOperations } from './entity-policies.ts';
import { iamTagOperations } from './iam-tags.ts';
import { instanceProfileOperations } from './instance-profiles.ts';
import { managedPolicyOperations } from './managed-policies.ts';
import { oidcProviderOperations } from './oidc-providers.ts';
import { roleOperations } from './roles.ts';
import { userOperations } from './users.ts';

/** The implemented operations. */
export const iamOperations: readonly Operation<IamDeps>[] = [
  ...userOperations,
  ...accessKeyOperations,
  ...roleOperations,
  ...instanceProfileOperations,
  ...entityPolicyOperations,
  ...managedPolicyOperations,
  ...oidcProviderOperations,
  ...iamTagOperations,
  ...accountOperations,
];
