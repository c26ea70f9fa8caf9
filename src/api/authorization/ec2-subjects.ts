// What the operations of EC2 are about: each is allowed as such, and some need another service's leave beside it.

import type { Call } from '../../aws/index.ts';
import { findRoleOf } from '../../domain/iam-role/index.ts';
import { findProfile } from '../../domain/instance/index.ts';
import type { State } from '../../domain/index.ts';
import type { SubjectsOf } from './authorize.ts';
import type { Subject } from './call-request.ts';
import { passedToEc2 } from './passed-role.ts';

interface Names {
  readonly ServiceNetworkArn?: string;
  readonly IamInstanceProfile?: { readonly Arn?: string; readonly Name?: string };
}

/** The subjects of EC2's operations. */
export const ec2Subjects: SubjectsOf = (operation, input, call, state) => {
  const names = input as Names;
  return [
    { action: `ec2:${operation}`, resource: '*' },
    ...reachedNetwork(operation, names),
    ...passedRole(names, call, state),
  ];
};

/** CreateVpcEndpoint asks for VPC Lattice's action on the network too (Service Authorization Reference: VPC Lattice). */
function reachedNetwork(operation: string, { ServiceNetworkArn: network }: Names): readonly Subject[] {
  return operation === 'CreateVpcEndpoint' && network !== undefined
    ? [{ action: 'vpc-lattice:CreateServiceNetworkVpcEndpointAssociation', resource: network }]
    : [];
}

/** Who gives a profile to an instance passes the role that is in it. What is no profile, or has no role, is refused afterwards. */
function passedRole({ IamInstanceProfile: given }: Names, call: Call, state: State): readonly Subject[] {
  if (given === undefined) return [];
  const { Arn: arn, Name: name } = given;
  const wanted = { ...(arn === undefined ? {} : { arn }), ...(name === undefined ? {} : { name }) };
  const profile = findProfile(state, call, wanted);
  const role = profile && findRoleOf(state, profile);
  return role === undefined ? [] : [passedToEc2(role.arn)];
}
