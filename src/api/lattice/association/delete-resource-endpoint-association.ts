// DeleteResourceEndpointAssociation.

import type {
  DeleteResourceEndpointAssociationRequest,
  DeleteResourceEndpointAssociationResponse,
} from '@aws-sdk/client-vpc-lattice';
import { deleteResourceEndpointAssociation as decide } from '../../../domain/association/index.ts';
import { change, type Valid, type Wire } from '../../operation.ts';
import { describeResourceEndpoint } from './describe-endpoint-association.ts';

/** Cuts a VPC endpoint off from a resource. */
export const deleteResourceEndpointAssociation = change(
  'DeleteResourceEndpointAssociation',
  decide,
  (request: Valid<DeleteResourceEndpointAssociationRequest>) => request,
  (association, state): Wire<DeleteResourceEndpointAssociationResponse> => describeResourceEndpoint(state, association),
);
