// A domain verification in the wire's shape.

import type { DomainVerification } from '../../../domain/records/index.ts';

/** The whole; each call's schema takes the members that it has. */
export function describeDomainVerification(verification: DomainVerification) {
  const { id, arn, domainName, status, txtName, txtValue, createdAt, lastVerifiedAt, tags } = verification;
  return {
    ...{ id, arn, domainName, status, tags },
    txtMethodConfig: { name: txtName, value: txtValue },
    createdAt: new Date(createdAt),
    ...(lastVerifiedAt === undefined ? {} : { lastVerifiedTime: new Date(lastVerifiedAt) }),
  };
}
