// ListResourceConfigurations.

import type {
  ListResourceConfigurationsRequest,
  ListResourceConfigurationsResponse,
} from '@aws-sdk/client-vpc-lattice';
import { paginate } from '../../../domain/index.ts';
import { listResourceConfigurations as list } from '../../../domain/resource-configuration/index.ts';
import { read, type Valid, type Wire } from '../../operation.ts';
import { describeResourceConfiguration } from './describe-resource-configuration.ts';

/** Lists the caller's resource configurations: all, of a gateway, of a group, of a verification. */
export const listResourceConfigurations = read(
  'ListResourceConfigurations',
  (state, request: Valid<ListResourceConfigurationsRequest>, call): Wire<ListResourceConfigurationsResponse> => {
    const { items, nextToken } = paginate(list(state, call, request), request);
    return { items: items.map(describeResourceConfiguration), nextToken };
  },
);
