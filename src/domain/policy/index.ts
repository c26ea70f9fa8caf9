// Policies that belong to resources.

export { deleteAuthPolicy, getAuthPolicy, putAuthPolicy, type AuthPolicyView } from './auth-policy.ts';
export { judgePolicyInput } from './policy-document.ts';
export { removePolicies } from './owned-policy.ts';
export { deleteResourcePolicy, getResourcePolicy, putResourcePolicy } from './resource-policy.ts';
