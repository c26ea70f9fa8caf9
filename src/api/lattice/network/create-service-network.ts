// CreateServiceNetwork.

import type { CreateServiceNetworkRequest, CreateServiceNetworkResponse } from '@aws-sdk/client-vpc-lattice';
import { createServiceNetwork as decide } from '../../../domain/network/index.ts';
import { judgeTags } from '../../../domain/tag/index.ts';
import { changeOnce, type Valid, type Wire } from '../../operation.ts';
import { describeNetwork } from './describe-network.ts';

/** Makes a service network. */
export const createServiceNetwork = changeOnce(
  'CreateServiceNetwork',
  decide,
  ({ name, authType, tags, sharingConfig }: Valid<CreateServiceNetworkRequest>) => ({
    name,
    ...(authType === undefined ? {} : { authType }),
    ...(tags === undefined ? {} : { tags }),
    ...(sharingConfig?.enabled === undefined ? {} : { sharingEnabled: sharingConfig.enabled }),
  }),
  (network): Wire<CreateServiceNetworkResponse> => describeNetwork(network),
  judgeTags,
);
