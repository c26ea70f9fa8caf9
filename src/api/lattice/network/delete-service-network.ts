// DeleteServiceNetwork.

import type { DeleteServiceNetworkRequest, DeleteServiceNetworkResponse } from '@aws-sdk/client-vpc-lattice';
import { deleteServiceNetwork as decide } from '../../../domain/network/index.ts';
import { change, type Valid, type Wire } from '../../operation.ts';

/** Deletes a service network that nothing is associated with. */
export const deleteServiceNetwork = change(
  'DeleteServiceNetwork',
  decide,
  (request: Valid<DeleteServiceNetworkRequest>) => request,
  (): Wire<DeleteServiceNetworkResponse> => ({}),
);
