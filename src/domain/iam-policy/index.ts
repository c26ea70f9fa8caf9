// Policies of IAM: managed ones with their versions, what they are attached to, and inline ones.

export {
  attachPolicy,
  deleteInlinePolicy,
  deletePermissionsBoundary,
  detachPolicy,
  getInlinePolicy,
  putInlinePolicy,
  putPermissionsBoundary,
} from './attachment.ts';
export {
  createPolicy,
  createPolicyVersion,
  deletePolicy,
  deletePolicyVersion,
  setDefaultPolicyVersion,
} from './managed-policy.ts';
export { usesOf, findPolicy, getPolicy, getPolicyVersion, listPolicies, listRoles, listUsers } from './read.ts';
