// Target groups: create, change the health check, delete.

import type { Context, Decided } from '../decision.ts';
import { formatArn, getResource, newId } from '../identifiers.ts';
import { deletedStatus, plainCycle, updatedStatus } from '../life-cycle.ts';
import { checkQuota } from '../quotas.ts';
import { keyOf, keyOfRecord, type Tags } from '../records/base.ts';
import type { ProtocolVersion, TargetGroup, TargetGroupProtocol, TargetGroupType } from '../records/lattice.ts';
import { conflict, invalidField } from '../refusal.ts';
import { nameIndexValue, ownedIndexValue } from '../state-indexes.ts';
import { countBy, put, recordsAfter, recordsBy, remove, type State } from '../state.ts';
import { checkTags } from '../tag/check-tags.ts';
import { decideHealthCheck, type HealthCheckInput } from './health-check.ts';

export interface TargetGroupConfigInput {
  /** Default 80 for HTTP, 443 for HTTPS; TCP needs one. */
  readonly port?: number;
  readonly protocol?: TargetGroupProtocol;
  readonly protocolVersion?: ProtocolVersion;
  readonly ipAddressType?: 'IPV4' | 'IPV6';
  readonly vpcIdentifier?: string;
  readonly healthCheck?: HealthCheckInput;
  readonly lambdaEventStructureVersion?: 'V1' | 'V2';
}

export interface CreateTargetGroupInput {
  readonly name: string;
  readonly type: TargetGroupType;
  readonly config?: TargetGroupConfigInput;
  readonly tags?: Tags;
}

/** CreateTargetGroup: ACTIVE at once, because no data plane has to do anything before a rule uses it. */
export function createTargetGroup(state: State, input: CreateTargetGroupInput, context: Context): Decided<TargetGroup> {
  const { account, region, now } = context;
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
    ...(input.type === 'LAMBDA' ? lambdaConfig(input.config) : networkConfig(state, input, context)),
    createdAt: now,
    lastUpdatedAt: now,
    tags: checkTags(input.tags),
  };
  return { changes: [put('targetGroup', group)], result: group };
}

function lambdaConfig(config: TargetGroupConfigInput = {}): Partial<TargetGroup> {
  for (const name of ['port', 'protocol', 'protocolVersion', 'ipAddressType', 'vpcIdentifier', 'healthCheck'] as const)
    if (config[name] !== undefined) throw invalidField(`config.${name}`, 'target groups of type LAMBDA have none');
  return { lambdaEventStructureVersion: config.lambdaEventStructureVersion ?? 'V1' };
}

function networkConfig(
  state: State,
  { type, config }: CreateTargetGroupInput,
  { account, region }: Context,
): Partial<TargetGroup> {
  const { protocol, vpcIdentifier } = config ?? {};
  if (protocol === undefined) throw invalidField('config.protocol', `target groups of type ${type} need a protocol`);
  if (vpcIdentifier === undefined)
    throw invalidField('config.vpcIdentifier', `target groups of type ${type} need a VPC`);
  if (!state.tables.vpc.has(keyOf(account, region, vpcIdentifier)))
    throw invalidField('config.vpcIdentifier', `the VPC ${vpcIdentifier} does not exist`);
  if (config?.lambdaEventStructureVersion !== undefined)
    throw invalidField('config.lambdaEventStructureVersion', 'only target groups of type LAMBDA have one');
  if (config?.ipAddressType !== undefined && type !== 'IP')
    throw invalidField('config.ipAddressType', 'only target groups of type IP have one');
  if (protocol === 'TCP' && config?.protocolVersion !== undefined)
    throw invalidField('config.protocolVersion', 'target groups with protocol TCP have none');
  const protocolVersion = config?.protocolVersion ?? 'HTTP1';
  if (type === 'ALB' && protocolVersion !== 'HTTP1')
    throw invalidField('config.protocolVersion', 'target groups of type ALB use HTTP1');
  if (protocol === 'TCP' && config?.port === undefined)
    throw invalidField('config.port', 'target groups with protocol TCP need a port');
  const version = protocol === 'TCP' ? {} : { protocolVersion };
  const healthCheck = decideHealthCheck({ type, protocol, ...version }, config?.healthCheck);
  return {
    port: config?.port ?? (protocol === 'HTTPS' ? 443 : 80),
    protocol,
    ...version,
    ...(type === 'IP' ? { ipAddressType: config?.ipAddressType ?? 'IPV4' } : {}),
    vpcId: vpcIdentifier,
    ...(healthCheck === undefined ? {} : { healthCheck }),
  };
}

/** UpdateTargetGroup: only the health check can change; settings that are absent stay. */
export function updateTargetGroup(
  state: State,
  input: { readonly targetGroupIdentifier: string; readonly healthCheck: HealthCheckInput },
  context: Context,
): Decided<TargetGroup> {
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
  const group: TargetGroup = {
    ...before,
    status: status === 'gone' ? 'DELETE_IN_PROGRESS' : status,
    intentRevision: state.revision + 1,
    intentAt: context.now,
    lastUpdatedAt: context.now,
  };
  return { changes: [status === 'gone' ? remove('targetGroup', before) : put('targetGroup', group)], result: group };
}
