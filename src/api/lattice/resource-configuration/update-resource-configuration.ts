// UpdateResourceConfiguration.

import type {
  UpdateResourceConfigurationRequest,
  UpdateResourceConfigurationResponse,
} from '@aws-sdk/client-vpc-lattice';
import {
  updateResourceConfiguration as decide,
  judgeResourceConfigurationUpdate,
} from '../../../domain/resource-configuration/index.ts';
import { change, type Valid, type Wire } from '../../operation.ts';
import { describeResourceConfiguration } from './describe-resource-configuration.ts';

/** Changes definition, port ranges or sharing of a resource configuration. */
export const updateResourceConfiguration = change(
  'UpdateResourceConfiguration',
  decide,
  (request: Valid<UpdateResourceConfigurationRequest>) => request,
  (configuration): Wire<UpdateResourceConfigurationResponse> => describeResourceConfiguration(configuration),
  judgeResourceConfigurationUpdate,
);
