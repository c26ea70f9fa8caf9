// GetDomainVerification.

import type { GetDomainVerificationRequest, GetDomainVerificationResponse } from '@aws-sdk/client-vpc-lattice';
import { getDomainVerification as find } from '../../../domain/domain-verification/index.ts';
import { read, type Valid, type Wire } from '../../operation.ts';
import { describeDomainVerification } from './describe-domain-verification.ts';

/** Shows a domain verification. */
export const getDomainVerification = read(
  'GetDomainVerification',
  (state, request: Valid<GetDomainVerificationRequest>, call): Wire<GetDomainVerificationResponse> =>
    describeDomainVerification(find(state, call, request.domainVerificationIdentifier)),
);
