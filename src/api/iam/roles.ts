// The operations of roles.

import type {
  CreateRoleRequest,
  CreateRoleResponse,
  DeleteRoleRequest,
  GetRoleRequest,
  GetRoleResponse,
  ListRolesRequest,
  ListRolesResponse,
  UpdateAssumeRolePolicyRequest,
  UpdateRoleDescriptionRequest,
  UpdateRoleDescriptionResponse,
  UpdateRoleRequest,
} from '@aws-sdk/client-iam';
import {
  createRole as decideCreate,
  deleteRole as decideDelete,
  getRole as get,
  listRoles as list,
  updateAssumeRolePolicy as decideTrust,
  updateRole as decideUpdate,
} from '../../domain/iam-role/index.ts';
import { change, read, type Valid, type Wire } from '../operation.ts';
import { describeRole, describeWholeRole, readTags } from './describe-iam.ts';
import { pageOfRecords } from './page-iam.ts';

const createRole = change(
  'CreateRole',
  decideCreate,
  (request: Valid<CreateRoleRequest>) => {
    const { RoleName, AssumeRolePolicyDocument, Path, Description, MaxSessionDuration, PermissionsBoundary } = request;
    return {
      name: RoleName,
      trustPolicy: AssumeRolePolicyDocument,
      ...(Path === undefined ? {} : { path: Path }),
      ...(Description === undefined ? {} : { description: Description }),
      ...(MaxSessionDuration === undefined ? {} : { maxSessionDuration: MaxSessionDuration }),
      ...(PermissionsBoundary === undefined ? {} : { permissionsBoundary: PermissionsBoundary }),
      ...readTags(request.Tags, { caseless: true }),
    };
  },
  (role): Wire<CreateRoleResponse> => ({ Role: describeWholeRole(role) }),
);

const getRole = read('GetRole', (state, { RoleName }: Valid<GetRoleRequest>, call): Wire<GetRoleResponse> => ({
  // When it was used last is not known: AWS answers the member empty then.
  Role: { ...describeWholeRole(get(state, call, RoleName)), RoleLastUsed: {} },
}));

const updateRole = change(
  'UpdateRole',
  decideUpdate,
  ({ RoleName, Description, MaxSessionDuration }: Valid<UpdateRoleRequest>) => ({
    name: RoleName,
    ...(Description === undefined ? {} : { description: Description }),
    ...(MaxSessionDuration === undefined ? {} : { maxSessionDuration: MaxSessionDuration }),
  }),
  () => ({}),
);

const updateRoleDescription = change(
  'UpdateRoleDescription',
  decideUpdate,
  ({ RoleName, Description }: Valid<UpdateRoleDescriptionRequest>) => ({ name: RoleName, description: Description }),
  (role): Wire<UpdateRoleDescriptionResponse> => ({ Role: describeWholeRole(role) }),
);

const updateAssumeRolePolicy = change(
  'UpdateAssumeRolePolicy',
  decideTrust,
  ({ RoleName, PolicyDocument }: Valid<UpdateAssumeRolePolicyRequest>) => ({
    name: RoleName,
    trustPolicy: PolicyDocument,
  }),
  () => ({}),
);

const deleteRole = change(
  'DeleteRole',
  decideDelete,
  ({ RoleName }: Valid<DeleteRoleRequest>) => ({ name: RoleName }),
  () => ({}),
);

const listRoles = read('ListRoles', (state, request: Valid<ListRolesRequest>, call): Wire<ListRolesResponse> => {
  const { items, page } = pageOfRecords(list(state, call, request.PathPrefix), request);
  return { Roles: items.map(describeRole), ...page };
});

/** The operations of roles. */
export const roleOperations = [
  createRole,
  getRole,
  updateRole,
  updateRoleDescription,
  updateAssumeRolePolicy,
  deleteRole,
  listRoles,
];
