// A service in the wire's shape.

import type { Service } from '../../../domain/records/index.ts';
import { describeTimes } from '../time.ts';

/** A service; each call's schema takes the members that it has. */
export function describeService(service: Service) {
  const { id, arn, name, status, authType, idleTimeoutSeconds, customDomainName, certificateArn } = service;
  return {
    id,
    arn,
    name,
    status,
    authType,
    idleTimeoutSeconds,
    customDomainName,
    certificateArn,
    dnsEntry: describeDnsEntry(service),
    failureCode: service.failureCode,
    failureMessage: service.failureMessage,
    ...describeTimes(service),
  };
}

/** The generated name of a service. */
export function describeDnsEntry(service: Pick<Service, 'dnsName' | 'hostedZoneId'>) {
  return { domainName: service.dnsName, hostedZoneId: service.hostedZoneId };
}
