// GetResourceConfiguration.

import type { GetResourceConfigurationRequest, GetResourceConfigurationResponse } from '@aws-sdk/client-vpc-lattice';
import { getResourceConfiguration as find } from '../../../domain/resource-configuration/index.ts';
import { read, type Valid, type Wire } from '../../operation.ts';
import { describeResourceConfigurationFully } from './describe-resource-configuration.ts';

/** Shows a resource configuration. */
export const getResourceConfiguration = read(
  'GetResourceConfiguration',
  (state, request: Valid<GetResourceConfigurationRequest>, call): Wire<GetResourceConfigurationResponse> =>
    describeResourceConfigurationFully(state, find(state, call, request.resourceConfigurationIdentifier)),
);
