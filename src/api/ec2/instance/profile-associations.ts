// The calls by which instances get, change and lose an instance profile.

import type {
  AssociateIamInstanceProfileRequest,
  AssociateIamInstanceProfileResult,
  DescribeIamInstanceProfileAssociationsRequest,
  DescribeIamInstanceProfileAssociationsResult,
  DisassociateIamInstanceProfileRequest,
  DisassociateIamInstanceProfileResult,
  IamInstanceProfile,
  IamInstanceProfileAssociation,
  IamInstanceProfileSpecification,
  ReplaceIamInstanceProfileAssociationRequest,
  ReplaceIamInstanceProfileAssociationResult,
} from '@aws-sdk/client-ec2';
import type { Caller, State } from '../../../domain/index.ts';
import {
  associateProfile,
  describeProfileAssociations,
  disassociateProfile,
  findAssociatedProfile,
  replaceProfile,
  type AssociatedProfile,
  type ProfileAssociation,
  type ProfileName,
} from '../../../domain/instance/index.ts';
import type { Valid, Wire } from '../../operation.ts';
import { changeEc2 } from '../change-ec2.ts';
import { describeEc2 } from '../describe-things.ts';
import { present } from '../optional.ts';

/** How a request names a profile. */
export function readProfile({ Arn, Name }: Valid<IamInstanceProfileSpecification>): ProfileName {
  return present({ arn: Arn, name: Name });
}

/** A profile in EC2's shape, as `owner` has it. */
export function describeProfile(
  profile: AssociatedProfile,
  owner: Pick<Caller, 'account'>,
  state: State,
): Wire<IamInstanceProfile> {
  const id = profile.id ?? findAssociatedProfile(state, owner, profile)?.id;
  return { Arn: profile.arn, ...present({ Id: id }) };
}

type AssociationState = NonNullable<IamInstanceProfileAssociation['State']>;

function describeAssociation(
  one: ProfileAssociation,
  state: State,
  State: AssociationState,
): Wire<IamInstanceProfileAssociation> {
  const { id: AssociationId, instanceId: InstanceId, profile } = one;
  return { AssociationId, InstanceId, State, IamInstanceProfile: describeProfile(profile, one, state) };
}

/** Calls that have no DryRun. */
interface Dry {
  readonly DryRun?: boolean | undefined;
}

/** Associate, disassociate, replace and describe. What is done at once is told as AWS tells it, which takes a moment. */
export const profileOperations = [
  changeEc2(
    'AssociateIamInstanceProfile',
    associateProfile,
    ({ InstanceId, IamInstanceProfile }: Valid<AssociateIamInstanceProfileRequest & Dry>) => ({
      ...{ instanceId: InstanceId, profile: readProfile(IamInstanceProfile) },
    }),
    (one, state): Wire<AssociateIamInstanceProfileResult> => ({
      IamInstanceProfileAssociation: describeAssociation(one, state, 'associating'),
    }),
  ),
  changeEc2(
    'DisassociateIamInstanceProfile',
    disassociateProfile,
    ({ AssociationId }: Valid<DisassociateIamInstanceProfileRequest & Dry>) => ({ associationId: AssociationId }),
    (one, state): Wire<DisassociateIamInstanceProfileResult> => ({
      IamInstanceProfileAssociation: describeAssociation(one, state, 'disassociating'),
    }),
  ),
  changeEc2(
    'ReplaceIamInstanceProfileAssociation',
    replaceProfile,
    ({ AssociationId, IamInstanceProfile }: Valid<ReplaceIamInstanceProfileAssociationRequest & Dry>) => ({
      ...{ associationId: AssociationId, profile: readProfile(IamInstanceProfile) },
    }),
    (one, state): Wire<ReplaceIamInstanceProfileAssociationResult> => ({
      IamInstanceProfileAssociation: describeAssociation(one, state, 'associating'),
    }),
  ),
  describeEc2('DescribeIamInstanceProfileAssociations', {
    ids: (request: Valid<DescribeIamInstanceProfileAssociationsRequest & Dry>) => request.AssociationIds,
    list: describeProfileAssociations,
    show: (one, state) => describeAssociation(one, state, 'associated'),
    answer: (IamInstanceProfileAssociations, NextToken): Wire<DescribeIamInstanceProfileAssociationsResult> => ({
      IamInstanceProfileAssociations,
      NextToken,
    }),
  }),
];
