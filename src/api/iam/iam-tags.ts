// The operations of tags, for each of the five kinds that have some.

import type { Tag } from '@aws-sdk/client-iam';
import { getIamTags, tagIam, untagIam, type IamTagged } from '../../domain/iam-tag/index.ts';
import { change, read, type Operation, type Valid } from '../operation.ts';
import type { IamDeps } from './deps.ts';
import { describeTags, readTags } from './describe-iam.ts';
import { pageOfItems, type IamPageRequest } from './page-iam.ts';

/** The member that names what is tagged: the one that the schema of the operation has. */
interface Named {
  readonly UserName?: string;
  readonly RoleName?: string;
  readonly PolicyArn?: string;
  readonly InstanceProfileName?: string;
  readonly OpenIDConnectProviderArn?: string;
}

/** The word in the operations' names, and what a request names. */
const kinds: Readonly<Record<string, (request: Named) => IamTagged>> = {
  User: ({ UserName = '' }) => ({ kind: 'iamUser', name: UserName }),
  Role: ({ RoleName = '' }) => ({ kind: 'iamRole', name: RoleName }),
  Policy: ({ PolicyArn = '' }) => ({ kind: 'iamPolicy', arn: PolicyArn }),
  InstanceProfile: ({ InstanceProfileName = '' }) => ({ kind: 'iamInstanceProfile', name: InstanceProfileName }),
  OpenIDConnectProvider: ({ OpenIDConnectProviderArn = '' }) => ({
    kind: 'oidcProvider',
    arn: OpenIDConnectProviderArn,
  }),
};

/** The operations. */
export const iamTagOperations: readonly Operation<IamDeps>[] = Object.entries(kinds).flatMap(([word, taggedOf]) => [
  change(
    `Tag${word}`,
    tagIam,
    (request: Named & { readonly Tags: readonly Valid<Tag>[] }) => ({
      of: taggedOf(request),
      tags: readTags(request.Tags, { caseless: word === 'User' || word === 'Role' }).tags ?? {},
    }),
    () => ({}),
  ),
  change(
    `Untag${word}`,
    untagIam,
    (request: Named & { readonly TagKeys: readonly string[] }) => ({ of: taggedOf(request), tagKeys: request.TagKeys }),
    () => ({}),
  ),
  read(`List${word}Tags`, (state, request: Named & IamPageRequest, call) => {
    const of = taggedOf(request);
    const tags = describeTags(getIamTags(state, call, of));
    const list = `tags ${of.kind} ${'name' in of ? of.name : of.arn}`;
    const { items, page } = pageOfItems(list, tags, ({ Key = '' }) => Key, request);
    return { Tags: items, ...page };
  }),
]);
