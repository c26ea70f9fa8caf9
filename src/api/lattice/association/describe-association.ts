// Associations in the wire's shape.

import type { DnsOptions } from '@aws-sdk/client-vpc-lattice';
import type { State } from '../../../domain/index.ts';
import type { ServiceAssociation, VpcAssociation } from '../../../domain/records/index.ts';
import type { Wire } from '../../operation.ts';
import { describeDnsEntry } from '../service/describe-service.ts';
import { describeTimes } from '../time.ts';

/** A service association with names and ARNs of both sides; each call's schema takes the members that it has. */
export function describeServiceAssociation(state: State, association: ServiceAssociation) {
  const service = state.tables.service.get(association.serviceKey);
  return {
    ...describeCommon(state, association),
    status: association.status,
    serviceId: association.serviceId,
    serviceName: service?.name,
    serviceArn: service?.arn,
    customDomainName: service?.customDomainName,
    dnsEntry: service === undefined ? undefined : describeDnsEntry(service),
  };
}

/** A VPC association with name and ARN of its network; each call's schema takes the members that it has. */
export function describeVpcAssociation(state: State, association: VpcAssociation) {
  const { status, vpcId, securityGroupIds, privateDnsEnabled, dnsOptions } = association;
  return {
    ...describeCommon(state, association),
    status,
    vpcId,
    securityGroupIds,
    privateDnsEnabled,
    dnsOptions: dnsOptions as Wire<DnsOptions> | undefined,
  };
}

function describeCommon(state: State, association: ServiceAssociation | VpcAssociation) {
  const network = state.tables.serviceNetwork.get(association.serviceNetworkKey);
  const { id, arn, createdBy, serviceNetworkId, failureCode, failureMessage } = association;
  return {
    id,
    arn,
    createdBy,
    serviceNetworkId,
    serviceNetworkName: network?.name,
    serviceNetworkArn: network?.arn,
    failureCode,
    failureMessage,
    ...describeTimes(association),
  };
}
