// GetAccessKeyInfo.

import type { GetAccessKeyInfoRequest, GetAccessKeyInfoResponse } from '@aws-sdk/client-sts';
import { findCredential } from '../../domain/iam/index.ts';
import { read, type Valid, type Wire } from '../operation.ts';
import { invalid } from './role-session.ts';
import { accountOfKeyId } from './session-credentials.ts';

/** Says whose an access key is: one that is known, or one of temporary credentials, whose id tells it. */
export const getAccessKeyInfo = read(
  'GetAccessKeyInfo',
  (state, { AccessKeyId }: Valid<GetAccessKeyInfoRequest>): Wire<GetAccessKeyInfoResponse> => {
    const account = findCredential(state, AccessKeyId)?.account ?? accountOfKeyId(AccessKeyId);
    if (account === undefined) throw invalid(`The access key ${AccessKeyId} is not valid.`);
    return { Account: account };
  },
);
