// Reading associations.

import type { Judge } from '../draft.ts';
import { findResource, getResource, type Caller } from '../identifiers.ts';
import { listBy, listOf, type RecordList } from '../page.ts';
import { keyOf, keyOfRecord } from '../records/base.ts';
import type { ServiceAssociation, VpcAssociation } from '../records/lattice.ts';
import { checkFields } from '../refusal.ts';
import { pairIndexValue } from '../state-indexes.ts';
import type { State } from '../state.ts';

/** The service association that an id or ARN names; refused with `ResourceNotFound` when absent. */
export function getServiceAssociation(state: State, caller: Caller, identifier: string): ServiceAssociation {
  return getResource(state, caller, 'serviceAssociation', identifier);
}

/** The VPC association that an id or ARN names; refused with `ResourceNotFound` when absent. */
export function getVpcAssociation(state: State, caller: Caller, identifier: string): VpcAssociation {
  return getResource(state, caller, 'vpcAssociation', identifier);
}

interface ServiceAssociationFilter {
  readonly serviceNetworkIdentifier?: string;
  readonly serviceIdentifier?: string;
}

interface VpcAssociationFilter {
  readonly serviceNetworkIdentifier?: string;
  readonly vpcIdentifier?: string;
}

/** What is wrong with the filter of `listServiceAssociations`. */
export const judgeServiceAssociationFilter: Judge<ServiceAssociationFilter> = (_state, filter) =>
  filter.serviceNetworkIdentifier === undefined && filter.serviceIdentifier === undefined
    ? [{ name: 'serviceNetworkIdentifier', message: 'give a service network, a service or both' }]
    : [];

/** What is wrong with the filter of `listVpcAssociations`. */
export const judgeVpcAssociationFilter: Judge<VpcAssociationFilter> = (_state, filter) =>
  filter.serviceNetworkIdentifier === undefined && filter.vpcIdentifier === undefined
    ? [{ name: 'serviceNetworkIdentifier', message: 'give a service network, a VPC or both' }]
    : [];

/** The associations of a network, of a service, or of both; an unknown one has none. Refused when neither is given. */
export function listServiceAssociations(
  state: State,
  caller: Caller,
  filter: ServiceAssociationFilter,
): RecordList<ServiceAssociation> {
  const { serviceNetworkIdentifier, serviceIdentifier } = filter;
  checkFields(judgeServiceAssociationFilter(state, filter, caller));
  const network =
    serviceNetworkIdentifier === undefined
      ? undefined
      : findResource(state, caller, 'serviceNetwork', serviceNetworkIdentifier);
  const service =
    serviceIdentifier === undefined ? undefined : findResource(state, caller, 'service', serviceIdentifier);
  const unknown =
    (serviceNetworkIdentifier !== undefined && network === undefined) ||
    (serviceIdentifier !== undefined && service === undefined);
  if (unknown) return listOf('nothing', []);
  if (network !== undefined && service !== undefined) {
    const pair = pairIndexValue(keyOfRecord(network), keyOfRecord(service));
    return listBy(state, 'serviceAssociation', 'serviceAssociationsByPair', pair);
  }
  if (network !== undefined)
    return listBy(state, 'serviceAssociation', 'serviceAssociationsByNetwork', keyOfRecord(network));
  return listBy(
    state,
    'serviceAssociation',
    'serviceAssociationsByService',
    service === undefined ? '' : keyOfRecord(service),
  );
}

/** The associations of a network, of a VPC, or of both; an unknown one has none. Refused when neither is given. */
export function listVpcAssociations(
  state: State,
  caller: Caller,
  filter: VpcAssociationFilter,
): RecordList<VpcAssociation> {
  const { serviceNetworkIdentifier, vpcIdentifier } = filter;
  checkFields(judgeVpcAssociationFilter(state, filter, caller));
  const network =
    serviceNetworkIdentifier === undefined
      ? undefined
      : findResource(state, caller, 'serviceNetwork', serviceNetworkIdentifier);
  if (serviceNetworkIdentifier !== undefined && network === undefined) return listOf('nothing', []);
  if (vpcIdentifier === undefined)
    return listBy(
      state,
      'vpcAssociation',
      'vpcAssociationsByNetwork',
      network === undefined ? '' : keyOfRecord(network),
    );
  // A VPC has one association, and those that failed: few, whichever network they are of.
  const vpcKey = keyOf(caller.account, caller.region, vpcIdentifier);
  const filterByNetwork =
    network === undefined
      ? undefined
      : {
          name: keyOfRecord(network),
          passes: (one: VpcAssociation) => one.serviceNetworkKey === keyOfRecord(network),
        };
  return listBy(state, 'vpcAssociation', 'vpcAssociationsByVpc', vpcKey, filterByNetwork);
}
