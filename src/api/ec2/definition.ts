// EC2 as the protocol server sees it.

import type { ServiceDefinition } from '../../aws/index.ts';

/** ec2Query, API version 2016-11-15. EC2 checks its parameters one by one, so there are no constraint tables. */
export const ec2Definition: ServiceDefinition = {
  id: 'ec2',
  protocol: 'ec2Query',
  signingName: 'ec2',
  version: '2016-11-15',
  xmlNamespace: 'http://ec2.amazonaws.com/doc/2016-11-15/',
  load: () => import('@aws-sdk/client-ec2'),
  constraints: { shapes: {}, any: {}, structures: {} },
};
