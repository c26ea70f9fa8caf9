// CloudTrail as the protocol server sees it.

import type { ServiceDefinition } from '../../aws/index.ts';

/** awsJson1.1, API version 2013-11-01. LookupEvents judges its members itself, for each has an exception of its own. */
export const cloudTrailDefinition: ServiceDefinition = {
  id: 'cloudtrail',
  protocol: 'awsJson1_1',
  signingName: 'cloudtrail',
  targetPrefix: 'CloudTrail_20131101',
  load: () => import('@aws-sdk/client-cloudtrail'),
  constraints: { shapes: {}, any: {}, structures: {} },
};
