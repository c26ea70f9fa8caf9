// Domain verifications.

export {
  deleteDomainVerification,
  judgeDomainVerification,
  startDomainVerification,
  type StartDomainVerificationInput,
} from './domain-verification.ts';
export { listDueVerifications, settleVerifications, type LookedFor } from './settle.ts';
export { getDomainVerification, listDomainVerifications } from './read.ts';
