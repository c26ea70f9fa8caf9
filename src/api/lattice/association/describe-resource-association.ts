// Resource associations in the wire's shape.

import type { State } from '../../../domain/index.ts';
import { resourceDnsEntry } from '../../../domain/association/index.ts';
import type { ResourceAssociation, ResourceConfiguration } from '../../../domain/records/index.ts';
import { verificationOf } from '../../../domain/resource-configuration/index.ts';
import { describeTimes } from '../time.ts';

/** The association as it was decided: what the create and delete calls answer. */
export function describeResourceAssociation(association: ResourceAssociation) {
  const { id, arn, status, createdBy, privateDnsEnabled } = association;
  return { id, arn, status, createdBy, privateDnsEnabled };
}

/** The association with both sides as they are now; `configuration` is what it brings: its own, or a child of that. */
export function describeResourceAssociationFully(
  state: State,
  association: ResourceAssociation,
  configuration: ResourceConfiguration | undefined,
) {
  const { serviceNetworkId, privateDnsEnabled, failureCode, failureMessage } = association;
  const network = state.tables.serviceNetwork.get(association.serviceNetworkKey);
  const { customDomainName } = configuration ?? {};
  const named = customDomainName !== undefined && privateDnsEnabled !== false;
  return {
    ...describeResourceAssociation(association),
    ...describeTimes(association),
    resourceConfigurationId: configuration?.id ?? association.resourceConfigurationId,
    resourceConfigurationArn: configuration?.arn,
    resourceConfigurationName: configuration?.name,
    serviceNetworkId,
    serviceNetworkArn: network?.arn,
    serviceNetworkName: network?.name,
    dnsEntry: configuration === undefined ? undefined : resourceDnsEntry(association, configuration),
    privateDnsEntry: named ? { domainName: customDomainName } : undefined,
    isManagedAssociation: false,
    domainVerificationStatus: configuration === undefined ? undefined : verificationOf(state, configuration),
    failureCode,
    failureReason: failureMessage,
  };
}
