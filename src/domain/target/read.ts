// Reading target groups and targets.

import { findResource, formatArn, getResource, type Caller } from '../identifiers.ts';
import { keyOf, keyOfRecord } from '../records/base.ts';
import type { Target, TargetGroup, TargetGroupType } from '../records/lattice.ts';
import { recordsBy, type State } from '../state.ts';

/** The target group that an id or ARN names, or undefined. */
export function findTargetGroup(state: State, caller: Caller, identifier: string): TargetGroup | undefined {
  return findResource(state, caller, 'targetGroup', identifier);
}

/** As `findTargetGroup`; refused with `ResourceNotFound` when absent. */
export function getTargetGroup(state: State, caller: Caller, identifier: string): TargetGroup {
  return getResource(state, caller, 'targetGroup', identifier);
}

/** The caller's target groups that pass the filter, in no particular order (`paginate` orders them). */
export function listTargetGroups(
  state: State,
  caller: Caller,
  filter: { readonly vpcIdentifier?: string; readonly type?: TargetGroupType },
): TargetGroup[] {
  return [...state.tables.targetGroup.values()].filter(
    (group) =>
      group.account === caller.account &&
      group.region === caller.region &&
      (filter.vpcIdentifier === undefined || group.vpcId === filter.vpcIdentifier) &&
      (filter.type === undefined || group.type === filter.type),
  );
}

/** The ARNs of the services that use a target group (at most one). */
export function serviceArnsOf(state: State, group: TargetGroup): string[] {
  const rules = recordsBy(state, 'rule', 'rulesByTargetGroup', keyOfRecord(group));
  const ids = new Set(rules.map((rule) => rule.serviceId));
  return [...ids].map((id) => formatArn('vpc-lattice', group, `service/${id}`));
}

/** The targets of a group, draining ones included, in no particular order. A filter entry without port takes any port. */
export function listTargets(
  state: State,
  group: TargetGroup,
  filter?: readonly { readonly id: string; readonly port?: number }[],
): Target[] {
  const targets = recordsBy(state, 'target', 'targetsByTargetGroup', keyOfRecord(group));
  if (filter === undefined || filter.length === 0) return targets;
  return targets.filter((target) =>
    filter.some((one) => one.id === target.targetId && (one.port === undefined || one.port === target.port)),
  );
}

/** What a data plane saw of a target. */
export interface ObservedHealth {
  readonly health: 'INITIAL' | 'HEALTHY' | 'UNHEALTHY';
  /** Why it is UNHEALTHY. */
  readonly reasonCode?: string;
}

/** A status as ListTargets shows it. AWS publishes no reason codes; these have the names of Elastic Load Balancing's. */
export interface TargetStatus {
  readonly status: ObservedHealth['health'] | 'DRAINING' | 'UNAVAILABLE' | 'UNUSED';
  readonly reasonCode?: string;
}

/** The status of a target; `observed` is what data planes report, if anything. */
export function targetStatus(
  state: State,
  group: TargetGroup,
  target: Target,
  observed: ObservedHealth | undefined,
): TargetStatus {
  if (target.drainingSince !== undefined) return { status: 'DRAINING', reasonCode: 'Target.DeregistrationInProgress' };
  if (!state.indexes.rulesByTargetGroup.has(keyOfRecord(group)))
    return { status: 'UNUSED', reasonCode: 'Target.NotInUse' };
  if (group.healthCheck?.enabled !== true) return { status: 'UNAVAILABLE', reasonCode: 'Target.HealthCheckDisabled' };
  if (group.type === 'INSTANCE' && !state.tables.instance.has(keyOf(group.account, group.region, target.targetId)))
    return { status: 'UNHEALTHY', reasonCode: 'Target.InvalidState' };
  if (observed === undefined || observed.health === 'INITIAL')
    return { status: 'INITIAL', reasonCode: 'Target.InitialHealthChecking' };
  return { status: observed.health, ...(observed.reasonCode === undefined ? {} : { reasonCode: observed.reasonCode }) };
}
