// The operations of managed policies and their versions.

import type {
  CreatePolicyRequest,
  CreatePolicyResponse,
  CreatePolicyVersionRequest,
  CreatePolicyVersionResponse,
  DeletePolicyRequest,
  DeletePolicyVersionRequest,
  GetPolicyRequest,
  GetPolicyResponse,
  GetPolicyVersionRequest,
  GetPolicyVersionResponse,
  ListEntitiesForPolicyRequest,
  ListEntitiesForPolicyResponse,
  ListPoliciesRequest,
  ListPoliciesResponse,
  ListPolicyVersionsRequest,
  ListPolicyVersionsResponse,
  SetDefaultPolicyVersionRequest,
} from '@aws-sdk/client-iam';
import {
  createPolicy as decideCreate,
  createPolicyVersion as decideVersion,
  deletePolicy as decideDelete,
  deletePolicyVersion as decideDeleteVersion,
  getPolicy as get,
  getPolicyVersion as getVersion,
  listPolicies as list,
  listRoles,
  listUsers,
  setDefaultPolicyVersion as decideDefault,
} from '../../domain/iam-policy/index.ts';
import type { IamEntity } from '../../domain/records/index.ts';
import { change, read, type Valid, type Wire } from '../operation.ts';
import { describePolicy, describeVersion, describeWholePolicy, encodeDocument, readTags } from './describe-iam.ts';
import { pageOfItems, pageOfRecords } from './page-iam.ts';

const createPolicy = change(
  'CreatePolicy',
  decideCreate,
  ({ PolicyName, PolicyDocument, Path, Description, Tags }: Valid<CreatePolicyRequest>) => ({
    name: PolicyName,
    document: PolicyDocument,
    ...(Path === undefined ? {} : { path: Path }),
    ...(Description === undefined ? {} : { description: Description }),
    ...readTags(Tags, { caseless: false }),
  }),
  (policy, state): Wire<CreatePolicyResponse> => ({ Policy: describeWholePolicy(state, policy, policy) }),
);

const getPolicy = read('GetPolicy', (state, { PolicyArn }: Valid<GetPolicyRequest>, call): Wire<GetPolicyResponse> => ({
  Policy: describeWholePolicy(state, call, get(state, call, PolicyArn)),
}));

const deletePolicy = change(
  'DeletePolicy',
  decideDelete,
  ({ PolicyArn }: Valid<DeletePolicyRequest>) => ({ arn: PolicyArn }),
  () => ({}),
);

const listPolicies = read(
  'ListPolicies',
  (state, request: Valid<ListPoliciesRequest>, call): Wire<ListPoliciesResponse> => {
    const { Scope = 'All', OnlyAttached = false, PathPrefix = '/', PolicyUsageFilter } = request;
    const filter = {
      scope: Scope,
      onlyAttached: OnlyAttached,
      pathPrefix: PathPrefix,
      ...(PolicyUsageFilter === undefined ? {} : { usage: PolicyUsageFilter }),
    };
    const { items, page } = pageOfRecords(list(state, call, filter), request);
    return { Policies: items.map((policy) => describePolicy(state, call, policy)), ...page };
  },
);

const createPolicyVersion = change(
  'CreatePolicyVersion',
  decideVersion,
  ({ PolicyArn, PolicyDocument, SetAsDefault = false }: Valid<CreatePolicyVersionRequest>) => ({
    arn: PolicyArn,
    document: PolicyDocument,
    setAsDefault: SetAsDefault,
  }),
  ({ policy, version }): Wire<CreatePolicyVersionResponse> => ({ PolicyVersion: describeVersion(policy, version) }),
);

const getPolicyVersion = read(
  'GetPolicyVersion',
  (state, { PolicyArn, VersionId }: Valid<GetPolicyVersionRequest>, call): Wire<GetPolicyVersionResponse> => {
    const policy = get(state, call, PolicyArn);
    const version = getVersion(policy, VersionId);
    return { PolicyVersion: { ...describeVersion(policy, version), Document: encodeDocument(version.document) } };
  },
);

const listPolicyVersions = read(
  'ListPolicyVersions',
  (state, request: Valid<ListPolicyVersionsRequest>, call): Wire<ListPolicyVersionsResponse> => {
    const policy = get(state, call, request.PolicyArn);
    // The newest first, as AWS has them.
    const order = new Map([...policy.versions].reverse().map(({ id }, i) => [id, String(i).padStart(2, '0')]));
    const nameOf = ({ id }: { readonly id: string }): string => order.get(id) ?? '';
    const { items, page } = pageOfItems(`versions ${policy.id}`, policy.versions, nameOf, request);
    return { Versions: items.map((version) => describeVersion(policy, version)), ...page };
  },
);

const versionOf = (request: Valid<DeletePolicyVersionRequest & SetDefaultPolicyVersionRequest>) => ({
  arn: request.PolicyArn,
  versionId: request.VersionId,
});

const deletePolicyVersion = change('DeletePolicyVersion', decideDeleteVersion, versionOf, () => ({}));

const setDefaultPolicyVersion = change('SetDefaultPolicyVersion', decideDefault, versionOf, () => ({}));

const listEntitiesForPolicy = read(
  'ListEntitiesForPolicy',
  (state, request: Valid<ListEntitiesForPolicyRequest>, call): Wire<ListEntitiesForPolicyResponse> => {
    const { EntityFilter, PathPrefix = '/', PolicyUsageFilter } = request;
    const policy = get(state, call, request.PolicyArn);
    const uses = [
      ...(PolicyUsageFilter === 'PermissionsBoundary' ? [] : [false]),
      ...(PolicyUsageFilter === 'PermissionsPolicy' ? [] : [true]),
    ];
    const users = EntityFilter === undefined || EntityFilter === 'User' ? listUsers : () => [];
    const roles = EntityFilter === undefined || EntityFilter === 'Role' ? listRoles : () => [];
    const found = new Map<string, { readonly kind: 'User' | 'Role'; readonly entity: IamEntity }>();
    for (const boundary of uses) {
      for (const entity of users(state, call, policy, boundary)) found.set(entity.id, { kind: 'User', entity });
      for (const entity of roles(state, call, policy, boundary)) found.set(entity.id, { kind: 'Role', entity });
    }
    const below = [...found.values()].filter(({ entity }) => entity.path.startsWith(PathPrefix));
    const list = `entities ${policy.id} ${[EntityFilter, PathPrefix, PolicyUsageFilter].join(' ')}`;
    const { items, page } = pageOfItems(list, below, ({ kind, entity }) => `${kind} ${entity.name}`, request);
    const named = (kind: 'User' | 'Role') => items.filter((one) => one.kind === kind);
    return {
      PolicyGroups: [],
      PolicyUsers: named('User').map(({ entity: { name, id } }) => ({ UserName: name, UserId: id })),
      PolicyRoles: named('Role').map(({ entity: { name, id } }) => ({ RoleName: name, RoleId: id })),
      ...page,
    };
  },
);

/** The operations of managed policies. */
export const managedPolicyOperations = [
  createPolicy,
  getPolicy,
  deletePolicy,
  listPolicies,
  createPolicyVersion,
  getPolicyVersion,
  listPolicyVersions,
  deletePolicyVersion,
  setDefaultPolicyVersion,
  listEntitiesForPolicy,
];
