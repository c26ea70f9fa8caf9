// The operations of what users and roles have of policies, twice each: inline ones, attached ones, and the boundary.

import { getEntity, type EntityName } from '../../domain/iam/index.ts';
import {
  attachPolicy,
  deleteInlinePolicy,
  deletePermissionsBoundary,
  detachPolicy,
  getInlinePolicy,
  getPolicy,
  putInlinePolicy,
  putPermissionsBoundary,
} from '../../domain/iam-policy/index.ts';
import { change, read, type Operation } from '../operation.ts';
import type { IamDeps } from './deps.ts';
import { encodeDocument } from './describe-iam.ts';
import { pageOfItems, type IamPageRequest } from './page-iam.ts';

/** The member that names the user or the role: the one that the schema of the operation has. */
interface Named {
  readonly UserName?: string;
  readonly RoleName?: string;
}

interface NamedPolicy extends Named {
  readonly PolicyName: string;
}

/** The operations of users, or of roles. */
function operationsOf(word: 'User' | 'Role'): readonly Operation<IamDeps>[] {
  const kind = word === 'User' ? 'iamUser' : 'iamRole';
  const nameOf = ({ UserName, RoleName }: Named): string => (word === 'User' ? UserName : RoleName) ?? '';
  const entityOf = (request: Named): EntityName => ({ kind, name: nameOf(request) });
  const attachmentOf = (request: Named & { readonly PolicyArn: string }) => ({
    entity: entityOf(request),
    policyArn: request.PolicyArn,
  });
  const nothing = () => ({});
  return [
    change(
      `Put${word}Policy`,
      putInlinePolicy,
      (request: NamedPolicy & { readonly PolicyDocument: string }) => ({
        entity: entityOf(request),
        policyName: request.PolicyName,
        document: request.PolicyDocument,
      }),
      nothing,
    ),
    read(`Get${word}Policy`, (state, request: NamedPolicy, call) => ({
      [`${word}Name`]: nameOf(request),
      PolicyName: request.PolicyName,
      PolicyDocument: encodeDocument(getInlinePolicy(state, call, entityOf(request), request.PolicyName)),
    })),
    change(
      `Delete${word}Policy`,
      deleteInlinePolicy,
      (request: NamedPolicy) => ({ entity: entityOf(request), policyName: request.PolicyName }),
      nothing,
    ),
    read(`List${word}Policies`, (state, request: Named & IamPageRequest, call) => {
      const { id, inlinePolicies } = getEntity(state, call, entityOf(request));
      const { items, page } = pageOfItems(`inline ${id}`, Object.keys(inlinePolicies), (name) => name, request);
      return { PolicyNames: items, ...page };
    }),
    change(`Attach${word}Policy`, attachPolicy, attachmentOf, nothing),
    change(`Detach${word}Policy`, detachPolicy, attachmentOf, nothing),
    read(
      `ListAttached${word}Policies`,
      (state, request: Named & IamPageRequest & { readonly PathPrefix?: string }, call) => {
        const { PathPrefix = '/' } = request;
        const { id, attachedPolicies } = getEntity(state, call, entityOf(request));
        const policies = attachedPolicies
          .map((arn) => getPolicy(state, call, arn))
          .filter(({ path }) => path.startsWith(PathPrefix));
        const list = `attached ${id} ${PathPrefix}`;
        const { items, page } = pageOfItems(list, policies, (one) => `${one.name} ${one.id}`, request);
        return { AttachedPolicies: items.map(({ name, arn }) => ({ PolicyName: name, PolicyArn: arn })), ...page };
      },
    ),
    change(
      `Put${word}PermissionsBoundary`,
      putPermissionsBoundary,
      (request: Named & { readonly PermissionsBoundary: string }) => ({
        entity: entityOf(request),
        policyArn: request.PermissionsBoundary,
      }),
      nothing,
    ),
    change(
      `Delete${word}PermissionsBoundary`,
      deletePermissionsBoundary,
      (request: Named) => ({ entity: entityOf(request) }),
      nothing,
    ),
  ];
}

/** The operations. */
export const entityPolicyOperations: readonly Operation<IamDeps>[] = [...operationsOf('User'), ...operationsOf('Role')];
