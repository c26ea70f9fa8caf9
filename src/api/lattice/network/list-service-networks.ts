// ListServiceNetworks.

import type { ListServiceNetworksRequest, ListServiceNetworksResponse } from '@aws-sdk/client-vpc-lattice';
import { paginate } from '../../../domain/index.ts';
import { listServiceNetworks as list } from '../../../domain/network/index.ts';
import { read, type Valid, type Wire } from '../../operation.ts';
import { describeNetworkFully } from './describe-network.ts';

/** Lists the caller's service networks. */
export const listServiceNetworks = read(
  'ListServiceNetworks',
  (state, request: Valid<ListServiceNetworksRequest>, call): Wire<ListServiceNetworksResponse> => {
    const { items, nextToken } = paginate(list(state, call), request);
    return { items: items.map((network) => describeNetworkFully(state, network)), nextToken };
  },
);
