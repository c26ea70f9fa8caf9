// IAM as the protocol server sees it.

import type { ServiceDefinition } from '../../aws/index.ts';
import { iamConstraints } from './constraints.ts';

/** query, API version 2010-05-08. */
export const iamDefinition: ServiceDefinition = {
  id: 'iam',
  protocol: 'query',
  signingName: 'iam',
  version: '2010-05-08',
  xmlNamespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
  load: () => import('@aws-sdk/client-iam'),
  constraints: iamConstraints,
};
