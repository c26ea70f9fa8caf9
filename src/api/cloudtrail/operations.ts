// The operations of CloudTrail that are implemented; the others answer 501.

import type { Operation } from '../operation.ts';
import type { CloudTrailDeps } from './deps.ts';
import { lookupEvents } from './lookup-events.ts';

/** The implemented operations. */
export const cloudTrailOperations: readonly Operation<CloudTrailDeps>[] = [lookupEvents];
