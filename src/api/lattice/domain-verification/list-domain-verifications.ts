// ListDomainVerifications.

import type { ListDomainVerificationsRequest, ListDomainVerificationsResponse } from '@aws-sdk/client-vpc-lattice';
import { listDomainVerifications as list } from '../../../domain/domain-verification/index.ts';
import { paginate } from '../../../domain/index.ts';
import { read, type Valid, type Wire } from '../../operation.ts';
import { describeDomainVerification } from './describe-domain-verification.ts';

/** Lists the caller's domain verifications. */
export const listDomainVerifications = read(
  'ListDomainVerifications',
  (state, request: Valid<ListDomainVerificationsRequest>, call): Wire<ListDomainVerificationsResponse> => {
    const { items, nextToken } = paginate(list(state, call), request);
    return { items: items.map(describeDomainVerification), nextToken };
  },
);
