// CreateResourceConfiguration.

import type {
  CreateResourceConfigurationRequest,
  CreateResourceConfigurationResponse,
} from '@aws-sdk/client-vpc-lattice';
import {
  createResourceConfiguration as decide,
  judgeNewResourceConfiguration,
} from '../../../domain/resource-configuration/index.ts';
import { changeOnce, type Valid, type Wire } from '../../operation.ts';
import { withoutToken } from '../without-token.ts';
import { describeResourceConfiguration } from './describe-resource-configuration.ts';

/** Describes a resource, or a group of them, behind a resource gateway. */
export const createResourceConfiguration = changeOnce(
  'CreateResourceConfiguration',
  decide,
  (request: Valid<CreateResourceConfigurationRequest>) => withoutToken(request),
  (configuration): Wire<CreateResourceConfigurationResponse> => describeResourceConfiguration(configuration),
  judgeNewResourceConfiguration,
);
