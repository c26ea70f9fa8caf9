// A resource configuration in the wire's shape.

import type { ResourceConfigurationDefinition } from '@aws-sdk/client-vpc-lattice';
import type { State } from '../../../domain/index.ts';
import type { ResourceConfiguration, ResourceDefinition } from '../../../domain/records/index.ts';
import { verificationOf } from '../../../domain/resource-configuration/index.ts';
import type { Wire } from '../../operation.ts';
import { describeTimes } from '../time.ts';

/** The configuration as it was decided; each call's schema takes the members that it has. */
export function describeResourceConfiguration(configuration: ResourceConfiguration) {
  const { id, arn, name, type, status, resourceGatewayId, groupId, portRanges, protocol, definition } = configuration;
  const { customDomainName, groupDomain, domainVerificationId, domainVerificationArn, failureMessage } = configuration;
  return {
    ...{ id, arn, name, type, status, resourceGatewayId, portRanges, protocol, customDomainName, groupDomain },
    ...{ domainVerificationId, domainVerificationArn },
    allowAssociationToShareableServiceNetwork: configuration.allowAssociationToShareableServiceNetwork,
    resourceConfigurationGroupId: groupId,
    resourceConfigurationDefinition: definition === undefined ? undefined : describeDefinition(definition),
    failureReason: failureMessage,
    amazonManaged: false,
    ...describeTimes(configuration),
  };
}

/** The whole, with what is known of its domain now. */
export function describeResourceConfigurationFully(state: State, configuration: ResourceConfiguration) {
  return {
    ...describeResourceConfiguration(configuration),
    domainVerificationStatus: verificationOf(state, configuration),
  };
}

function describeDefinition(definition: ResourceDefinition): Wire<ResourceConfigurationDefinition> {
  switch (definition.kind) {
    case 'dns':
      return { dnsResource: { domainName: definition.domainName, ipAddressType: definition.ipAddressType } };
    case 'ip':
      return { ipResource: { ipAddress: definition.ipAddress } };
    case 'arn':
      return { arnResource: { arn: definition.arn } };
    case 'cidr':
      return { cidrResource: { cidrRanges: definition.cidrRanges } };
  }
}
