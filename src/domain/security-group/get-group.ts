// A security group as calls name it: by id, or (of the default VPC) by name.

import { findDefaultVpc } from '../ec2/default-vpc.ts';
import { getThing } from '../ec2/resource.ts';
import type { Caller } from '../identifiers.ts';
import type { SecurityGroup } from '../records/ec2.ts';
import { ec2Refusal } from '../refusal.ts';
import { ownedIndexValue } from '../state-indexes.ts';
import { recordsBy, type State } from '../state.ts';

/** One of both. */
export interface GroupName {
  readonly groupId?: string;
  readonly groupName?: string;
}

/** The group; refused with `InvalidGroup.NotFound`, or `MissingParameter` when it is not named. */
export function getGroup(state: State, caller: Caller, { groupId, groupName }: GroupName): SecurityGroup {
  if (groupId !== undefined) return getThing(state, caller, 'securityGroup', groupId);
  if (groupName === undefined)
    throw ec2Refusal('MissingParameter', 'The request must contain the parameter groupName or groupId');
  const vpc = findDefaultVpc(state, caller);
  const found = recordsBy(state, 'securityGroup', 'owned', ownedIndexValue('securityGroup', caller)).find(
    ({ name, vpcId }) => name === groupName && vpcId === vpc?.id,
  );
  if (found !== undefined) return found;
  const shown = groupName.slice(0, 255);
  throw ec2Refusal('InvalidGroup.NotFound', `The security group '${shown}' does not exist in default VPC '${vpc?.id}'`);
}

/** As `getGroup`, to change it; what the configuration made is changed there (`OperationNotPermitted`). */
export function getOwnGroup(state: State, caller: Caller, name: GroupName): SecurityGroup {
  const group = getGroup(state, caller, name);
  if (group.origin === 'configuration')
    throw ec2Refusal('OperationNotPermitted', `The security group '${group.id}' is made by the configuration.`);
  return group;
}
