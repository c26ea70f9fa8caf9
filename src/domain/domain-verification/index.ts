// Domain verifications.

export {
  deleteDomainVerification,
  startDomainVerification,
  type StartDomainVerificationInput,
} from './domain-verification.ts';
export { getDomainVerification, listDomainVerifications } from './read.ts';
