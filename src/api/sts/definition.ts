// STS as the protocol server sees it.

import type { ServiceDefinition } from '../../aws/index.ts';

/** query, API version 2011-06-15. */
export const stsDefinition: ServiceDefinition = {
  id: 'sts',
  protocol: 'query',
  signingName: 'sts',
  version: '2011-06-15',
  xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
  load: () => import('@aws-sdk/client-sts'),
  constraints: { shapes: {}, any: {}, structures: {} },
};
