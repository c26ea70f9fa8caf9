// Target groups: create, change the health check, delete.

import type { Context, Decided } from '../decision.ts';
import type { Judge } from '../draft.ts';
import { formatArn, getResource, lookUp, newId } from '../identifiers.ts';
import { deletedStatus, plainCycle, updatedStatus, withIntent } from '../life-cycle.ts';
import { checkQuota } from '../quotas.ts';
import { keyOfRecord } from '../records/base.ts';
import type { TargetGroup } from '../records/lattice.ts';
import { checkFields, conflict } from '../refusal.ts';
import { nameIndexValue, ownedIndexValue } from '../state-indexes.ts';
import { countBy, put, recordsAfter, recordsBy, remove, type State } from '../state.ts';
import { checkTags, wrongTags } from '../tag/check-tags.ts';
import { decideHealthCheck, wrongHealthCheck, type HealthCheckInput } from './health-check.ts';
import { wrongConfig, type CreateTargetGroupInput } from './target-group-config.ts';

/** What is wrong with the input of CreateTargetGroup. */
export const judgeNewTargetGroup: Judge<CreateTargetGroupInput> = (state, input, caller) => [
  ...wrongConfig(state, input, caller),
  ...wrongTags(input.tags),
];

/** CreateTargetGroup: ACTIVE at once, because no data plane has to do anything before a rule uses it. */
export function createTargetGroup(state: State, input: CreateTargetGroupInput, context: Context): Decided<TargetGroup> {
  const { account, region, now } = context;
  checkFields(judgeNewTargetGroup(state, input, context));
  const [existing] = recordsBy(
    state,
    'targetGroup',
    'names',
    nameIndexValue('targetGroup', `${account}/${region}`, input.name),
  );
  if (existing !== undefined)
    throw conflict('TARGET_GROUP', existing.id, `A target group with the name ${input.name} already exists.`);
  checkQuota(context, 'targetGroups', () => countBy(state, 'owned', ownedIndexValue('targetGroup', context)) + 1);
  const id = newId('tg', context.random);
  const group: TargetGroup = {
    account,
    region,
    id,
    arn: formatArn('vpc-lattice', context, `targetgroup/${id}`),
    name: input.name,
    type: input.type,
    status: 'ACTIVE',
    ...storedConfig(input),
    createdAt: now,
    lastUpdatedAt: now,
    tags: checkTags(input.tags),
  };
  return { changes: [put('targetGroup', group)], result: group };
}

/** The configuration as it is stored; refused before when something is wrong with it. */
function storedConfig({ type, config }: CreateTargetGroupInput): Partial<TargetGroup> {
  if (type === 'LAMBDA')
    return config === undefined ? {} : { lambdaEventStructureVersion: config.lambdaEventStructureVersion ?? 'V1' };
  const { protocol = 'HTTP', vpcIdentifier = '', healthCheck } = config ?? {};
  const version = protocol === 'TCP' ? {} : { protocolVersion: config?.protocolVersion ?? 'HTTP1' };
  const check = decideHealthCheck({ type, protocol, ...version }, healthCheck);
  return {
    port: config?.port ?? (protocol === 'HTTPS' ? 443 : 80),
    protocol,
    ...version,
    ...(type === 'IP' ? { ipAddressType: config?.ipAddressType ?? 'IPV4' } : {}),
    vpcId: vpcIdentifier,
    ...(check === undefined ? {} : { healthCheck: check }),
  };
}

interface UpdateTargetGroupInput {
  readonly targetGroupIdentifier: string;
  readonly healthCheck: HealthCheckInput;
}

/** What is wrong with the input of UpdateTargetGroup. */
export const judgeTargetGroupUpdate: Judge<UpdateTargetGroupInput> = (state, input, caller) => {
  const group = lookUp(state, caller, 'targetGroup', input.targetGroupIdentifier);
  return wrongHealthCheck(group ?? {}, input.healthCheck, group?.healthCheck);
};

/** UpdateTargetGroup: only the health check can change; settings that are absent stay. */
export function updateTargetGroup(state: State, input: UpdateTargetGroupInput, context: Context): Decided<TargetGroup> {
  const before = getResource(state, context, 'targetGroup', input.targetGroupIdentifier);
  const healthCheck = decideHealthCheck(before, input.healthCheck, before.healthCheck);
  const group: TargetGroup = {
    ...before,
    status: updatedStatus(plainCycle, before, 'TARGET_GROUP'),
    ...(healthCheck === undefined ? {} : { healthCheck }),
    lastUpdatedAt: context.now,
  };
  return { changes: [put('targetGroup', group)], result: group };
}

/**
 * DeleteTargetGroup: refused while a rule or default action forwards to it, and while it has targets, draining ones included
 * (behaviour.md 3: clients deregister them and wait). DELETE_IN_PROGRESS until the data plane obeys: until then the rule that
 * named it last may be at work. Changes nothing in DELETE_IN_PROGRESS.
 */
export function deleteTargetGroup(
  state: State,
  input: { readonly targetGroupIdentifier: string },
  context: Context,
): Decided<TargetGroup> {
  const before = getResource(state, context, 'targetGroup', input.targetGroupIdentifier);
  const status = deletedStatus(plainCycle, before, 'TARGET_GROUP');
  if (status === before.status) return { changes: [], result: before };
  const key = keyOfRecord(before);
  const [user] = recordsAfter(state, 'rule', 'rulesByTargetGroup', key);
  if (user !== undefined)
    throw conflict('TARGET_GROUP', before.id, `The target group ${before.id} is used by the rule ${user.arn}.`);
  const targets = recordsBy(state, 'target', 'targetsByTargetGroup', key);
  const registered = targets.filter((target) => target.drainingSince === undefined).length;
  if (registered > 0)
    throw conflict(
      'TARGET_GROUP',
      before.id,
      `The target group ${before.id} has ${registered} registered targets. Deregister them before the target group is deleted.`,
    );
  if (targets.length > 0)
    throw conflict(
      'TARGET_GROUP',
      before.id,
      `The target group ${before.id} has ${targets.length} targets that are DRAINING. Wait until they are gone.`,
    );
  const group: TargetGroup = withIntent(before, 'DELETE_IN_PROGRESS', state, context);
  return { changes: [status === 'gone' ? remove('targetGroup', before) : put('targetGroup', group)], result: group };
}
