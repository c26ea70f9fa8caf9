// Reading associations.

import { findResource, getResource, type Caller } from '../identifiers.ts';
import { keyOf, keyOfRecord } from '../records/base.ts';
import type { ServiceAssociation, VpcAssociation } from '../records/lattice.ts';
import { invalidField } from '../refusal.ts';
import { recordsBy, type State } from '../state.ts';

/** The service association that an id or ARN names; refused with `ResourceNotFound` when absent. */
export function getServiceAssociation(state: State, caller: Caller, identifier: string): ServiceAssociation {
  return getResource(state, caller, 'serviceAssociation', identifier);
}

/** The VPC association that an id or ARN names; refused with `ResourceNotFound` when absent. */
export function getVpcAssociation(state: State, caller: Caller, identifier: string): VpcAssociation {
  return getResource(state, caller, 'vpcAssociation', identifier);
}

/** The associations of a network, of a service, or of both; an unknown one has none. Refused when neither is given. */
export function listServiceAssociations(
  state: State,
  caller: Caller,
  filter: { readonly serviceNetworkIdentifier?: string; readonly serviceIdentifier?: string },
): ServiceAssociation[] {
  const { serviceNetworkIdentifier, serviceIdentifier } = filter;
  if (serviceIdentifier !== undefined) {
    const service = findResource(state, caller, 'service', serviceIdentifier);
    if (service === undefined) return [];
    const found = recordsBy(state, 'serviceAssociation', 'serviceAssociationsByService', keyOfRecord(service));
    if (serviceNetworkIdentifier === undefined) return found;
    const network = findResource(state, caller, 'serviceNetwork', serviceNetworkIdentifier);
    return found.filter((one) => network !== undefined && one.serviceNetworkKey === keyOfRecord(network));
  }
  if (serviceNetworkIdentifier === undefined)
    throw invalidField('serviceNetworkIdentifier', 'give a service network, a service or both');
  const network = findResource(state, caller, 'serviceNetwork', serviceNetworkIdentifier);
  if (network === undefined) return [];
  return recordsBy(state, 'serviceAssociation', 'serviceAssociationsByNetwork', keyOfRecord(network));
}

/** The associations of a network, of a VPC, or of both; an unknown one has none. Refused when neither is given. */
export function listVpcAssociations(
  state: State,
  caller: Caller,
  filter: { readonly serviceNetworkIdentifier?: string; readonly vpcIdentifier?: string },
): VpcAssociation[] {
  const { serviceNetworkIdentifier, vpcIdentifier } = filter;
  if (serviceNetworkIdentifier === undefined) {
    if (vpcIdentifier === undefined)
      throw invalidField('serviceNetworkIdentifier', 'give a service network, a VPC or both');
    const vpcKey = keyOf(caller.account, caller.region, vpcIdentifier);
    return recordsBy(state, 'vpcAssociation', 'vpcAssociationsByVpc', vpcKey);
  }
  const network = findResource(state, caller, 'serviceNetwork', serviceNetworkIdentifier);
  if (network === undefined) return [];
  const found = recordsBy(state, 'vpcAssociation', 'vpcAssociationsByNetwork', keyOfRecord(network));
  return vpcIdentifier === undefined ? found : found.filter((one) => one.vpcId === vpcIdentifier);
}
