// IAM roles and instance profiles.

export {
  addRoleToInstanceProfile,
  createInstanceProfile,
  deleteInstanceProfile,
  findRoleOf,
  listInstanceProfiles,
  listProfilesOfRole,
  removeRoleFromInstanceProfile,
} from './instance-profile.ts';
export { createRole, deleteRole, listRoles, updateAssumeRolePolicy, updateRole } from './role.ts';
export { getInstanceProfile, getRole } from '../iam/entity.ts';
