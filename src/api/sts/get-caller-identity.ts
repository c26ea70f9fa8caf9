// GetCallerIdentity.

import type { GetCallerIdentityResponse } from '@aws-sdk/client-sts';
import { read, type Wire } from '../operation.ts';
import type { StsDeps } from './deps.ts';

/** Says who calls; nobody needs a permission for that. */
export const getCallerIdentity = read(
  'GetCallerIdentity',
  (_state, _request, call, { callers }: StsDeps): Wire<GetCallerIdentityResponse> => ({
    Account: call.account,
    Arn: call.principalArn,
    UserId: callers.identify(call)?.principal.userId ?? call.accessKeyId,
  }),
);
