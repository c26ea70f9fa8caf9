// The operations of STS that are implemented; the others answer 501.

import type { GetCallerIdentityResponse } from '@aws-sdk/client-sts';
import { read, type Operation, type Wire } from '../operation.ts';

/** Says who calls; the user id is the access key id, for users have no id of their own here. */
const getCallerIdentity = read(
  'GetCallerIdentity',
  (_state, _request, { account, principalArn, accessKeyId }): Wire<GetCallerIdentityResponse> => ({
    Account: account,
    Arn: principalArn,
    UserId: accessKeyId,
  }),
);

/** The implemented operations. */
export const stsOperations: readonly Operation[] = [getCallerIdentity];
