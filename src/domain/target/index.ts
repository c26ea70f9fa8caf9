// Target groups and their targets.

export { type HealthCheckInput } from './health-check.ts';
export {
  findTargetGroup,
  getTargetGroup,
  listTargetGroups,
  listTargets,
  serviceArnsOf,
  targetStatus,
  type ObservedHealth,
} from './read.ts';
export {
  createTargetGroup,
  deleteTargetGroup,
  judgeNewTargetGroup,
  judgeTargetGroupUpdate,
  updateTargetGroup,
} from './target-group.ts';
export { type CreateTargetGroupInput, type TargetGroupConfigInput } from './target-group-config.ts';
export {
  deregisterTargets,
  judgeTargets,
  registerTargets,
  type TargetFailure,
  type TargetInput,
  type TargetsInput,
  type TargetsResult,
} from './target.ts';
