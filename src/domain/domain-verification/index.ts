// Domain verifications.

export {
  deleteDomainVerification,
  judgeDomainVerification,
  startDomainVerification,
  type StartDomainVerificationInput,
} from './domain-verification.ts';
export { getDomainVerification, listDomainVerifications } from './read.ts';
