// The shapes in which answers show what IAM has.

import type { AccessKeyMetadata, InstanceProfile, Policy, PolicyVersion, Role, Tag, User } from '@aws-sdk/client-iam';
import type {
  Credential,
  IamInstanceProfile,
  IamPolicy,
  IamPolicyVersion,
  IamRole,
  IamUser,
  Tags,
} from '../../domain/records/index.ts';
import { usesOf } from '../../domain/iam-policy/index.ts';
import { findRoleOf } from '../../domain/iam-role/index.ts';
import { iamRefusal, type State } from '../../domain/index.ts';
import type { Valid, Wire } from '../operation.ts';

/** Tags as IAM lists them. */
export function describeTags(tags: Tags): Wire<Tag>[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** Tags of a request, by name; a name that stands twice is refused: of users and roles (`caseless`) in whatever case. */
export function readTags(
  tags: readonly Valid<Tag>[] | undefined,
  { caseless }: { readonly caseless: boolean },
): { readonly tags?: Tags } {
  if (tags === undefined) return {};
  const names = new Set(tags.map(({ Key }) => (caseless ? Key.toLowerCase() : Key)));
  if (names.size < tags.length)
    throw iamRefusal(
      'InvalidInput',
      `Duplicate tag keys found.${caseless ? ' Please note that Tag keys are case insensitive.' : ''}`,
    );
  return { tags: Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])) };
}

/** A user as lists have it. */
export function describeUser(user: IamUser): Wire<User> {
  const { path, name, id, arn, createdAt } = user;
  return { Path: path, UserName: name, UserId: id, Arn: arn, CreateDate: new Date(createdAt) };
}

/** A user with its tags and its boundary. */
export function describeWholeUser(user: IamUser): Wire<User> {
  return { ...describeUser(user), ...describeBoundary(user), ...describeOwnTags(user) };
}

/** The member `Tags`, absent when there are none. */
export function describeOwnTags({ tags }: { readonly tags: Tags }): { readonly Tags?: Wire<Tag>[] } {
  return Object.keys(tags).length === 0 ? {} : { Tags: describeTags(tags) };
}

/** What AWS answers (API reference: "This data type can only have a value of Policy"); the model has another word. */
const boundaryType = 'Policy' as string as 'PermissionsBoundaryPolicy';

/** The member `PermissionsBoundary`, absent when there is none. */
export function describeBoundary({ permissionsBoundary: arn }: Pick<IamUser, 'permissionsBoundary'>) {
  return arn === undefined
    ? {}
    : { PermissionsBoundary: { PermissionsBoundaryType: boundaryType, PermissionsBoundaryArn: arn } };
}

/** An access key, which never shows its secret. */
export function describeAccessKey(user: IamUser, { id, status, createdAt }: Credential): Wire<AccessKeyMetadata> {
  return { UserName: user.name, AccessKeyId: id, Status: status, CreateDate: new Date(createdAt) };
}

/** A document as answers carry it: percent-encoded by RFC 3986. */
export function encodeDocument(document: string): string {
  return encodeURIComponent(document).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** A role as lists have it. */
export function describeRole(role: IamRole): Wire<Role> {
  const { path, name, id, arn, createdAt, description, maxSessionDuration, trustPolicy } = role;
  return {
    ...{ Path: path, RoleName: name, RoleId: id, Arn: arn, CreateDate: new Date(createdAt) },
    AssumeRolePolicyDocument: encodeDocument(trustPolicy),
    ...(description === undefined ? {} : { Description: description }),
    MaxSessionDuration: maxSessionDuration,
  };
}

/** A role with its tags and its boundary. */
export function describeWholeRole(role: IamRole): Wire<Role> {
  return { ...describeRole(role), ...describeBoundary(role), ...describeOwnTags(role) };
}

/** An instance profile with its role. */
export function describeInstanceProfile(state: State, profile: IamInstanceProfile): Wire<InstanceProfile> {
  const { path, name, id, arn, createdAt } = profile;
  const role = findRoleOf(state, profile);
  return {
    ...{ Path: path, InstanceProfileName: name, InstanceProfileId: id, Arn: arn, CreateDate: new Date(createdAt) },
    Roles: role === undefined ? [] : [describeRole(role)],
  };
}

/** A managed policy as lists have it, which say neither description nor tags. */
export function describePolicy(state: State, caller: { readonly account: string }, policy: IamPolicy): Wire<Policy> {
  const { name, id, arn, path, defaultVersionId, createdAt, lastUpdatedAt } = policy;
  const { attached, bounds } = usesOf(state, caller, policy);
  return {
    ...{ PolicyName: name, PolicyId: id, Arn: arn, Path: path, DefaultVersionId: defaultVersionId },
    ...{ AttachmentCount: attached, PermissionsBoundaryUsageCount: bounds, IsAttachable: true },
    ...{ CreateDate: new Date(createdAt), UpdateDate: new Date(lastUpdatedAt) },
  };
}

/** A managed policy with its description and tags. */
export function describeWholePolicy(
  state: State,
  caller: { readonly account: string },
  policy: IamPolicy,
): Wire<Policy> {
  const { description } = policy;
  return {
    ...describePolicy(state, caller, policy),
    ...(description === undefined ? {} : { Description: description }),
    ...describeOwnTags(policy),
  };
}

/** A version of a policy; its document is shown apart. */
export function describeVersion({ defaultVersionId }: IamPolicy, version: IamPolicyVersion): Wire<PolicyVersion> {
  const { id, createdAt } = version;
  return { VersionId: id, IsDefaultVersion: id === defaultVersionId, CreateDate: new Date(createdAt) };
}
