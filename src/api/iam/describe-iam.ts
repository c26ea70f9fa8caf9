// The shapes in which answers show what IAM has.

import type { AccessKeyMetadata, Tag, User } from '@aws-sdk/client-iam';
import type { Credential, IamUser, Tags } from '../../domain/records/index.ts';
import { iamRefusal } from '../../domain/index.ts';
import type { Valid, Wire } from '../operation.ts';

/** Tags as IAM lists them. */
export function describeTags(tags: Tags): Wire<Tag>[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** Tags of a request, by name; a name that stands twice is refused. */
export function readTags(tags: readonly Valid<Tag>[] | undefined): { readonly tags?: Tags } {
  if (tags === undefined) return {};
  const names = new Set(tags.map(({ Key }) => Key.toLowerCase()));
  if (names.size < tags.length)
    throw iamRefusal('InvalidInput', 'Duplicate tag keys found. Please note that Tag keys are case insensitive.');
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
