// Reading target groups and targets.

import { findResource, formatArn, getResource, type Caller } from '../identifiers.ts';
import { listBy, listOf, type RecordList } from '../page.ts';
import { keyOf, keyOfRecord } from '../records/base.ts';
import type { Target, TargetGroup, TargetGroupType } from '../records/lattice.ts';
import { ownedIndexValue, ownerOf, targetIndexValue, typeIndexValue } from '../state-indexes.ts';
import { recordsBy, type State } from '../state.ts';

/** The target group that an id or ARN names, or undefined. */
export function findTargetGroup(state: State, caller: Caller, identifier: string): TargetGroup | undefined {
  return findResource(state, caller, 'targetGroup', identifier);
}

/** As `findTargetGroup`; refused with `ResourceNotFound` when absent. */
export function getTargetGroup(state: State, caller: Caller, identifier: string): TargetGroup {
  return getResource(state, caller, 'targetGroup', identifier);
}

/** The caller's target groups that pass the filter. */
export function listTargetGroups(
  state: State,
  caller: Caller,
  { vpcIdentifier, type }: { readonly vpcIdentifier?: string; readonly type?: TargetGroupType },
): RecordList<TargetGroup> {
  if (vpcIdentifier !== undefined) {
    const vpcKey = keyOf(caller.account, caller.region, vpcIdentifier);
    const value = type === undefined ? vpcKey : typeIndexValue(vpcKey, type);
    return listBy(state, 'targetGroup', 'targetGroupsByVpc', value);
  }
  if (type !== undefined)
    return listBy(state, 'targetGroup', 'targetGroupsByType', typeIndexValue(ownerOf(caller), type));
  return listBy(state, 'targetGroup', 'owned', ownedIndexValue('targetGroup', caller));
}

/** The ARNs of the services that use a target group (at most one). */
export function serviceArnsOf(state: State, group: TargetGroup): string[] {
  const rules = recordsBy(state, 'rule', 'rulesByTargetGroup', keyOfRecord(group));
  const ids = new Set(rules.map((rule) => rule.serviceId));
  return [...ids].map((id) => formatArn('vpc-lattice', group, `service/${id}`));
}

/** The targets of a group, draining ones included. A filter entry without port takes any port. */
export function listTargets(
  state: State,
  group: TargetGroup,
  filter?: readonly { readonly id: string; readonly port?: number }[],
): RecordList<Target> {
  const key = keyOfRecord(group);
  if (filter === undefined || filter.length === 0) return listBy(state, 'target', 'targetsByTargetGroup', key);
  const found = filter.flatMap(({ id, port }) =>
    recordsBy(state, 'target', 'targetsByTargetGroup', targetIndexValue(key, id)).filter(
      (target) => port === undefined || port === target.port,
    ),
  );
  const asked = filter.map(({ id, port }) => JSON.stringify([id, port])).sort();
  return listOf(`${key} ${asked.join(' ')}`, [...new Set(found)]);
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
