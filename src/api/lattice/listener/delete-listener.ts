// DeleteListener.

import type { DeleteListenerRequest, DeleteListenerResponse } from '@aws-sdk/client-vpc-lattice';
import { deleteListener as decide } from '../../../domain/listener/index.ts';
import { change, type Valid, type Wire } from '../../operation.ts';

/** Deletes a listener with its rules. */
export const deleteListener = change(
  'DeleteListener',
  decide,
  (request: Valid<DeleteListenerRequest>) => request,
  (): Wire<DeleteListenerResponse> => ({}),
);
