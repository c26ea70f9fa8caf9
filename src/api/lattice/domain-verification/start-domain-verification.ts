// StartDomainVerification.

import type { StartDomainVerificationRequest, StartDomainVerificationResponse } from '@aws-sdk/client-vpc-lattice';
import {
  startDomainVerification as decide,
  judgeDomainVerification,
} from '../../../domain/domain-verification/index.ts';
import { changeOnce, type Valid, type Wire } from '../../operation.ts';
import { withoutToken } from '../without-token.ts';
import { describeDomainVerification } from './describe-domain-verification.ts';

/** Begins to prove that a domain is the caller's. */
export const startDomainVerification = changeOnce(
  'StartDomainVerification',
  decide,
  (request: Valid<StartDomainVerificationRequest>) => withoutToken(request),
  (verification): Wire<StartDomainVerificationResponse> => describeDomainVerification(verification),
  judgeDomainVerification,
);
