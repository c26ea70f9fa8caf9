// GetListener.

import type { GetListenerRequest, GetListenerResponse } from '@aws-sdk/client-vpc-lattice';
import { defaultActionOf, getListener as find } from '../../../domain/listener/index.ts';
import { read, type Valid, type Wire } from '../../operation.ts';
import { describeListener } from './describe-listener.ts';

/** Shows a listener. */
export const getListener = read(
  'GetListener',
  (state, request: Valid<GetListenerRequest>, call): Wire<GetListenerResponse> => {
    const { listener } = find(state, call, request.serviceIdentifier, request.listenerIdentifier);
    return describeListener({ listener, defaultAction: defaultActionOf(state, listener) });
  },
);
