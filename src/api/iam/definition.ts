// IAM as the protocol server sees it.

import type { ServiceDefinition } from '../../aws/index.ts';
import { iamConstraints } from './constraints.ts';

/** The region that clients sign IAM's calls for, whichever is theirs (IAM endpoints: the global one). */
export const IAM_REGION = 'us-east-1';

/** query, API version 2010-05-08. */
export const iamDefinition: ServiceDefinition = {
  id: 'iam',
  protocol: 'query',
  signingName: 'iam',
  globalRegion: IAM_REGION,
  version: '2010-05-08',
  xmlNamespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
  load: () => import('@aws-sdk/client-iam'),
  constraints: iamConstraints,
};
