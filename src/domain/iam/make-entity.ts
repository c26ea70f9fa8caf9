// What a new user and a new role have in common.

import type { Context } from '../decision.ts';
import { getAttachable } from '../iam-policy/attachment.ts';
import { checkQuota } from '../quotas.ts';
import { GLOBAL_REGION, type Tags } from '../records/base.ts';
import type { IamEntity } from '../records/iam.ts';
import { ownedIndexValue } from '../state-indexes.ts';
import { countBy, type State } from '../state.ts';
import { checkTags } from '../tag/check-tags.ts';
import { checkFree, iamArn, newIamId } from './entity.ts';

/** What CreateUser and CreateRole are both told. */
export interface EntityInput {
  readonly name: string;
  readonly path?: string;
  readonly permissionsBoundary?: string;
  readonly tags?: Tags;
}

const kinds = {
  iamUser: { segment: 'user', prefix: 'AIDA', quota: 'users' },
  iamRole: { segment: 'role', prefix: 'AROA', quota: 'roles' },
} as const;

/** Makes it, without policies. A name is unique in the account, whatever its case and path. */
export function makeEntity(
  state: State,
  kind: keyof typeof kinds,
  { name, path = '/', permissionsBoundary, tags: wanted }: EntityInput,
  context: Context,
): IamEntity {
  const { segment, prefix, quota } = kinds[kind];
  const tags = checkTags(wanted);
  const boundary =
    permissionsBoundary === undefined
      ? {}
      : { permissionsBoundary: getAttachable(state, context, permissionsBoundary).arn };
  const arn = iamArn(context, `${segment}${path}${name}`);
  checkFree(state, context, kind, { name, arn });
  const owner = { account: context.account, region: GLOBAL_REGION };
  checkQuota(context, quota, () => countBy(state, 'owned', ownedIndexValue(kind, owner)) + 1);
  return {
    ...owner,
    ...{ id: newIamId(prefix, 21, context.random), arn, name, path },
    ...{ inlinePolicies: {}, attachedPolicies: [] },
    ...boundary,
    ...{ createdAt: context.now, lastUpdatedAt: context.now, tags },
  };
}
