// DeleteResourceConfiguration.

import type {
  DeleteResourceConfigurationRequest,
  DeleteResourceConfigurationResponse,
} from '@aws-sdk/client-vpc-lattice';
import { deleteResourceConfiguration as decide } from '../../../domain/resource-configuration/index.ts';
import { change, type Valid, type Wire } from '../../operation.ts';

/** Deletes a resource configuration that nothing is associated with. */
export const deleteResourceConfiguration = change(
  'DeleteResourceConfiguration',
  decide,
  (request: Valid<DeleteResourceConfigurationRequest>) => request,
  (): Wire<DeleteResourceConfigurationResponse> => ({}),
);
