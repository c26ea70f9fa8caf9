// VPC Lattice as the protocol server sees it.

import type { ServiceDefinition } from '../../aws/index.ts';
import { latticeConstraints } from './constraints.ts';

/** restJson1, service model 2022-11-30. */
export const latticeDefinition: ServiceDefinition = {
  id: 'lattice',
  protocol: 'restJson1',
  signingName: 'vpc-lattice',
  load: () => import('@aws-sdk/client-vpc-lattice'),
  constraints: latticeConstraints,
};
