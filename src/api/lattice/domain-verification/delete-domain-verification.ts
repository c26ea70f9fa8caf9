// DeleteDomainVerification.

import type { DeleteDomainVerificationRequest, DeleteDomainVerificationResponse } from '@aws-sdk/client-vpc-lattice';
import { deleteDomainVerification as decide } from '../../../domain/domain-verification/index.ts';
import { change, type Valid, type Wire } from '../../operation.ts';

/** Forgets a domain verification. */
export const deleteDomainVerification = change(
  'DeleteDomainVerification',
  decide,
  (request: Valid<DeleteDomainVerificationRequest>) => request,
  (): Wire<DeleteDomainVerificationResponse> => ({}),
);
