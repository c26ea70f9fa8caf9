// Associations in the wire's shape.

import type { DnsOptions } from '@aws-sdk/client-vpc-lattice';
import type { State } from '../../../domain/index.ts';
import type { Service, ServiceAssociation, ServiceNetwork, VpcAssociation } from '../../../domain/records/index.ts';
import type { Wire } from '../../operation.ts';
import { describeDnsEntry } from '../service/describe-service.ts';
import { describeTimes } from '../time.ts';

/** What an association's answers show: it, and what it joins (absent when that is not there any more). */
interface ServiceAssociationView {
  readonly association: ServiceAssociation;
  readonly service: Service | undefined;
  readonly network: ServiceNetwork | undefined;
}

/** A service association with names and ARNs of both sides as they are now; each call's schema takes the members that it has. */
export function describeServiceAssociation(state: State, association: ServiceAssociation) {
  return describeServiceAssociationView({
    association,
    service: state.tables.service.get(association.serviceKey),
    network: state.tables.serviceNetwork.get(association.serviceNetworkKey),
  });
}

/** A service association as it was decided. */
export function describeServiceAssociationView({ association, service, network }: ServiceAssociationView) {
  return {
    ...describeCommon(association, network),
    status: association.status,
    serviceId: association.serviceId,
    serviceName: service?.name,
    serviceArn: service?.arn,
    customDomainName: service?.customDomainName,
    dnsEntry: service === undefined ? undefined : describeDnsEntry(service),
  };
}

/** A VPC association with name and ARN of its network as they are now; each call's schema takes the members that it has. */
export function describeVpcAssociation(state: State, association: VpcAssociation) {
  const network = state.tables.serviceNetwork.get(association.serviceNetworkKey);
  return describeVpcAssociationView({ association, network });
}

/** A VPC association as it was decided. */
export function describeVpcAssociationView({
  association,
  network,
}: {
  readonly association: VpcAssociation;
  readonly network: ServiceNetwork | undefined;
}) {
  const { status, vpcId, securityGroupIds, privateDnsEnabled, dnsOptions } = association;
  return {
    ...describeCommon(association, network),
    status,
    vpcId,
    securityGroupIds,
    privateDnsEnabled,
    dnsOptions: dnsOptions as Wire<DnsOptions> | undefined,
  };
}

function describeCommon(association: ServiceAssociation | VpcAssociation, network: ServiceNetwork | undefined) {
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
