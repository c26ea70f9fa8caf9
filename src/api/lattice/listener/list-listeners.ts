// ListListeners.

import type { ListListenersRequest, ListListenersResponse } from '@aws-sdk/client-vpc-lattice';
import { paginate } from '../../../domain/index.ts';
import { defaultActionOf, listListeners as list } from '../../../domain/listener/index.ts';
import { getService } from '../../../domain/service/index.ts';
import { read, type Valid, type Wire } from '../../operation.ts';
import { describeListener } from './describe-listener.ts';

/** Lists the listeners of a service. */
export const listListeners = read(
  'ListListeners',
  (state, request: Valid<ListListenersRequest>, call): Wire<ListListenersResponse> => {
    const service = getService(state, call, request.serviceIdentifier);
    const { items, nextToken } = paginate(list(state, service), request);
    return {
      items: items.map((listener) => describeListener({ listener, defaultAction: defaultActionOf(state, listener) })),
      nextToken,
    };
  },
);
