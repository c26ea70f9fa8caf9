// UpdateServiceNetwork.

import type { UpdateServiceNetworkRequest, UpdateServiceNetworkResponse } from '@aws-sdk/client-vpc-lattice';
import { updateServiceNetwork as decide } from '../../../domain/network/index.ts';
import { change, type Valid, type Wire } from '../../operation.ts';
import { describeNetwork } from './describe-network.ts';

/** Changes the auth type of a service network. */
export const updateServiceNetwork = change(
  'UpdateServiceNetwork',
  decide,
  (request: Valid<UpdateServiceNetworkRequest>) => request,
  (network): Wire<UpdateServiceNetworkResponse> => describeNetwork(network),
);
