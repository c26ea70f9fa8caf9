// Whether a call hands a role on to EC2, which its caller must be allowed to (IAM User Guide: "Grant a user permissions to pass a role").

import type { KeyValue } from '../../policy/index.ts';
import { ec2Service } from '../metadata/role-credentials.ts';
import type { Subject } from './call-request.ts';

/** The question whether `role`, an ARN, may be passed to EC2. */
export function passedToEc2(role: string): Subject {
  const key = (name: string): KeyValue => (name === 'iam:passedtoservice' ? ec2Service : undefined);
  return { action: 'iam:PassRole', resource: role, key };
}
