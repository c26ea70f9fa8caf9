// GetServiceNetwork.

import type { GetServiceNetworkRequest, GetServiceNetworkResponse } from '@aws-sdk/client-vpc-lattice';
import { getServiceNetwork as find } from '../../../domain/network/index.ts';
import { read, type Valid, type Wire } from '../../operation.ts';
import { describeNetworkFully } from './describe-network.ts';

/** Shows a service network. */
export const getServiceNetwork = read(
  'GetServiceNetwork',
  (state, request: Valid<GetServiceNetworkRequest>, call): Wire<GetServiceNetworkResponse> =>
    describeNetworkFully(state, find(state, call, request.serviceNetworkIdentifier)),
);
