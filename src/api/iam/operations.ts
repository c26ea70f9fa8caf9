// The operations of IAM that are implemented; the others answer 501.

import type { Operation } from '../operation.ts';
import { accessKeyOperations } from './access-keys.ts';
import type { IamDeps } from './deps.ts';
import { userOperations } from './users.ts';

/** The implemented operations. */
export const iamOperations: readonly Operation<IamDeps>[] = [...userOperations, ...accessKeyOperations];
