// Security groups and their rules.

export { getGroup, type GroupName } from './get-group.ts';
export { describeSecurityGroupRules, describeSecurityGroups, listRulesOf } from './read.ts';
export { authorizeRules, modifyRules, revokeRules, tellRules, type NewRule } from './rules.ts';
export { createSecurityGroup, deleteSecurityGroup } from './security-group.ts';
